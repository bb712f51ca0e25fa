/** What was done with her account: the part of the log that a person reads about herself. */
import { gone } from '../../core/accounts/index.ts'
import type { Api } from './api.ts'
import type { PagesParts } from './parts.ts'

const pageEntries = 50

export function logRoutes(api: Api, { accounts }: PagesParts): void {
  api.mine('GET', '/me/log', async ({ account, query }) => {
    const { after = '' } = query
    const found = await accounts.logOf(account.id, {
      limit: pageEntries,
      ...(/^[\w-]{1,40}$/.test(after) ? { after } : {}),
    })
    const actors = [...new Set(found.map(({ actor }) => actor))]
    const logins = new Map(
      await Promise.all(
        actors.map(async (actor) => [actor, actor && ((await accounts.loginOf(actor)) ?? null)] as const),
      ),
    )
    const entries = found.map(({ id, act, actor, details, address, agent, created }) => ({
      id,
      act,
      actor: logins.get(actor) ?? null,
      mine: actor === account.id,
      // Whoever did it has no account any more.
      ...(actor === gone ? { gone: true } : {}),
      details,
      // Where somebody else was is hers to know alone.
      ...(actor === null || actor === account.id ? { address, agent } : { address: null, agent: null }),
      created,
    }))
    return { entries, ...(found.length === pageEntries ? { next: found.at(-1)!.id } : {}) }
  })
}
