/** Accounts begin and change. */
import { newHomeId, randomBase32 } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { Refusal } from '../ports.ts'
import { accountPrincipal } from '../permissions/index.ts'
import { type Change, commitStep, type Precondition } from '../records/index.ts'
import { accountById, alter, type Context, fail, ownerMark } from './context.ts'
import { putCredential } from './credentials.ts'
import { checkLogin, fold } from './login.ts'
import { accountOf, accountRow } from './rows.ts'
import type { Account, Accounts, Attributes, NewAccount, Role } from './types.ts'

/** Bytes of an account's attributes, as JSON text. */
const maxAttributes = 65_536

type LifecyclePart = Pick<Accounts, 'byId' | 'byLogin' | 'list' | 'create' | 'change' | 'setLanguage'>

/** A new account, and what has to hold and happen for it. Throws `login-…`, `attributes-too-large`. */
export function newAccount(
  { clock, quota, names }: Context,
  { login, door = null, attributes = {}, directHash }: Omit<NewAccount, 'door'> & { door?: string | null },
  role: Role,
  set: Partial<Pick<Account, 'id' | 'state' | 'language' | 'invitedBy'>> = {},
): { account: Account; step: { when: Precondition[]; changes: Change[] } } {
  checkLogin(login, door)
  checkAttributes(attributes)
  const { id = randomBase32(80) } = set
  const home = newHomeId()
  const now = clock.now()
  const folded = fold(login)
  const account: Account = {
    id,
    login,
    folded,
    role,
    state: 'active',
    home,
    attributes: attributes as JsonObject,
    door,
    created: now,
    modified: now,
    authSeq: 1,
    ends: null,
    invitedBy: null,
    signedIn: null,
    language: null,
    pairwise: null,
    ...set,
  }
  const owner = accountPrincipal(id)
  const changes: Change[] = [
    { kind: 'create-home', home, input: { kind: 'person', owner, payer: null, maxBytes: quota } },
    { kind: 'row', table: 'account', put: accountRow(account) },
  ]
  if (directHash !== undefined) changes.push(putCredential(id, 'direct', { hash: directHash }, 1, now))
  // The account is looked for before its name: whoever ends an account writes both at once.
  const free: Precondition = { is: 'row-absent', table: 'account', where: { folded } }
  return { account, step: { when: [free, ...names.unused(folded)], changes } }
}

/** Whether somebody has or had the login. */
export async function isTaken({ store, names }: Context, folded: string): Promise<boolean> {
  return (await store.rows('account', { folded })).length > 0 || (await names.isUsed(store, folded))
}

export function createLifecycle(context: Context): LifecyclePart {
  const { store, clock, unsafeTest } = context

  return {
    byId: (id) => accountById(store, id),

    async byLogin(login) {
      const [row] = await store.rows('account', { folded: fold(login) })
      return row && accountOf(row)
    },

    async list({ after, limit }) {
      const page = { limit: Math.min(Math.max(1, limit), 1000) }
      const from = after === undefined ? {} : { after: { account_id: after } }
      return (await store.rows('account', {}, { ...page, ...from })).map(accountOf)
    },

    async create(wanted) {
      const { account, step } = newAccount(context, wanted, 'person')
      const owned: Precondition = { is: 'row-exists', table: 'name', where: ownerMark }
      try {
        await commitStep(store, { ...step, when: [...(unsafeTest ? [] : [owned]), ...step.when] })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (error.code === 'row-absent') throw fail('no-owner', 'the server has no owner yet')
        if (error.code === 'row-exists') throw fail('login-taken', 'somebody has or had this login')
        throw error
      }
      return account
    },

    async setLanguage(id, language) {
      await alter(context, id, (account) =>
        account.language === language ? undefined : { set: { language } },
      )
    },

    async change(id, { attributes, state, directHash }, expected) {
      if (attributes) checkAttributes(attributes)
      return alter(context, id, (account) => {
        if (expected !== undefined && account.modified !== expected) {
          throw fail('account-changed', 'the account was changed', { modified: account.modified })
        }
        if (state === 'suspended' && account.role === 'owner')
          throw fail('owner-stays', 'the owner cannot be suspended')
        const set = { ...(attributes ? { attributes } : {}), ...(state ? { state } : {}) }
        const changes =
          directHash === undefined
            ? []
            : [putCredential(id, 'direct', { hash: directHash }, account.authSeq + 1, clock.now())]
        return { set, shown: true, changes }
      })
    },
  }
}

function checkAttributes(attributes: Attributes): void {
  if (Buffer.byteLength(JSON.stringify(attributes)) > maxAttributes) {
    throw fail('attributes-too-large', `attributes are at most ${maxAttributes} bytes`, {
      max: maxAttributes,
    })
  }
}
