/** The first run: a token that is told to whoever starts the server, and the owner's account that it opens. */
import { sha256Hex } from '../../lib/hash.ts'
import { randomToken } from '../../lib/ids.ts'
import { Refusal, type Session } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { type Context, fail, ownerMark } from './context.ts'
import { isTaken, newAccount } from './lifecycle.ts'
import type { Accounts } from './types.ts'

/** How long a setup token is good, in milliseconds. */
export const setupLasts = 30 * 60_000

type FirstRunPart = Pick<Accounts, 'hasOwner' | 'issueSetup' | 'checkSetup' | 'createOwner'>

const hasOwner = async (reads: Pick<Session, 'rows'>): Promise<boolean> =>
  (await reads.rows('name', ownerMark)).length > 0

export function createFirstRun(context: Context): FirstRunPart {
  const { store, clock } = context

  const noOwner = { is: 'row-absent', table: 'name', where: ownerMark } as const

  async function isGood(token: string): Promise<boolean> {
    const [row] = await store.rows('token', { hash: sha256Hex(token) })
    return row?.['kind'] === 'setup' && Number(row['expires']) > clock.now()
  }

  return {
    hasOwner: () => hasOwner(store),

    async issueSetup() {
      if (await hasOwner(store)) return undefined
      const now = clock.now()
      const token = randomToken()
      const old = await store.rows('token', { kind: 'setup' })
      const changes: Change[] = old
        .filter((row) => Number(row['expires']) <= now)
        .map((row) => ({ kind: 'row', table: 'token', remove: { hash: row['hash'] ?? null } }))
      const row = { hash: sha256Hex(token), kind: 'setup', grant_id: null, account_id: null, data: null }
      const put = { ...row, created: now, expires: now + setupLasts }
      await commitStep(store, { changes: [...changes, { kind: 'row', table: 'token', put }] })
      return token
    },

    async checkSetup(token) {
      return !(await hasOwner(store)) && (await isGood(token))
    },

    async createOwner({ token, login, directHash }) {
      if (await hasOwner(store)) throw fail('owner-exists', 'the server has an owner already')
      if (!(await isGood(token))) throw fail('setup-token', 'the link was used, or is older than 30 minutes')
      const { account, step } = newAccount(context, { login, directHash }, 'owner')
      try {
        await commitStep(store, {
          when: [
            noOwner,
            { is: 'row-exists', table: 'token', where: { hash: sha256Hex(token) } },
            ...step.when,
          ],
          changes: [
            ...step.changes,
            {
              kind: 'row',
              table: 'name',
              put: { ...ownerMark, home_id: null, owner: account.id, until: null },
            },
            // All of them: with the owner there, no other link is of any use.
            { kind: 'row', table: 'token', remove: { kind: 'setup' } },
          ],
        })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (await hasOwner(store)) throw fail('owner-exists', 'the server has an owner already')
        if (await isTaken(context, account.folded))
          throw fail('login-taken', 'somebody has or had this login')
        throw error.code === 'row-absent' ? fail('setup-token', 'the link was used meanwhile') : error
      }
      return account
    },
  }
}
