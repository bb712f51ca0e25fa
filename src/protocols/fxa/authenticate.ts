/**
 * Who makes a request. A session is asked for with every request: in memory where nothing moved since, so that a browser
 * that was taken out is refused by its very next one, at another process too.
 */
import type { Accounts } from '../../core/accounts/index.ts'
import type { Apps, TokenHolder } from '../../core/apps/index.ts'
import type { Clock, Store } from '../../core/ports.ts'
import {
  createReplays,
  type HawkHeader,
  isHawk,
  payloadHash,
  readHawk,
  staleChallenge,
} from '../../lib/hawk.ts'
import { secretsEqual, sha256Hex } from '../../lib/hash.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { createLru } from '../../lib/lru.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import type { Credential, FxaRequest, Who } from './call.ts'
import { fxaError } from './errors.ts'
import { maxSkew, pausedFor, rememberedFor, rememberedRequests, rememberedSessions } from './limits.ts'
import { clientOf } from './clients.ts'
import type { People } from './people.ts'
import { type HawkData, hashOfId, hawkKey, type HawkKind } from './session-tokens.ts'

export interface AuthenticateParts {
  publicUrl: string
  store: Pick<Store, 'rows' | 'version'>
  accounts: Pick<Accounts, 'used'>
  apps: Pick<Apps, 'grantHolder'>
  people: People
  clock: Clock
  keys: KeyRing
}

export interface Authenticator {
  /** Who asks, by a credential that the route takes. Throws the errors 109, 110, 111, 115 and 201. */
  prove(request: FxaRequest, credential: Exclude<Credential, 'none'>): Promise<Who>
}

interface Entry {
  who: Who
  /** Of Hawk tokens. */
  key: Buffer | undefined
  version: number
  /** Milliseconds; null: no end. */
  expires: number | null
}

const rows = ['account', 'app_grant', 'grant_scope', 'token', 'fxa_account'] as const

/** Token kinds by credential; the way by which they are shown follows from the kind. */
const kindsOf: Readonly<Record<Exclude<Credential, 'none'>, readonly string[]>> = {
  session: ['fxa-session'],
  'session-or-refresh': ['fxa-session', 'fxa-refresh'],
  refresh: ['fxa-refresh'],
  keyfetch: ['fxa-keyfetch'],
  bearer: ['access'],
}
const whoKinds: Readonly<Record<string, Who['kind']>> = {
  'fxa-session': 'session',
  'fxa-refresh': 'refresh',
  'fxa-keyfetch': 'keyfetch',
  access: 'bearer',
}

/** COMPAT Firefox for Android and iOS: since 2026 they show the id that a Hawk header would name, and prove no request. */
const shownForm = /^Bearer fx([sk])_([0-9a-f]{64})$/
const shownKinds: Readonly<Record<string, HawkKind>> = { s: 'fxa-session', k: 'fxa-keyfetch' }

/** Whether a header shows a session, by Hawk or by its id: what a route for everybody looks for. */
export const showsSession = (authorization: unknown): boolean =>
  typeof authorization === 'string' && /^(hawk |bearer fxs_)/i.test(authorization)

const bearerForm = /^bearer +([A-Za-z0-9._~+/-]{16,512}=*) *$/i

export function createFxaAuthenticator(parts: AuthenticateParts): Authenticator {
  const { publicUrl, store, accounts, apps, people, clock, keys } = parts
  const { protocol, hostname, port } = new URL(publicUrl)
  const target = { host: hostname.toLowerCase(), port: Number(port) || (protocol === 'https:' ? 443 : 80) }
  const entries = createLru<string, Entry>({ max: rememberedSessions, ttl: rememberedFor })
  const replays = createReplays({ time: 2 * maxSkew, most: rememberedRequests })

  /** The token under a hash, with whom it speaks for. */
  async function look(hash: string, kinds: readonly string[]): Promise<Entry> {
    const now = clock.now()
    const version = store.version(...rows)
    const known = entries.get(hash, now)
    if (known && version !== undefined && known.version === version) return usable(known, kinds, now)
    const [row] = await store.rows('token', { hash })
    const kind = String(row?.['kind'])
    if (!row || !kinds.includes(kind)) throw unknown()
    const holder = await apps.grantHolder(String(row['account_id']), String(row['grant_id']))
    if (holder.kind !== 'known') throw refused(holder)
    const { account, grant } = holder
    const person = grant.kind === 'browser' ? await people.of(account.id) : undefined
    if (!person) throw unknown()
    const data = JSON.parse(String(row['data'] ?? '{}')) as JsonObject
    const isHawkToken = kind === 'fxa-session' || kind === 'fxa-keyfetch'
    const entry: Entry = {
      who: {
        account,
        grant,
        uid: person.uid,
        email: people.emailOf(account),
        kind: whoKinds[kind]!,
        hash,
        data,
        authAt: Number(data['authAt'] ?? 0),
      },
      key: isHawkToken ? hawkKey(keys, hash, data as HawkData) : undefined,
      version: version ?? -1,
      expires: row['expires'] == null ? holder.expires : Number(row['expires']),
    }
    accounts.used({ account, grant })
    if (version !== undefined) entries.set(hash, entry, now)
    return usable(entry, kinds, now)
  }

  async function byHawk(header: HawkHeader, request: FxaRequest, kinds: readonly HawkKind[]): Promise<Who> {
    const { method, url, headers, body } = request
    const { who, key } = await look(hashOfId(header.id), kinds)
    const now = clock.now()
    if (!key || !isHawk(key, header, { ...target, method, resource: url })) throw fxaError(109)
    if (Math.abs(Number(header.ts) * 1_000 - now) > maxSkew)
      throw fxaError(111, {
        members: { serverTime: Math.floor(now / 1_000) },
        headers: { 'WWW-Authenticate': staleChallenge(key, now) },
      })
    if (!replays.first(header.mac, now)) throw fxaError(115)
    // Without it, whoever stands between could put another body under the same proof.
    if (body === 'too-large') throw fxaError(113)
    if (body !== undefined && !isProved(header, headers, body)) throw fxaError(109)
    return who
  }

  return {
    async prove(request, credential) {
      const { authorization } = request.headers
      if (typeof authorization !== 'string') throw fxaError(110, { headers: challenge(credential) })
      const kinds = kindsOf[credential]
      const hawk = readHawk(authorization)
      const hawkKinds = kinds.filter((kind): kind is HawkKind => /^fxa-(session|keyfetch)$/.test(kind))
      if (hawk) return byHawk(hawk, request, hawkKinds)
      const [, letter = '', id] = shownForm.exec(authorization.slice(0, 600)) ?? []
      if (id !== undefined) {
        const { who } = await look(
          hashOfId(id),
          hawkKinds.filter((kind) => kind === shownKinds[letter]),
        )
        // A computer's Firefox proves every request: an id that was overheard there is worth nothing.
        if (clientOf(who.grant.client)?.type === 'desktop') throw unknown()
        return who
      }
      const [, token] = bearerForm.exec(authorization.slice(0, 600)) ?? []
      if (token === undefined) throw fxaError(110, { headers: challenge(credential) })
      const shown = kinds.filter((kind) => !hawkKinds.includes(kind as HawkKind))
      const { who } = await look(sha256Hex(token), shown)
      return who
    },
  }
}

function usable(entry: Entry, kinds: readonly string[], now: number): Entry {
  const isOf = kinds.some((kind) => whoKinds[kind] === entry.who.kind)
  if (!isOf || (entry.expires !== null && entry.expires <= now)) throw unknown()
  return entry
}

/** Whether a body is the one that a header speaks of. */
function isProved({ hash }: HawkHeader, headers: FxaRequest['headers'], body: Uint8Array): boolean {
  const type = headers['content-type']
  return hash !== '' && secretsEqual(hash, payloadHash(typeof type === 'string' ? type : '', body))
}

const unknown = () => fxaError(110)

/** A browser that its person has paused is asked to wait, not to sign in again. */
const refused = ({ kind }: Exclude<TokenHolder, { kind: 'known' }>) =>
  kind === 'paused'
    ? fxaError(201, { message: 'This browser is paused by its person', retryAfter: pausedFor })
    : unknown()

const challenge = (credential: Credential): Record<string, string> => ({
  'WWW-Authenticate': credential === 'bearer' || credential === 'refresh' ? 'Bearer' : 'Hawk',
})
