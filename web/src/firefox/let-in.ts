/** What the one click does: the browser begins, its key is wrapped for it alone, the server lets it in, it is told. */
import { syncKey, type Keys } from '@essaim/client'
import { ApiError, call } from '../api.ts'
import { ask, forgetAccount, tellChannel } from './channel.ts'
import type { Client } from './clients.ts'
import { encryptTo, publicKeyOf } from './jwe.ts'
import type { MobileRequest } from './request.ts'

/** Whom the browser will know. */
export interface Identity {
  uid: string
  email: string
}

interface Connected extends Identity {
  sessionToken: string | null
  /** Seconds. */
  authAt: number
  code: string
  state: string
  redirect: string
}

export interface Engines {
  offered: readonly string[]
  declined: readonly string[]
}

export interface LetIn {
  client: Client
  identity: Identity
  /** Undefined: it gets no key, and does not synchronise. */
  keys: Keys | undefined
  /** What was chosen; undefined: what the browser has stays. */
  engines: Engines | undefined
  /** The session that this browser had, or got when it was tried before. */
  previous: string | undefined
  /** What a telephone asked for in the address; undefined: the browser is asked. */
  mobile: MobileRequest | undefined
  /** Whether the browser takes messages. */
  channel: boolean
  /** Told of the session as soon as it is there, so that another try ends it. */
  onSession(token: string): void
}

/** What a browser begins with. */
interface Flow {
  client: string
  scope: string
  state: string
  challenge: string
  offline: boolean
  keysJwk: string
}

/** The browser asks for something that this page does not know. */
export class StrangeRequest extends Error {}

/** A new flow of the browser's own: what stands in the address may be anybody's. Errors: `ChannelError`, `StrangeRequest`. */
async function begin({ client, keys }: LetIn): Promise<Flow> {
  const scopes = keys ? [client.syncScope, 'profile'] : ['profile']
  const given = await ask<Record<string, unknown>>('fxaccounts:oauth_flow_begin', { scopes })
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : '')
  if (text('client_id') !== client.id || text('code_challenge_method') !== 'S256')
    throw new StrangeRequest('another client or method')
  return {
    client: client.id,
    scope: text('scope'),
    state: text('state'),
    challenge: text('code_challenge'),
    offline: text('access_type') === 'offline',
    keysJwk: text('keys_jwk'),
  }
}

/** The scopes of a telephone, without that of Sync where it gets no key. */
function mobileFlow({ client, scope, ...rest }: MobileRequest, keys: Keys | undefined): Flow {
  const scopes = scope.split(' ').filter((one) => one !== '' && (keys || one !== client.syncScope))
  return { ...rest, client: client.id, scope: scopes.join(' ') }
}

/** The key under its scope, as browsers take it, and its id. */
async function wrap(
  { client, keys }: LetIn,
  flow: Flow,
): Promise<{ keysJwe: string; kid: string } | undefined> {
  const scope = client.syncScope
  if (!keys || !flow.scope.split(' ').includes(scope)) return undefined
  const receiver = await publicKeyOf(flow.keysJwk).catch(() => {
    throw new StrangeRequest('its key is none')
  })
  const { k, kid } = await syncKey(keys.keyring)
  return {
    keysJwe: await encryptTo(receiver, JSON.stringify({ [scope]: { kty: 'oct', scope, k, kid } })),
    kid,
  }
}

/**
 * Lets the browser in. Ask for a fresh proof before, and call it from a click. Where the browser takes no messages, it is
 * led to where its program waits for the answer, and this never returns. False: the person told the browser not to.
 * Errors: `ApiError`, `KeysError`, `ChannelError`, `StrangeRequest`.
 */
export async function letIn(wanted: LetIn): Promise<boolean> {
  const { identity, engines, keys, mobile, channel, previous } = wanted
  const { uid, email } = identity
  if (!mobile) {
    const { ok } = await ask<{ ok?: boolean }>('fxaccounts:can_link_account', { email, uid })
    if (ok !== true) return false
  }
  const flow = mobile ? mobileFlow(mobile, keys) : await begin(wanted)
  const wrapped = await wrap(wanted, flow)
  if (keys && !wrapped) throw new StrangeRequest('no key is asked for')
  const { client, scope, state, challenge, offline } = flow
  const connected = await call<Connected>('POST', '/firefox/connect', {
    client,
    scope,
    state,
    challenge,
    offline,
    ...wrapped,
    ...(previous !== undefined && { previous }),
  })
  if (connected.sessionToken !== null) wanted.onSession(connected.sessionToken)
  if (!channel) return leave(connected)
  await tell(connected, wanted, engines)
  return true
}

async function tell(
  connected: Connected,
  { keys, mobile }: LetIn,
  engines: Engines | undefined,
): Promise<void> {
  const { uid, email, sessionToken, authAt, code, state, redirect } = connected
  const chosen = engines && { offeredEngines: engines.offered, declinedEngines: engines.declined }
  const services = keys ? { sync: chosen ?? {} } : {}
  const session = { email, uid, sessionToken, verified: true, authAt, services }
  const login = { code, state, redirect, action: 'signin' }
  if (!mobile) {
    if (sessionToken !== null) await ask('fxaccounts:login', session)
    await ask('fxaccounts:oauth_login', login)
    return
  }
  // COMPAT Firefox for Android and iOS: what was chosen comes with the code, and they answer nothing.
  const { offered, declined } = engines ?? {}
  if (sessionToken !== null) tellChannel('fxaccounts:login', session)
  tellChannel('fxaccounts:oauth_login', {
    ...login,
    ...(engines && { offeredSyncEngines: offered, declinedSyncEngines: declined }),
  })
}

/** Only to this server's own page of the program, which it takes the answer from. */
async function leave({ redirect, code, state }: Connected): Promise<never> {
  const target = new URL(redirect)
  if (target.origin !== location.origin) throw new ApiError('failed')
  target.searchParams.set('code', code)
  target.searchParams.set('state', state)
  target.searchParams.set('action', 'signin')
  location.replace(target.href)
  // This page is about to go.
  return new Promise<never>(() => undefined)
}

/** Signs the browser out, here and in itself. Errors: `ApiError`, `ChannelError`. */
export async function signOut(user: {
  uid: string
  sessionToken?: string | null | undefined
}): Promise<void> {
  if (user.sessionToken) await call('POST', '/firefox/end', { sessionToken: user.sessionToken })
  await forgetAccount('fxaccounts:logout', user.uid)
}
