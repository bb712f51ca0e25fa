/** What apps learn of people: a name that is theirs alone, and with her consent what she shows to others. */
import { pairwiseName } from '../../core/accounts/index.ts'
import type { Account } from '../../core/accounts/index.ts'
import type { LibraryClient } from './library.ts'
import type { OAuthParts } from './parts.ts'

/** Claims by scope (OpenID Connect Core 1.0, 5.4). */
export const claims = {
  openid: ['sub'],
  profile: ['name', 'preferred_username', 'picture', 'locale'],
  email: ['email', 'email_verified'],
}

/**
 * Apps that are called back at the same host know a person by the same name. One that is called back on her own device,
 * or at several hosts, has none that is its own: it stands for itself, unless a document at one host names them all
 * (OpenID Connect Core 1.0, 8.1), which the library has looked at.
 */
export function sectorOf({ clientId, sectorIdentifierUri, redirectUris }: LibraryClient): string {
  const addresses = sectorIdentifierUri === undefined ? redirectUris : [sectorIdentifierUri]
  const hosts = new Set(addresses.map((address) => hostOf(address)))
  const [host] = hosts
  return hosts.size === 1 && host !== undefined ? host : `client ${clientId}`
}

function hostOf(address: string): string | undefined {
  const url = URL.parse(address)
  return url?.protocol === 'https:' ? url.host : undefined
}

export interface Subjects {
  /** As the library asks for an account: undefined unless it is in use. */
  find(id: string): Promise<object | undefined>
  nameFor(accountId: string, client: LibraryClient): Promise<string>
}

export function createSubjects(parts: OAuthParts): Subjects {
  const { accounts, profileOf } = parts

  async function told(account: Account, scopes: ReadonlySet<string>): Promise<object> {
    const all: Record<string, unknown> = { sub: account.id }
    if (scopes.has('profile')) {
      const { name, picture } = await profileOf(account)
      all['name'] = name ?? account.login
      all['preferred_username'] = account.login
      if (picture !== null) all['picture'] = picture
      if (account.language !== null) all['locale'] = account.language
    }
    if (scopes.has('email')) {
      const address = (await accounts.addresses(account.id)).find(({ verified }) => verified !== null)
      if (address) Object.assign(all, { email: address.address, email_verified: true })
    }
    return all
  }

  return {
    async find(id) {
      const account = await accounts.byId(id)
      if (account?.state !== 'active') return undefined
      const claimsOf = (_use: string, scope: string) => told(account, new Set(scope.split(' ')))
      return { accountId: id, claims: claimsOf }
    },

    async nameFor(accountId, client) {
      const account = await accounts.byId(accountId)
      if (!account) throw new Error('there is no such account')
      return pairwiseName(parts, account, sectorOf(client))
    },
  }
}
