/** All ways into an account on one page. */
import type { Api } from './api.ts'
import { grantOf } from './app-passwords.ts'
import type { PagesParts } from './parts.ts'

export function securityRoutes(api: Api, { accounts, doors }: PagesParts): void {
  api.mine('GET', '/me/security', async ({ account, language }) => {
    const { id } = account
    const [page, direct, words, passkeys, identities, addresses, mailSignIn, grants] = await Promise.all([
      accounts.page(id),
      accounts.direct(id),
      accounts.words(id),
      accounts.passkeys(id),
      accounts.identities(id),
      accounts.addresses(id),
      accounts.mailSignIn(id),
      accounts.grants(id, 'app-password'),
    ])
    const told = account.language ?? language
    return {
      password: { set: page !== undefined, changed: page?.created ?? null },
      direct: { set: direct !== undefined },
      passkeys: passkeys.map(({ id: passkey, data, created, lastUsed }) => ({
        id: passkey,
        name: data.name,
        created,
        lastUsed,
        prf: data.prf,
      })),
      words: { set: words !== undefined, created: words?.created ?? null },
      identities: identities.map(({ issuer, subject, provider, label, created, lastUsed }) => ({
        issuer,
        subject,
        provider,
        label,
        created,
        lastUsed,
      })),
      addresses: addresses.map(({ id: one, address, verified }) => ({ id: one, address, verified })),
      mailSignIn,
      appPasswords: grants.map(grantOf),
      doors: doors
        .filter(({ appPasswordScopes }) => appPasswordScopes.length > 0)
        .map(({ name, title }) => ({ name, title: title[told] })),
    }
  })
}
