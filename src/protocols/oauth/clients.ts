/**
 * The apps that may ask. They register themselves (RFC 7591), or their id is the address of a document about them, or an
 * address of the person's own machine, for those who develop one. Nobody vouches for any of these.
 */
import type { ClientTrust } from '../../core/accounts/index.ts'
import type { AskingClient } from '../../core/apps/index.ts'
import { Refusal, type Row, type Store } from '../../core/ports.ts'
import type { Clock } from '../../core/ports.ts'
import { commitStep } from '../../core/records/index.ts'
import { secretsEqual, sha256Base64url } from '../../lib/hash.ts'
import { createLru } from '../../lib/lru.ts'
import type { LibraryClient, Payload } from './library.ts'

/** How long an app is kept that nobody has used yet, and after its last use; milliseconds. */
export const unusedLasts = 86_400_000
const usedLasts = 365 * 86_400_000
/** How often the last use is written. */
const usedEvery = 86_400_000
/** How long what is in memory counts, where another process may know better. */
const cached = 60_000
const maxCached = 1_000

/** Bounds of what an app says of itself: addresses of each kind, characters of one, of its name, bytes in all. */
const maxRedirects = 20
const maxAddress = 2_000
const maxName = 100
const maxBytes = 16_384

/** What is kept of an app's own words. Its logo is none of it: nothing is fetched that a person would only look at. */
const keptMetadata = new Set([
  'client_id',
  'client_id_issued_at',
  'client_name',
  'client_uri',
  'client_secret',
  'application_type',
  'client_secret_expires_at',
  'redirect_uris',
  'post_logout_redirect_uris',
  'grant_types',
  'response_types',
  'response_modes',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'jwks',
  'jwks_uri',
  'scope',
  'id_token_signed_response_alg',
  'subject_type',
  'sector_identifier_uri',
  'default_max_age',
  'require_auth_time',
  'policy_uri',
  'tos_uri',
  'contacts',
])

const loopback = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?:[/?]|$)/

export interface Clients {
  /** As the library asks for it. */
  find(id: string): Promise<Payload | undefined>
  /** Keeps a new one; throws what `fail` makes of a reason why not. */
  keep(id: string, metadata: Payload): Promise<void>
  /** Somebody let the app in. Does not wait. */
  used(client: LibraryClient): void
}

/** Why an app's own words are not taken; undefined: they are. */
export function whyNot(metadata: Payload): string | undefined {
  const list = (member: string) => (Array.isArray(metadata[member]) ? (metadata[member] as unknown[]) : [])
  const redirects = [...list('redirect_uris'), ...list('post_logout_redirect_uris')]
  if (redirects.length > maxRedirects) return `redirect_uris must be at most ${maxRedirects}`
  for (const one of redirects) {
    if (typeof one !== 'string' || one.length > maxAddress) return 'redirect_uris must not be so long'
    if (/^http:/i.test(one) && !loopback.test(one))
      return 'redirect_uris must be https, or http on the loopback of a device'
  }
  const name = metadata['client_name']
  if (name !== undefined && (typeof name !== 'string' || name.trim() === '' || name.length > maxName))
    return `client_name must have 1 to ${maxName} characters`
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxBytes) return 'the metadata must not be so long'
  return undefined
}

/** Whether it leads to a program on the person's own device: by a loopback address, or a scheme of its own. */
export const isNativeRedirect = (redirect: string): boolean =>
  loopback.test(redirect) || !/^https?:/i.test(redirect)

/** Whether any program on a person's device can take the place of an app: it is called back there. */
export const isNative = ({ applicationType, redirectUris }: LibraryClient): boolean =>
  applicationType === 'native' || redirectUris.some(isNativeRedirect)

export function createClients({
  store,
  clock,
  invalid,
  onError,
}: {
  store: Pick<Store, 'rows' | 'commit'>
  clock: Clock
  /** The error of the protocol for metadata that are not taken. */
  invalid(why: string): Error
  onError(error: unknown): void
}): Clients {
  const known = createLru<string, Payload>({ max: maxCached, ttl: cached })
  const noted = createLru<string, true>({ max: maxCached, ttl: usedEvery })

  async function note(id: string): Promise<void> {
    const where = { client_id: id }
    const [row] = await store.rows('oauth_client', where)
    if (!row || row['kind'] !== 'registered') return
    const now = clock.now()
    await commitStep(store, {
      when: [{ is: 'row-has', table: 'oauth_client', where, has: { expires: row['expires'] ?? null } }],
      changes: [
        { kind: 'row', table: 'oauth_client', put: { ...row, last_used: now, expires: now + usedLasts } },
      ],
    })
  }

  return {
    async find(id) {
      const now = clock.now()
      const found = known.get(id, now)
      if (found) return found
      const development = loopbackClient(id)
      if (development) return development
      const [row] = id.length <= maxAddress ? await store.rows('oauth_client', { client_id: id }) : []
      if (!row || isOver(row, now)) return undefined
      const metadata = JSON.parse(String(row['data'])) as Payload
      known.set(id, metadata, now)
      return metadata
    },

    async keep(id, metadata) {
      const why = whyNot(metadata)
      if (why !== undefined) throw invalid(why)
      const kept = Object.fromEntries(
        Object.entries(metadata).filter(([name, value]) => keptMetadata.has(name) && value !== undefined),
      )
      const secret = kept['client_secret']
      const now = clock.now()
      const data = typeof secret === 'string' ? { ...kept, client_secret: hashed(secret) } : kept
      await commitStep(store, {
        when: [{ is: 'row-absent', table: 'oauth_client', where: { client_id: id } }],
        changes: [
          {
            kind: 'row',
            table: 'oauth_client',
            put: {
              client_id: id,
              kind: 'registered',
              data: JSON.stringify(data),
              created: now,
              last_used: null,
              expires: now + unusedLasts,
            },
          },
        ],
      })
    },

    used({ clientId: id }) {
      const now = clock.now()
      if (noted.get(id, now)) return
      noted.set(id, true, now)
      note(id).catch((error: unknown) => {
        noted.delete(id)
        if (!(error instanceof Refusal)) onError(error)
      })
    },
  }
}

const isOver = ({ expires }: Row, now: number) => expires != null && Number(expires) <= now

/** What is stored of a secret, and compared in its place. */
const hashed = (secret: string): string => sha256Base64url(`client secret ${secret}`)

/** In the place of the library's own comparison, which knows the secret itself. */
export function compareSecret(this: LibraryClient, given: string): boolean {
  return this.clientSecret !== undefined && secretsEqual(hashed(given), this.clientSecret)
}

/**
 * An app that is being developed: its id is where it runs on the developer's own machine, and where it is called back,
 * or names that in its query (`redirect_uri`, several times if need be). No document can be fetched from there.
 */
export function loopbackClient(id: string): Payload | undefined {
  const url = loopback.test(id) && id.length <= maxAddress ? URL.parse(id) : null
  if (!url || url.hash !== '' || url.username !== '') return undefined
  const named = url.searchParams.getAll('redirect_uri')
  const redirects = named.length > 0 ? named : [id]
  if (redirects.length > maxRedirects || !redirects.every((one) => loopback.test(one))) return undefined
  return {
    client_id: id,
    client_name: url.host,
    application_type: 'native',
    redirect_uris: redirects,
    post_logout_redirect_uris: redirects,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
}

export const trustOf = ({ clientIdMetadataDocument }: LibraryClient): ClientTrust =>
  clientIdMetadataDocument ? 'document' : 'registered'

/** The host that an app is of, as far as it can be told: where its document is, else where it is called back. */
export function originOf({ clientId, clientIdMetadataDocument, redirectUris }: LibraryClient): string {
  const url = URL.parse(clientIdMetadataDocument ? clientId : (redirectUris[0] ?? ''))
  return url?.host || url?.protocol || ''
}

/** As the core knows apps. */
export function askingClient(client: LibraryClient): AskingClient & { origin: string } {
  const origin = originOf(client)
  const name = (client.clientName ?? '').replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim()
  return {
    id: client.clientId,
    name: name.slice(0, maxName) || origin || client.clientId.slice(0, maxName),
    redirects: client.redirectUris,
    trust: trustOf(client),
    origin,
  }
}
