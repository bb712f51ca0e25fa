/** A person takes another login. Everything else of hers knows her by her account's id, and stays as it is. */
import { Refusal } from '../ports.ts'
import { alter, type Beside, type Context, fail } from './context.ts'
import { putCredential } from './credentials.ts'
import { isTaken } from './lifecycle.ts'
import { logChange } from './log.ts'
import { checkLogin, fold } from './login.ts'
import type { Account, PageData } from './types.ts'
import type { Origin } from './ways.ts'

/** Former logins that are kept for one account: each is nobody else's for ever. */
const maxHeld = 10

export interface Renaming {
  login: string
  /** The same page password, stretched with the new login. */
  password?: PageData
  /** What else belongs to it, such as new keys. */
  beside?: Beside
  /** The operator at the command line does it, not she herself. */
  actor?: null
  from: Origin
}

export interface RenamingPart {
  /**
   * Gives an account another login. The former one stays hers: nobody else gets it, and she may take it back.
   * Errors: `login-…`, `password-needed` (there is a page password, which the login is part of), `too-many`.
   */
  rename(id: string, wanted: Renaming): Promise<Account>
}

export function createRenaming(context: Context): RenamingPart {
  const { store, clock, names } = context

  return {
    async rename(id, { login, password, beside = {}, actor = id, from }) {
      const folded = fold(login)
      const renamed = alter(context, id, async (account) => {
        if (account.login === login) return undefined
        const hers = await names.takeBack(store, folded, account.home)
        if (!hers) checkLogin(login, null)
        const page = await store.rows('credential', { account_id: id, kind: 'page' })
        if (page.length > 0 && !password)
          throw fail('password-needed', 'the password has to be stretched with the new login')
        const { when = [], changes = [] } = beside
        const moved =
          folded === account.folded ? { when: [], changes: [] } : await move(account, folded, hers)
        return {
          set: { login, folded },
          shown: true,
          when: [...moved.when, ...when],
          changes: [
            ...moved.changes,
            ...(password ? [putCredential(id, 'page', password, account.authSeq + 1, clock.now())] : []),
            ...changes,
            logChange(clock.now(), { account: id, act: 'renamed', actor, details: { login }, ...from }),
          ],
        }
      })
      return renamed.catch(async (error: unknown) => {
        if (error instanceof Refusal && error.code === 'row-exists' && (await isTaken(context, folded)))
          throw fail('login-taken', 'somebody has or had this login')
        throw error
      })
    },
  }

  async function move(
    account: Account,
    folded: string,
    hers: Awaited<ReturnType<typeof names.takeBack>>,
  ): Promise<Required<Beside>> {
    const held = await names.held(store, account.home)
    if (!hers && held.length >= maxHeld)
      throw fail('too-many', `${maxHeld} former logins are kept at most`, { max: maxHeld })
    return {
      when: [
        { is: 'row-absent', table: 'account', where: { folded } },
        ...(hers?.when ?? names.unused(folded)),
      ],
      changes: [...(hers?.changes ?? []), names.hold(account.folded, account.home)],
    }
  }
}
