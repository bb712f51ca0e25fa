/**
 * A telephone's Firefox without its program: the requests that its account library makes, in its words and its order.
 * Read from the sources of mozilla/application-services at 2de6bfb571327183d5ac30459737e524c4746501
 * (components/fxa-client/src/internal: config.rs, http_client.rs, oauth.rs, device.rs, mod.rs, util.rs;
 * components/sync15/src/client: token.rs, storage_client.rs), which Firefox for Android and for iOS share.
 */
import assert from 'node:assert/strict'
import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  diffieHellman,
  generateKeyPairSync,
} from 'node:crypto'
import { createPublicKey, type JsonWebKey, randomBytes } from 'node:crypto'
import { derive } from '../../src/protocols/fxa/session-tokens.ts'
import type { Answered } from './browser-session.ts'

export const syncScope = 'https://identity.mozilla.com/apps/oldsync'
export const sessionScope = 'https://identity.mozilla.com/tokens/session'
export const webChannel = 'urn:ietf:wg:oauth:2.0:oob:oauth-redirect-webchannel'

export interface PhoneClient {
  id: string
  /** What its library is told to take the code from. */
  redirect: string
  /** What it sends with every request. */
  agent?: string
}

export interface Told {
  status: number
  headers: Headers
  body: Answered
}

/** What it keeps between the page that it opens and the code that comes back. */
export interface Flow {
  /** The address that it opens. */
  address: URL
  state: string
  verifier: string
  /** Opens the keys that come with the code. */
  open(jwe: string): Record<string, { kty: string; scope: string; k: string; kid: string }>
}

export interface Phone {
  client: PhoneClient
  /** Both documents, as it read them. */
  configuration: Answered
  discovery: Answered
  ask(
    method: string,
    url: string,
    asked?: { body?: object; authorization?: string; headers?: Record<string, string> },
  ): Promise<Told>
  /** `begin_oauth_flow`; `email` once it knows one. */
  begin(scopes: readonly string[], email?: string): Flow
  /** `begin_pairing_flow`, with the address that it scanned. */
  beginPairing(scanned: string, scopes: readonly string[]): Flow
  /** `create_refresh_token_using_authorization_code`; `session` is the session token that it still has. */
  redeem(flow: Flow, code: string, session?: string): Promise<Told>
  /** `create_access_token_using_refresh_token` */
  access(refresh: string, scope: string): Promise<Told>
  /** An endpoint of the accounts server by refresh token; the path is what stands behind `/v1/`. */
  byRefresh(refresh: string, method: string, path: string, body?: object): Promise<Told>
  /** The same by session token. */
  bySession(session: string, method: string, path: string, body?: object): Promise<Told>
  destroy(token: { token: string } | { refresh_token: string }): Promise<Told>
  introspect(refresh: string): Promise<boolean>
}

/** A telephone that was told where its account server is; it reads the two documents first. */
export async function openPhone(contentUrl: string, client: PhoneClient): Promise<Phone> {
  const ask: Phone['ask'] = async (method, url, { body, authorization, headers = {} } = {}) => {
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        ...(client.agent ? { 'User-Agent': client.agent } : {}),
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json') && text !== ''
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
  }

  const document = async (name: string, members: readonly string[]) => {
    const { status, body } = await ask('GET', new URL(`.well-known/${name}`, contentUrl).href)
    assert.equal(status, 200)
    for (const member of members) assert.equal(typeof body[member], 'string', `${name} has no ${member}`)
    return body
  }
  const configuration = await document('fxa-client-configuration', [
    'auth_server_base_url',
    'oauth_server_base_url',
    'profile_server_base_url',
    'sync_tokenserver_base_url',
  ])
  const discovery = await document('openid-configuration', [
    'authorization_endpoint',
    'introspection_endpoint',
    'issuer',
    'jwks_uri',
    'token_endpoint',
    'userinfo_endpoint',
  ])
  const auth = (path: string) => new URL(`v1/${path}`, `${configuration.auth_server_base_url}/`).href
  const oauth = (path: string) => new URL(`v1/${path}`, `${configuration.oauth_server_base_url}/`).href
  const shown = (session: string) => `Bearer fxs_${derive(session, 'fxa-session').id}`

  function flow(address: URL, scopes: readonly string[]): Flow {
    const state = randomBytes(16).toString('base64url')
    const verifier = randomBytes(43).toString('base64url')
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
    const added: Record<string, string> = {
      client_id: client.id,
      scope: scopes.join(' '),
      state,
      code_challenge_method: 'S256',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      access_type: 'offline',
      keys_jwk: Buffer.from(JSON.stringify({ crv, kty, x, y })).toString('base64url'),
      ...(client.redirect === webChannel
        ? { context: 'oauth_webchannel_v1' }
        : { redirect_uri: client.redirect }),
    }
    for (const [name, value] of Object.entries(added)) address.searchParams.append(name, value)
    const key = privateKey.export({ format: 'jwk' })
    return { address, state, verifier, open: (jwe) => openKeys(jwe, key) }
  }

  return {
    client,
    configuration,
    discovery,
    ask,

    begin(scopes, email) {
      const address = new URL(discovery.authorization_endpoint)
      const told = { action: 'email', response_type: 'code', entrypoint: 'settings', service: 'sync' }
      for (const [name, value] of Object.entries(told)) address.searchParams.append(name, value)
      if (email !== undefined) address.searchParams.append('email', email)
      return flow(address, scopes)
    },

    beginPairing(scanned, scopes) {
      const address = new URL('pair/supp', contentUrl)
      address.searchParams.append('entrypoint', 'settings')
      address.searchParams.append('service', 'sync')
      assert.equal(new URL(scanned).hostname, address.hostname)
      address.hash = new URL(scanned).hash
      return flow(address, scopes)
    },

    redeem: ({ verifier }, code, session) =>
      ask('POST', auth('oauth/token'), {
        body: { grant_type: 'authorization_code', client_id: client.id, code, code_verifier: verifier },
        ...(session === undefined ? {} : { authorization: shown(session) }),
      }),

    access: (refresh, scope) =>
      ask('POST', auth('oauth/token'), {
        body: { grant_type: 'refresh_token', client_id: client.id, refresh_token: refresh, scope },
      }),

    byRefresh: (refresh, method, path, body) =>
      ask(method, auth(path), { authorization: `Bearer ${refresh}`, ...(body ? { body } : {}) }),

    bySession: (session, method, path, body) =>
      ask(method, auth(path), { authorization: shown(session), ...(body ? { body } : {}) }),

    destroy: (body) => ask('POST', oauth('destroy'), { body }),

    async introspect(refresh) {
      const body = { token_type_hint: 'refresh_token', token: refresh }
      const told = await ask('POST', discovery.introspection_endpoint, { body })
      assert.equal(told.status, 200)
      return told.body.active
    },
  }
}

/** A compact JWE of ECDH-ES and A256GCM (RFC 7516, 7518). */
function openKeys(jwe: string, key: JsonWebKey): ReturnType<Flow['open']> {
  const [header = '', , iv = '', sealed = '', tag = ''] = jwe.split('.')
  const { epk } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { epk: JsonWebKey }
  const shared = diffieHellman({
    privateKey: createPrivateKey({ key, format: 'jwk' }),
    publicKey: createPublicKey({ key: epk, format: 'jwk' }),
  })
  const number = (value: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return bytes
  }
  const name = Buffer.from('A256GCM')
  const digest = createHash('sha256')
  for (const part of [number(1), shared, number(name.length), name, number(0), number(0), number(256)])
    digest.update(part)
  const decipher = createDecipheriv('aes-256-gcm', digest.digest(), Buffer.from(iv, 'base64url'))
  decipher.setAAD(Buffer.from(header)).setAuthTag(Buffer.from(tag, 'base64url'))
  const plain = Buffer.concat([decipher.update(Buffer.from(sealed, 'base64url')), decipher.final()])
  return JSON.parse(plain.toString())
}
