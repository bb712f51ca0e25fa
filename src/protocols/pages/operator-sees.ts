/**
 * What the operator can read of this person, and what not: looked up, not promised. Each is a code that the pages have
 * a sentence for, with what is there; `door` comes with the door's own sentence.
 */
import { readBundle, readProfile } from '../../core/accounts/index.ts'
import type { Account } from '../../core/accounts/index.ts'
import type { Language } from '../../core/ports.ts'
import type { Api } from './api.ts'
import type { PagesParts } from './parts.ts'

export interface Sight {
  code: string
  value: string | number | null
  /** Whether the operator can read it. */
  seen: boolean
}

export function operatorRoutes(api: Api, parts: PagesParts): void {
  api.mine('GET', '/me/operator-sees', async ({ account, language }) => ({
    sights: await sightsOf(parts, account, account.language ?? language),
  }))
}

async function sightsOf(parts: PagesParts, account: Account, language: Language): Promise<Sight[]> {
  const { accounts, store, doors } = parts
  const { id } = account
  const [profile, home, keys, sessions, passkeys, identities, addresses, grants, direct] = await Promise.all([
    readProfile(store, account),
    store.home(account.home),
    readBundle(store, account),
    accounts.sessions(id),
    accounts.passkeys(id),
    accounts.identities(id),
    accounts.addresses(id),
    accounts.grants(id),
    accounts.direct(id),
  ])
  const prefixes = new Set(sessions.flatMap(({ address }) => (address === null ? [] : [address])))
  const agents = new Set(sessions.flatMap(({ agent }) => (agent ? [agent] : [])))
  const slots = keys?.bundle['slots']
  const seen: [code: string, value: string | number | null][] = [
    ['login', account.login],
    ['name', profile.name],
    ['avatar', profile.avatar === null ? null : 1],
    ['created', account.created],
    ['signed-in', account.signedIn],
    ['networks', joined(prefixes)],
    ['browsers', joined(agents)],
    ['log', 1],
    ['addresses', joined(addresses.map(({ address }) => address))],
    ['identities', joined(identities.map(({ provider, label }) => `${provider}: ${label}`))],
    ['passkeys', joined(passkeys.map(({ data }) => data.name))],
    ['app-passwords', joined(grants.map(({ label }) => label))],
    ['key-slots', Array.isArray(slots) ? slots.length : null],
    ['size', home?.bytes ?? 0],
    ['records', home?.records ?? 0],
    // Where it is typed into an app, the server is told it each time.
    ['direct-password', direct ? 1 : null],
    ...doors.map(({ title, operatorSees }): [string, string] => {
      const colon = language === 'fr' ? '\u00a0: ' : ': '
      return ['door', `${title[language]}${colon}${operatorSees[language]}`]
    }),
  ]
  const hidden = ['page-password', 'recovery-words', 'keys', 'encrypted-contents', 'app-password-texts']
  return [
    ...seen.filter(([, value]) => value !== null).map(([code, value]) => ({ code, value, seen: true })),
    ...hidden.map((code) => ({ code, value: null, seen: false })),
  ]
}

function joined(texts: Iterable<string>): string | null {
  const all = [...texts]
  return all.length === 0 ? null : all.join(', ')
}
