/** Passwords that the server makes for apps which can take nothing else: one for each app, device and door. */
import type { Api } from './api.ts'
import { flag, text } from './body.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

const day = 86_400_000
const maxDays = 3_650

export function appPasswordRoutes(api: Api, { accounts, doors, clock, notices }: PagesParts): void {
  const fresh = { fresh: true }

  api.mine(
    'POST',
    '/me/app-passwords',
    async ({ account, body, addressPrefix: address, agent }) => {
      const wanted = text(body, 'door', 40)
      const label = text(body, 'label', 100)
      const door = doors.find(
        ({ name, appPasswordScopes }) => name === wanted && appPasswordScopes.length > 0,
      )
      if (!door) throw refuse('malformed', { member: 'door' })
      const days = body['days'] ?? null
      if (days !== null && (!Number.isSafeInteger(days) || Number(days) < 1 || Number(days) > maxDays))
        throw refuse('malformed', { member: 'days' })
      const expires = days === null ? {} : { expires: clock.now() + Number(days) * day }
      const scopes = door.appPasswordScopes
      const made = await accounts.createAppPassword(
        account.id,
        { door: door.name, label, scopes, ...expires },
        { address, agent },
      )
      notices.tell(account, 'app-password-added', { door: door.name, label })
      return { text: made.text, grant: grantOf(made.grant) }
    },
    fresh,
  )

  api.mine('PUT', '/me/grants/:id', async ({ account, params, body, addressPrefix: address, agent }) =>
    accounts.suspendGrant(account.id, params['id'] ?? '', flag(body, 'suspended'), { address, agent }),
  )

  api.mine(
    'DELETE',
    '/me/grants/:id',
    async ({ account, params, addressPrefix: address, agent }) =>
      accounts.revokeGrant(account.id, params['id'] ?? '', { address, agent }),
    fresh,
  )
}

/** What the pages show of one. */
export const grantOf = ({
  id,
  door,
  label,
  created,
  expires,
  lastUsed,
  suspended,
}: Awaited<ReturnType<PagesParts['accounts']['grants']>>[number]) => ({
  id,
  door,
  label,
  created,
  expires,
  lastUsed,
  suspended,
})
