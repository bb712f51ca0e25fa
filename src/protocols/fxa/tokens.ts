/** Tokens for browsers: for a code, or for a session of theirs; what a token is, and its end. */
import type { Grant } from '../../core/accounts/index.ts'
import { Refusal, type Row } from '../../core/ports.ts'
import { commitStep } from '../../core/records/index.ts'
import { sha256Hex } from '../../lib/hash.ts'
import type { Json, JsonObject } from '../../lib/json/index.ts'
import type { Call, Who } from './call.ts'
import { type Client, clientOf, sessionScope, speaksFor } from './clients.ts'
import { codeChange, commitOf, accessChange, redeemable, refreshChange } from './codes.ts'
import { badParameter, fxaError } from './errors.ts'
import { accessLasts, accessLastsAtMost } from './limits.ts'
import type { Door } from './parts.ts'
import type { Approvals } from './pairing/approvals.ts'
import { allowedBy, clientScopes, readScopes, readScopesWithin } from './scopes.ts'
import { newHawkToken } from './session-tokens.ts'

/** What comes of a request for tokens, by its kind (`grant_type`). */
export type TokenGrant = (call: Call) => Promise<Json>

export interface TokenParts {
  /** By `grant_type`, beside what is here. */
  others: Readonly<Record<string, TokenGrant>>
  approvals: Pick<Approvals, 'use'>
  /** Ends a grant: its last credential is gone. */
  end(call: Call, who: Pick<Who, 'account' | 'grant'>): Promise<void>
}

export function tokenRoutes(door: Door, { others, approvals, end }: TokenParts): void {
  const { route, store, apps, people } = door

  async function byCode({ body, now, who }: Call): Promise<Json> {
    const client = knownClient(body)
    const code = hexOf(body, 'code')
    const verifier = body['code_verifier']
    if (verifier === undefined) throw fxaError(169)
    if (typeof verifier !== 'string' || !/^[\w.~-]{43,128}$/.test(verifier))
      throw badParameter('code_verifier', verifier)
    const found = await redeemable(store, { code, verifier, client }, now)
    const { data } = found
    if (data.bound && who?.grant.id !== found.grantId) throw fxaError(173)
    const holder = await apps.grantHolder(found.accountId, found.grantId)
    if (holder.kind !== 'known') throw fxaError(172)
    const { account, grant } = holder
    const lasts = lifetime(body)
    const access = accessChange(grant, { scopes: data.scopes, lasts }, now)
    const refresh = data.offline ? refreshChange(grant, data, now) : undefined
    const session = data.scopes.includes(sessionScope)
      ? newHawkToken(door.keys, grant, { kind: 'fxa-session', authAt: data.authAt, now, expires: null })
      : undefined
    const made = [refresh, session].flatMap((one) => (one ? [one.change] : []))
    await commitOf(store, account, grant, [found.change, access.change, ...made], found)
    return {
      access_token: access.token,
      ...(refresh ? { refresh_token: refresh.token } : {}),
      ...(session ? { session_token: session.token } : {}),
      ...(data.keysJwe === null ? {} : { keys_jwe: data.keysJwe }),
      scope: data.scopes.join(' '),
      token_type: 'bearer',
      expires_in: lasts,
      auth_at: data.authAt,
    }
  }

  async function bySession({ body, now, who }: Call): Promise<Json> {
    const client = knownClient(body)
    if (!who) throw fxaError(110)
    const { account, grant, authAt } = who
    if (!speaksFor(grant, client)) throw fxaError(162)
    const scopes = readScopes(body['scope'], allowedBy(client, grant))
    const lasts = lifetime(body)
    const access = accessChange(grant, { scopes, lasts }, now)
    const refresh =
      body['access_type'] === 'offline' ? refreshChange(grant, { scopes, authAt }, now) : undefined
    await commitOf(store, account, grant, [access.change, ...(refresh ? [refresh.change] : [])])
    return {
      access_token: access.token,
      ...(refresh ? { refresh_token: refresh.token } : {}),
      scope: scopes.join(' '),
      token_type: 'bearer',
      expires_in: lasts,
      auth_at: authAt,
    }
  }

  const grants: Readonly<Record<string, TokenGrant>> = {
    authorization_code: byCode,
    'fxa-credentials': bySession,
    ...others,
  }

  const give = async (call: Call): Promise<Json> => {
    const { body } = call
    const type = body['grant_type'] ?? (body['code'] === undefined ? 'fxa-credentials' : 'authorization_code')
    const grant = typeof type === 'string' && Object.hasOwn(grants, type) ? grants[type] : undefined
    if (!grant) throw badParameter('grant_type', type)
    return grant(call)
  }
  route('POST', '/v1/oauth/token', 'none', give)
  // COMPAT PyFxA: asks the OAuth server's own path, which had an address of its own once.
  route('POST', '/v1/token', 'none', give)

  // Access tokens are opaque: there is no key by which anybody else could read one.
  route('GET', '/v1/jwks', 'none', async () => ({ keys: [] }))

  // For programs that have a session and want a code for themselves. Another browser is let in by its person alone.
  route('POST', '/v1/oauth/authorization', 'session', async (call) => {
    const { body, now, who } = call
    const client = knownClient(body)
    const { account, grant, authAt } = who
    const isOther = !speaksFor(grant, client)
    if (isOther && !pairs(grant, client)) throw fxaError(162)
    if ((body['response_type'] ?? 'code') !== 'code') throw fxaError(168)
    const { state = '', redirect_uri: asked, keys_jwe: keys = null } = body
    if (typeof state !== 'string' || state.length > 512) throw badParameter('state', state)
    const redirect = client.redirect(door.publicUrl)
    if (asked !== undefined && asked !== redirect) throw fxaError(167)
    const { code_challenge: challenge, code_challenge_method: method } = body
    if (challenge === undefined || method !== 'S256') throw fxaError(169)
    if (typeof challenge !== 'string' || !/^[\w-]{43}$/.test(challenge))
      throw badParameter('code_challenge', challenge)
    if (keys !== null && !isJwe(keys)) throw badParameter('keys_jwe', keys)
    // What this browser may, as far as the other one can.
    const allowed = allowedBy(client, { ...grant, client: client.id })
    const scopes = isOther ? readScopesWithin(body['scope'], allowed) : readScopes(body['scope'], allowed)
    const wanted = { scopes, challenge, offline: body['access_type'] === 'offline', keysJwe: keys }
    const told = (code: string): Json => ({
      code,
      state,
      redirect: withCode(redirect, code, state),
      scope: scopes.join(' '),
    })
    if (isOther) return told((await approvals.use(call, client, wanted)).code)
    const { code, change } = codeChange(grant, { ...wanted, client: client.id, authAt, bound: false }, now)
    await commitOf(store, account, grant, [change])
    return told(code)
  })

  const destroy = async (call: Call): Promise<Json> => {
    const { body } = call
    const token = body['token'] ?? body['access_token'] ?? body['refresh_token']
    if (token === undefined) throw badParameter('token', token)
    const found = await find(token)
    // RFC 7009: what is not there is as good as ended. Whoever shows it may end it.
    if (!found || (body['client_id'] !== undefined && !speaksFor(found.who.grant, knownClient(body))))
      return {}
    if (found.row['kind'] === 'fxa-refresh' && (await isLast(found.row))) await end(call, found.who)
    else
      await commitStep(store, {
        changes: [{ kind: 'row', table: 'token', remove: { hash: found.who.hash } }],
        needs: [{ kind: 'collection', home: found.who.account.home, path: '' }],
      }).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error
      })
    return {}
  }
  route('POST', '/v1/oauth/destroy', 'none', destroy)
  route('POST', '/v1/destroy', 'none', destroy)

  route('POST', '/v1/verify', 'none', async ({ body }) => {
    const found = await find(body['token'])
    if (found?.row['kind'] !== 'access') throw fxaError(110, { status: 400 })
    const { who, scopes } = found
    const person = await people.of(who.account.id)
    return {
      user: who.uid,
      client_id: who.grant.client ?? '',
      scope: scopes,
      generation: person?.generation ?? 0,
      profile_changed_at: who.account.modified,
    }
  })

  const introspect = async ({ body }: Call): Promise<Json> => {
    const found = await find(body['token'])
    if (!found) return { active: false }
    const { row, who, scopes } = found
    return {
      active: true,
      scope: scopes.join(' '),
      client_id: who.grant.client ?? '',
      token_type: row['kind'] === 'access' ? 'access_token' : 'refresh_token',
      iat: Number(row['created']),
      ...(row['expires'] == null ? {} : { exp: Number(row['expires']) }),
      sub: who.uid,
      jti: who.hash,
      'fxa-lastUsedAt': who.grant.lastUsed ?? Number(row['created']),
    }
  }
  route('POST', '/v1/introspect', 'none', introspect)
  route('POST', '/v1/oauth/introspect', 'none', introspect)

  /**
   * Whether a browser has nothing left once this refresh token of its is gone. A telephone forgets its session with it
   * and ends none, so that one counts for a computer alone.
   */
  async function isLast({ hash, grant_id: grant = null }: Row): Promise<boolean> {
    const rows = await store.rows('token', { grant_id: grant })
    const [granted] = await store.rows('app_grant', { grant_id: grant })
    const isMobile = clientOf(granted?.['client'])?.type === 'mobile'
    const counts = isMobile ? ['fxa-refresh', 'fxa-code'] : ['fxa-refresh', 'fxa-code', 'fxa-session']
    return !rows.some((row) => row['hash'] !== hash && counts.includes(String(row['kind'])))
  }

  /** A token of a browser that is good now, whoever shows it. */
  async function find(
    token: Json | undefined,
  ): Promise<
    { row: Row; who: Pick<Who, 'account' | 'grant' | 'uid' | 'hash'>; scopes: string[] } | undefined
  > {
    if (typeof token !== 'string' || !/^[0-9a-f]{64}$/.test(token)) return undefined
    const hash = sha256Hex(token)
    const [row] = await store.rows('token', { hash })
    if (!row || !['access', 'fxa-refresh'].includes(String(row['kind']))) return undefined
    if (row['expires'] != null && Number(row['expires']) <= door.clock.now()) return undefined
    const holder = await apps.grantHolder(String(row['account_id']), String(row['grant_id']))
    if (holder.kind !== 'known' || holder.grant.kind !== 'browser') return undefined
    const person = await people.of(holder.account.id)
    if (!person) return undefined
    const { scopes = [] } = JSON.parse(String(row['data'] ?? '{}')) as { scopes?: string[] }
    return {
      row,
      who: { ...holder, uid: person.uid, hash },
      scopes: clientScopes(holder.grant.client, scopes),
    }
  }
}

/** Whether a signed-in browser may let another in: one on a computer a telephone, where its person agrees. */
export const pairs = ({ client: own }: Pick<Grant, 'client'>, other: Client): boolean =>
  clientOf(own)?.type === 'desktop' && other.type === 'mobile'

/** Errors: 108, 162. */
export function knownClient(body: JsonObject): Client {
  const { client_id: id } = body
  if (id === undefined) throw badParameter('client_id', id)
  const client = clientOf(id)
  if (!client) throw fxaError(162)
  return client
}

/** A member that is 64 hexadecimal digits. */
function hexOf(body: JsonObject, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw badParameter(name, value)
  return value
}

/** Seconds that an access token is wanted for, within its bounds. */
export function lifetime({ ttl }: JsonObject): number {
  if (ttl === undefined) return accessLasts
  if (typeof ttl !== 'number' || !(ttl > 0)) throw badParameter('ttl', ttl)
  return Math.max(1, Math.min(Math.floor(ttl), accessLastsAtMost))
}

const isJwe = (value: Json): value is string =>
  typeof value === 'string' && value.length <= 8_192 && /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/.test(value)

/** Where a code is handed over. */
export function withCode(redirect: string, code: string, state: string): string {
  const url = new URL(redirect)
  url.searchParams.set('code', code)
  url.searchParams.set('state', state)
  return url.href
}
