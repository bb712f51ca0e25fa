/** Tokens for browsers: for a code, or for a session of theirs; what a token is, and its end. */
import type { Grant } from '../../core/accounts/index.ts'
import { Refusal, type Row } from '../../core/ports.ts'
import { commitStep } from '../../core/records/index.ts'
import { sha256Hex } from '../../lib/hash.ts'
import type { Json, JsonObject } from '../../lib/json/index.ts'
import type { Call, Who } from './call.ts'
import { type Client, clientOf, speaksFor } from './clients.ts'
import { codeChange, commitOf, newAccess, redeemable, refreshChange } from './codes.ts'
import { badParameter, fxaError } from './errors.ts'
import { accessLasts, accessLastsAtMost } from './limits.ts'
import type { Door } from './parts.ts'
import { allowedBy, clientScopes, readScopes } from './scopes.ts'

/** What comes of a request for tokens, by its kind (`grant_type`). */
export type TokenGrant = (call: Call, client: Client) => Promise<Json>

export function tokenRoutes(door: Door, others: Readonly<Record<string, TokenGrant>>): void {
  const { route, store, apps, people } = door

  async function byCode({ body, now, who }: Call, client: Client): Promise<Json> {
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
    const access = await newAccess(store, grant, { scopes: data.scopes, lasts }, now)
    const refresh = data.offline ? refreshChange(grant, data, now) : undefined
    const changes = [found.change, ...access.changes, ...(refresh ? [refresh.change] : [])]
    await commitOf(store, account, grant, changes, found)
    return {
      access_token: access.token,
      ...(refresh ? { refresh_token: refresh.token } : {}),
      ...(data.keysJwe === null ? {} : { keys_jwe: data.keysJwe }),
      scope: data.scopes.join(' '),
      token_type: 'bearer',
      expires_in: lasts,
      auth_at: data.authAt,
    }
  }

  async function bySession({ body, now, who }: Call, client: Client): Promise<Json> {
    if (!who) throw fxaError(110)
    const { account, grant, authAt } = who
    if (!speaksFor(grant, client)) throw fxaError(162)
    const scopes = readScopes(body['scope'], allowedBy(client, grant))
    const lasts = lifetime(body)
    const access = await newAccess(store, grant, { scopes, lasts }, now)
    const refresh =
      body['access_type'] === 'offline' ? refreshChange(grant, { scopes, authAt }, now) : undefined
    await commitOf(store, account, grant, [...access.changes, ...(refresh ? [refresh.change] : [])])
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

  route('POST', '/v1/oauth/token', 'none', async (call) => {
    const { body } = call
    const type = body['grant_type'] ?? (body['code'] === undefined ? 'fxa-credentials' : 'authorization_code')
    const grant = typeof type === 'string' && Object.hasOwn(grants, type) ? grants[type] : undefined
    if (!grant) throw badParameter('grant_type', type)
    return grant(call, knownClient(body))
  })

  // For programs that have a session and want a code for themselves. Another browser is let in by its person alone.
  route('POST', '/v1/oauth/authorization', 'session', async ({ body, now, who }) => {
    const client = ownClient(body, who.grant)
    const { account, grant, authAt } = who
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
    const scopes = readScopes(body['scope'], allowedBy(client, grant))
    const offline = body['access_type'] === 'offline'
    const data = { client: client.id, scopes, challenge, offline, keysJwe: keys, authAt, bound: false }
    const { code, change } = codeChange(grant, data, now)
    await commitOf(store, account, grant, [change])
    return { code, state, redirect: withCode(redirect, code, state), scope: scopes.join(' ') }
  })

  const destroy = async ({ body }: Call): Promise<Json> => {
    const token = body['token'] ?? body['access_token'] ?? body['refresh_token']
    if (token === undefined) throw badParameter('token', token)
    const found = await find(token)
    // RFC 7009: what is not there is as good as ended. Whoever shows it may end it.
    if (found && (body['client_id'] === undefined || speaksFor(found.who.grant, knownClient(body))))
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

/** Errors: 108, 162. */
export function knownClient(body: JsonObject): Client {
  const { client_id: id } = body
  if (id === undefined) throw badParameter('client_id', id)
  const client = clientOf(id)
  if (!client) throw fxaError(162)
  return client
}

/** As `knownClient`, where that is what the grant was given to. */
export function ownClient(body: JsonObject, grant: Grant): Client {
  const client = knownClient(body)
  if (!speaksFor(grant, client)) throw fxaError(162)
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
