/** Which providers of sign-in there are. Secrets come in and are never shown again. */
import { isProviderId, presets, readProvider } from '../../../identity/providers/index.ts'
import type { Provider, Providers } from '../../../identity/providers/index.ts'
import type { Api } from '../api.ts'
import { refuse } from '../errors.ts'
import { administrators } from './people.ts'

export function providerSettingsRoutes(api: Api, providers: Providers): void {
  api.codes({ 'secret-needed': 409 })

  const shown = ({ secret, ...provider }: Provider) => ({
    ...provider,
    hasSecret: secret !== null,
    callback: providers.callbackOf(provider.id),
  })

  api.role(administrators, 'GET', '/admin/providers', async () => ({
    providers: (await providers.list()).map(shown),
    presets: Object.entries(presets).map(([id, preset]) => ({ id, ...preset })),
    /** With the provider's id behind it. */
    callbackPrefix: providers.callbackOf(''),
  }))

  api.role(
    administrators,
    'PUT',
    '/admin/providers/:id',
    async ({ account, params, body }) => {
      const id = params['id'] ?? ''
      const provider = readProvider(id, body, await providers.find(id))
      // What would not work is not offered to anybody.
      await providers.check(provider)
      await providers.save(account.id, provider)
      return { provider: shown(provider) }
    },
    { fresh: true },
  )

  api.role(
    administrators,
    'DELETE',
    '/admin/providers/:id',
    async ({ account, params }) => {
      const id = params['id'] ?? ''
      if (!isProviderId(id) || !(await providers.find(id))) throw refuse('provider-absent')
      await providers.remove(account.id, id)
    },
    { fresh: true },
  )
}
