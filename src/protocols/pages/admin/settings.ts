/** What administrators set for the whole server, and the log of what they did. */
import { gone, registrations } from '../../../core/accounts/index.ts'
import type { Settings } from '../../../core/accounts/index.ts'
import type { Api } from '../api.ts'
import { oneOf } from '../body.ts'
import type { PagesParts } from '../parts.ts'
import { administrators } from './people.ts'

const logPage = 100

export function settingsRoutes(api: Api, { accounts }: PagesParts): void {
  api.codes({ 'setting-malformed': 400 })

  api.role(administrators, 'GET', '/admin/settings', async () => ({ settings: await accounts.settings() }))

  api.role(
    administrators,
    'PUT',
    '/admin/settings',
    async ({ account, body }) => {
      if ('registration' in body) oneOf(body, 'registration', registrations)
      // Their bounds are the core's, which names the member that is wrong.
      return { settings: await accounts.changeSettings(account.id, { ...body } as Partial<Settings>) }
    },
    { fresh: true },
  )

  api.role(administrators, 'GET', '/admin/log', async ({ query }) => {
    const after = query['after']?.slice(0, 100)
    const entries = await accounts.serverLog({ limit: logPage, ...(after ? { after } : {}) })
    const logins = new Map<string, string | null>()
    for (const id of new Set(entries.flatMap(({ account, actor }) => [account, actor])))
      if (id !== null) logins.set(id, (await accounts.loginOf(id)) ?? null)
    const nameOf = (id: string | null) => (id === null ? null : (logins.get(id) ?? null))
    const next = entries.length === logPage ? entries.at(-1)?.id : undefined
    return {
      entries: entries.map(({ id, act, account, actor, details, created }) => ({
        id,
        act,
        about: nameOf(account),
        actor: nameOf(actor),
        ...(actor === gone ? { gone: true } : {}),
        details,
        created,
      })),
      ...(next === undefined ? {} : { next }),
    }
  })
}
