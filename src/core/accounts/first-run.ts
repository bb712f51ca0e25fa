/** The first run: a token that is told to whoever starts the server, and the owner's account that it opens. */
import { sha256Hex } from '../../lib/hash.ts'
import { randomToken } from '../../lib/ids.ts'
import { Refusal, type Session } from '../ports.ts'
import { type Change, commitStep, type Precondition } from '../records/index.ts'
import { type Context, fail, ownerMark } from './context.ts'
import { isTaken, newAccount } from './lifecycle.ts'
import type { Accounts } from './types.ts'

/** How long a setup token is good, in milliseconds. */
export const setupLasts = 30 * 60_000

type FirstRunPart = Pick<Accounts, 'hasOwner' | 'issueSetup' | 'checkSetup' | 'createOwner'>

const hasOwner = async (reads: Pick<Session, 'rows'>): Promise<boolean> =>
  (await reads.rows('name', ownerMark)).length > 0

async function isGood({ store, clock }: Pick<Context, 'store' | 'clock'>, hash: string): Promise<boolean> {
  const [row] = await store.rows('token', { hash })
  return row?.['kind'] === 'setup' && Number(row['expires']) > clock.now()
}

/**
 * What makes an account the owner's and uses up the token of this SHA-256. Errors: `setup-token`, `owner-exists`; its
 * commit is refused as `row-absent` or `row-exists` where somebody was faster.
 */
export async function setupStep(
  context: Pick<Context, 'store' | 'clock'>,
  hash: string,
  accountId: string,
): Promise<{ when: Precondition[]; changes: Change[] }> {
  if (await hasOwner(context.store)) throw fail('owner-exists', 'the server has an owner already')
  if (!(await isGood(context, hash)))
    throw fail('setup-token', 'the link was used, or is older than 30 minutes')
  return {
    when: [
      { is: 'row-absent', table: 'name', where: ownerMark },
      { is: 'row-exists', table: 'token', where: { hash } },
    ],
    changes: [
      { kind: 'row', table: 'name', put: { ...ownerMark, home_id: null, owner: accountId, until: null } },
      // All of them: with the owner there, no other link is of any use.
      { kind: 'row', table: 'token', remove: { kind: 'setup' } },
    ],
  }
}

export function createFirstRun(context: Context): FirstRunPart {
  const { store, clock } = context

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
      return !(await hasOwner(store)) && (await isGood(context, sha256Hex(token)))
    },

    async createOwner({ token, login, directHash }) {
      const { account, step } = newAccount(context, { login, directHash }, 'owner')
      const setup = await setupStep(context, sha256Hex(token), account.id)
      try {
        await commitStep(store, {
          when: [...setup.when, ...step.when],
          changes: [...step.changes, ...setup.changes],
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
