/**
 * The clients that are built in: Firefox in its editions, and programs that sign in with a generated password. Nobody else
 * gets a key of Sync, and no client can be added.
 */
import type { Grant } from '../../core/accounts/index.ts'

export const syncScope = 'https://identity.mozilla.com/apps/oldsync'
/** Of Thunderbird, which keeps its own key under it. */
const thunderbirdScope = 'https://identity.thunderbird.net/apps/sync'
/** A session token, with which a phone makes tokens of its own. */
export const sessionScope = 'https://identity.mozilla.com/tokens/session'

export interface Client {
  id: string
  /** What people call it. */
  name: string
  type: 'desktop' | 'mobile' | 'program'
  /** The scopes that it may have. */
  scopes: readonly string[]
  /** Where a code is handed to it, when no channel to the browser is there. */
  redirect(publicUrl: string): string
}

const profile = ['profile', 'profile:write'] as const

/** What desktop browsers send no code to: they get it by a message of the page. */
const noRedirect = 'urn:ietf:wg:oauth:2.0:oob:oauth-redirect-webchannel'

const desktop = (id: string, name: string, scope: string): Client => ({
  id,
  name,
  type: 'desktop',
  scopes: [...profile, scope],
  redirect: () => noRedirect,
})

const mobile = (id: string, name: string): Client => ({
  id,
  name,
  type: 'mobile',
  scopes: [...profile, syncScope, sessionScope],
  redirect: (publicUrl) => `${publicUrl}/oauth/success/${id}`,
})

const all: readonly Client[] = [
  desktop('5882386c6d801776', 'Firefox', syncScope),
  desktop('8269bacd7bbc7f80', 'Thunderbird', thunderbirdScope),
  mobile('a2270f727f45f648', 'Firefox for Android'),
  mobile('1b1a3e44c54fbb58', 'Firefox for iOS'),
  mobile('3c49430b43dfba77', 'Reference Browser'),
]

/** Which grants are of programs that signed in with a generated password, whatever they call themselves. */
export const program = 'onepw'

const programs: readonly Client[] = [
  // COMPAT firefox-sync-client
  {
    id: 'e7ce535d93522896',
    name: 'Firefox Sync Client',
    type: 'program',
    scopes: [...profile, syncScope],
    redirect: () => noRedirect,
  },
]

const byId = new Map([...all, ...programs].map((client) => [client.id, client]))

export const clientOf = (id: unknown): Client | undefined =>
  typeof id === 'string' ? byId.get(id) : undefined

/**
 * Whether a grant's tokens may be for this client: a browser's for itself. Programs say that they are Firefox on a desktop,
 * or one of those that have an id of their own.
 */
export const speaksFor = (
  { client: granted }: Pick<Grant, 'client'>,
  { id, type, scopes }: Client,
): boolean => granted === id || (granted === program && type !== 'mobile' && scopes.includes(syncScope))

export const isSyncScope = (scope: string): boolean => scope === syncScope || scope === thunderbirdScope
