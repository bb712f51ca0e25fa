/**
 * Tokens for telephones, by the refresh token that is their credential. It is not renewed with its use: COMPAT Firefox
 * for Android and iOS, which keep the one they were given and look at no other.
 */
import { sha256Hex } from '../../lib/hash.ts'
import type { Json, JsonObject } from '../../lib/json/index.ts'
import type { Call } from './call.ts'
import { clientOf, sessionScope } from './clients.ts'
import { commitOf, accessChange, refreshChange } from './codes.ts'
import { badParameter, fxaError } from './errors.ts'
import type { Door } from './parts.ts'
import { allowedBy, readScopes } from './scopes.ts'
import { knownClient, lifetime, type TokenGrant } from './tokens.ts'

const refreshType = 'urn:ietf:params:oauth:token-type:refresh_token'

export function mobileGrants({
  store,
  apps,
}: Pick<Door, 'store' | 'apps'>): Readonly<Record<string, TokenGrant>> {
  /** The grant that a refresh token is of, and what it was given for. Errors: 107, 108, 110. */
  async function refreshOf(body: JsonObject, member: string) {
    const token = body[member]
    if (typeof token !== 'string' || !/^[0-9a-f]{64}$/.test(token)) throw badParameter(member, token)
    const hash = sha256Hex(token)
    const [row] = await store.rows('token', { hash })
    if (row?.['kind'] !== 'fxa-refresh') throw fxaError(110)
    const holder = await apps.grantHolder(String(row['account_id']), String(row['grant_id']))
    if (holder.kind === 'paused') throw fxaError(201, { message: 'This browser is paused by its person' })
    const client = holder.kind === 'known' ? clientOf(holder.grant.client) : undefined
    if (holder.kind !== 'known' || !client) throw fxaError(110)
    const { scopes, authAt } = JSON.parse(String(row['data'])) as { scopes: string[]; authAt: number }
    const { account, grant } = holder
    // Whatever it was made for, no more than the browser may today.
    const allowed = allowedBy(client, grant).filter((scope) => scope !== sessionScope)
    return {
      hash,
      account,
      grant,
      client,
      allowed,
      held: allowed.filter((one) => scopes.includes(one)),
      authAt,
    }
  }

  async function byRefreshToken({ body, now }: Call): Promise<Json> {
    const asked = knownClient(body)
    const { account, grant, client, held } = await refreshOf(body, 'refresh_token')
    if (client.id !== asked.id) throw fxaError(110)
    const { scope = held.join(' ') } = body
    const scopes = readScopes(scope, held)
    const lasts = lifetime(body)
    const access = accessChange(grant, { scopes, lasts }, now)
    await commitOf(store, account, grant, [access.change])
    return {
      access_token: access.token,
      scope: scopes.join(' '),
      token_type: 'bearer',
      expires_in: lasts,
    }
  }

  /** RFC 8693: a refresh token for more of what the browser was let in for, in the place of the one shown. */
  async function byExchange({ body, now }: Call): Promise<Json> {
    if (body['subject_token_type'] !== refreshType)
      throw badParameter('subject_token_type', body['subject_token_type'])
    const { hash, account, grant, allowed, held, authAt } = await refreshOf(body, 'subject_token')
    const scopes = [...new Set([...held, ...readScopes(body['scope'], allowed)])]
    const lasts = lifetime(body)
    const access = accessChange(grant, { scopes, lasts }, now)
    const refresh = refreshChange(grant, { scopes, authAt }, now)
    const shown = { is: 'row-exists', table: 'token', where: { hash } } as const
    await commitOf(
      store,
      account,
      grant,
      [{ kind: 'row', table: 'token', remove: { hash } }, access.change, refresh.change],
      { when: shown },
    )
    return {
      access_token: access.token,
      refresh_token: refresh.token,
      scope: scopes.join(' '),
      token_type: 'bearer',
      expires_in: lasts,
    }
  }

  return {
    refresh_token: byRefreshToken,
    'urn:ietf:params:oauth:grant-type:token-exchange': byExchange,
  }
}
