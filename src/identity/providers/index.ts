/** Sign-in with others: OpenID Connect, and OAuth 2 by configuration. */
import type { Accounts } from '../../core/accounts/index.ts'
import type { Clock } from '../../core/ports.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import { createFlows } from './flow.ts'
import type { Flow, Flows } from './flow.ts'
import { createProviderSettings } from './settings.ts'
import type { ProviderSettings } from './settings.ts'
import type { Provider, Speaker, Vouched } from './types.ts'

export { flowLost, pendingLasts, purposes, type Flow } from './flow.ts'
export { presets } from './presets.ts'
export { isProviderId, readProvider } from './settings.ts'
export type { Provider, Vouched } from './types.ts'

export interface Providers extends ProviderSettings {
  flows: Flows
  /** Where a provider sends browsers back to; told to it at registration. */
  callbackOf(id: string): string
  /** Where the browser goes. Errors: `ProviderErrorCode`. */
  start(provider: Provider, flow: Flow): Promise<string>
  /** Whom the provider vouches for, from the query that the browser came back with. Errors: `ProviderErrorCode`. */
  finish(provider: Provider, flow: Flow, query: URLSearchParams): Promise<Vouched>
  /** Whether it would work, asked at once. Errors: `ProviderErrorCode`. */
  check(provider: Provider): Promise<void>
}

export function createProviders(input: {
  accounts: Pick<Accounts, 'namedSettings' | 'setNamed'>
  keys: KeyRing
  clock: Clock
  publicUrl: string
}): Providers {
  const callbackOf = (id: string) => `${input.publicUrl}/sign-in/with/${id}`

  /** Loaded when the first person signs in so: most servers have no provider. */
  async function speakers() {
    const [{ createOidc }, { createOAuth2 }] = await Promise.all([import('./oidc.ts'), import('./oauth2.ts')])
    return { oidc: createOidc(callbackOf, input.clock.now), oauth2: createOAuth2(callbackOf) }
  }
  let loaded: ReturnType<typeof speakers> | undefined

  async function speaker(provider: Provider): Promise<Speaker<Provider>> {
    loaded ??= speakers()
    return (await loaded)[provider.kind] as Speaker<Provider>
  }

  return {
    ...createProviderSettings(input),
    flows: createFlows(input),
    callbackOf,
    start: async (provider, flow) =>
      (await (await speaker(provider)).start(provider, flow, flow.purpose === 'fresh')).href,
    finish: async (provider, flow, query) => (await speaker(provider)).finish(provider, query, flow),
    check: async (provider) => (await speaker(provider)).check(provider),
  }
}
