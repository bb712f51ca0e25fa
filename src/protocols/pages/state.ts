/** What every page asks first: who is signed in, and how one gets in here. */
import { providerPrefix } from '../../core/accounts/index.ts'
import type { Api } from './api.ts'
import { meOf } from './me.ts'
import type { PagesParts } from './parts.ts'

export function stateRoutes(api: Api, parts: PagesParts): void {
  const { accounts, publicUrl } = parts

  api.open('GET', '/state', async (call) => {
    const [mine, settings, owner, providers] = await Promise.all([
      api.known(call),
      accounts.settings(),
      accounts.hasOwner(),
      accounts.namedSettings(providerPrefix),
    ])
    return {
      me: mine ? await meOf(parts, mine.account, mine.session) : null,
      owner,
      registration: settings.registration,
      providers: providers.map(({ name, value }) => ({
        id: name.slice(providerPrefix.length),
        name: value['name'],
        kind: value['kind'],
      })),
      mail: parts.mail,
      firefox: parts.firefox !== undefined,
      publicUrl,
      secureOrigin: isSecure(publicUrl),
      serverName: settings.serverName,
      language: mine?.account.language ?? call.language,
    }
  })
}

/** Whether browsers give pages of this origin passkeys and cryptography (Secure Contexts, 3.1). */
export function isSecure(origin: string): boolean {
  const { protocol, hostname } = new URL(origin)
  return protocol === 'https:' || /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}
