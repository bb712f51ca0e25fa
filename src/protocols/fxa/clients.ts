/** The clients that are built in: Firefox in its editions. Nobody else gets a key of Sync, and no client can be added. */

export const syncScope = 'https://identity.mozilla.com/apps/oldsync'
/** Of Thunderbird, which keeps its own key under it. */
const thunderbirdScope = 'https://identity.thunderbird.net/apps/sync'
/** A session token, with which a phone makes tokens of its own. */
export const sessionScope = 'https://identity.mozilla.com/tokens/session'

export interface Client {
  id: string
  /** What people call it. */
  name: string
  type: 'desktop' | 'mobile'
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

const byId = new Map(all.map((client) => [client.id, client]))

export const clientOf = (id: unknown): Client | undefined =>
  typeof id === 'string' ? byId.get(id) : undefined

export const isSyncScope = (scope: string): boolean => scope === syncScope || scope === thunderbirdScope
