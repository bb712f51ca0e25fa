/** The person's list of where she is signed in. */
import { giveCookies, takeCookie } from './api.ts'
import type { Api } from './api.ts'
import { oneOf } from './body.ts'
import type { PagesParts } from './parts.ts'

export function sessionRoutes(api: Api, { accounts }: PagesParts): void {
  api.mine('GET', '/me/sessions', async ({ account, session }) => {
    const sessions = await accounts.sessions(account.id)
    return {
      sessions: sessions.map(({ id, method, created, seen, address, agent }) => ({
        id,
        current: id === session.id,
        method,
        created,
        seen,
        address,
        agent,
      })),
    }
  })

  api.mine(
    'POST',
    '/sign-out',
    async ({ account, session, reply }) => {
      await accounts.endSession(account.id, session.id)
      takeCookie(reply)
    },
    { anyState: true },
  )

  api.mine(
    'DELETE',
    '/me/sessions/:id',
    async ({ account, params }) => accounts.endSession(account.id, params['id'] ?? ''),
    { fresh: true },
  )

  api.mine(
    'POST',
    '/me/sessions/end',
    async ({ account, session, body, reply }) => {
      const which = oneOf(body, 'which', ['others', 'all'])
      await accounts.endSessions(account.id, which === 'others' ? session.id : undefined)
      if (which === 'all') return takeCookie(reply)
      // A new text for whoever stays: a copy of the old one is of no use any more.
      giveCookies(reply, { token: await accounts.freshen(session) })
      return undefined
    },
    { fresh: true },
  )
}
