/** A person deletes her account, and may take it back until the days of grace are over. */
import type { Api } from './api.ts'
import type { PagesParts } from './parts.ts'

export function leavingRoutes(api: Api, { accounts, notices }: PagesParts): void {
  api.codes({ 'not-leaving': 409 })

  api.mine(
    'POST',
    '/me/delete',
    async ({ account, session, addressPrefix: address, agent }) => {
      const from = { address, agent }
      const { ends } = await accounts.leave(account.id, { by: account, session: session.id, from })
      notices.tell(account, 'leaving', { ends })
      return { ends }
    },
    { fresh: true },
  )

  api.mine(
    'POST',
    '/me/keep',
    async ({ account, addressPrefix: address, agent }) => {
      const kept = await accounts.keep(account.id, { by: account, from: { address, agent } })
      notices.tell(kept, 'kept', {})
    },
    { anyState: true },
  )
}
