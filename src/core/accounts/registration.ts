/** New accounts at the pages: who may make one, and everything that it begins with, in one commit. */
import { sha256Hex } from '../../lib/hash.ts'
import { type Language, Refusal } from '../ports.ts'
import { commitStep } from '../records/index.ts'
import { type Context, fail } from './context.ts'
import { setupStep } from './first-run.ts'
import { findInvitation, useOf } from './invitations.ts'
import { isTaken, newAccount } from './lifecycle.ts'
import { logChange } from './log.ts'
import { checkLogin, fold } from './login.ts'
import { createSettings } from './settings.ts'
import type { Account, AccountState, Role } from './types.ts'
import type { Origin, Part } from './ways.ts'

/** With what somebody comes to make an account: nothing, an invitation, or the link of the first run; by SHA-256. */
export type Admission = { by: 'sign-up' } | { by: 'invitation' | 'setup'; hash: string }

/** An admission by the text of a link. */
export const admissionBy = (by: 'invitation' | 'setup', text: string): Admission => ({
  by,
  hash: sha256Hex(text),
})

export interface NewPerson {
  /** The account's id, drawn before: what the browser signed speaks of it. It is used once. */
  id: string
  login: string
  admission: Admission
  language: Language
  /** Her ways in, words and keys. A credential's row takes `version`. */
  begin(account: Account, version: number): Part
  from: Origin
}

export interface RegistrationPart {
  /**
   * Looks whether this login could be had now with this admission. Errors: `login-…`, `registration-closed`,
   * `invitation-needed`, `invitation-void`, `setup-token`, `owner-exists`.
   */
  checkAdmission(login: string, admission: Admission): Promise<void>
  /** Makes the account; it waits where somebody has to approve. Errors: as `checkAdmission`, and those of `begin`. */
  register(wanted: NewPerson): Promise<Account>
}

/** How often it is tried when an invitation is used, or its inviter changed, meanwhile. */
const attempts = 10

interface Admitted extends Required<Part> {
  role: Role
  state: AccountState
  invitedBy: Account | null
}

export function createRegistration(context: Context): RegistrationPart {
  const { store, clock } = context
  const { settings } = createSettings(context)

  async function admit(admission: Admission, id: string): Promise<Admitted> {
    const plain = { role: 'person', state: 'active', invitedBy: null, when: [], changes: [] } as const
    if (admission.by === 'setup')
      return { ...plain, role: 'owner', ...(await setupStep(context, admission.hash, id)) }
    const { registration } = await settings()
    if (registration === 'closed') throw fail('registration-closed', 'nobody can make an account now')
    if (admission.by === 'invitation') {
      const found = await findInvitation(store, admission.hash, clock.now())
      if (!found) throw fail('invitation-void', 'the invitation is not good any more')
      // Whoever was invited has been vouched for: nobody has to approve.
      return {
        ...useOf(found),
        role: found.invitation.role,
        state: 'active',
        invitedBy: found.inviter,
      }
    }
    if (registration === 'invitation') throw fail('invitation-needed', 'an account asks for an invitation')
    return { ...plain, state: registration === 'approval' ? 'waiting' : 'active', when: [], changes: [] }
  }

  return {
    async checkAdmission(login, admission) {
      checkLogin(login, null)
      await admit(admission, '')
      if (await isTaken(context, fold(login))) throw fail('login-taken', 'somebody has or had this login')
    },

    async register({ id, login, admission, language, begin, from }) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const { role, state, invitedBy, when, changes } = await admit(admission, id)
        const set = { id, state, language, invitedBy: invitedBy?.id ?? null }
        const { account, step } = newAccount(context, { login }, role, set)
        const part = begin(account, account.authSeq)
        const details = { login, by: admission.by, ...(invitedBy ? { inviter: invitedBy.login } : {}) }
        const entry = { account: id, area: 'server', act: 'account-made', details, ...from } as const
        try {
          await commitStep(store, {
            when: [
              { is: 'row-absent', table: 'account', where: { account_id: id } },
              ...when,
              ...step.when,
              ...(part.when ?? []),
            ],
            changes: [...changes, ...step.changes, ...part.changes, logChange(clock.now(), entry)],
          })
          return account
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          if (await isTaken(context, account.folded))
            throw fail('login-taken', 'somebody has or had this login')
          // Else what admitted her was used or changed meanwhile: look again.
          if (!['row-changed', 'row-absent', 'row-exists'].includes(error.code)) throw error
        }
      }
      throw fail('account-changed', 'something was changed meanwhile')
    },
  }
}
