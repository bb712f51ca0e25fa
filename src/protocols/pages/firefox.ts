/**
 * What our pages do for Firefox: let a browser in after a fresh proof, show the browsers of a person, disconnect one,
 * and keep the generated password for programs that sign in as Firefox did once. The accounts door does the work; where
 * the server has none, these routes say `absent`.
 */
import type { Account } from '../../core/accounts/index.ts'
import type { Api, MyCall } from './api.ts'
import { flag, optionalText, text } from './body.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

/** From where a person acted: prefix of the address (/24, /48), and the browser in a few words. */
export interface Origin {
  address: string
  agent: string
}

/** What a browser asked for by the sign-in page. Everything was checked for its form, nothing for its meaning. */
export interface Connect {
  /** Client id, 16 hexadecimal digits. */
  client: string
  /** Separated by spaces, as it was asked. */
  scope: string
  state: string
  /** PKCE, S256: 43 characters of base64url. */
  challenge: string
  /** Whether it asked for a refresh token. */
  offline: boolean
  /** The keys of its scopes, for nobody but this browser (compact JWE); null: it gets none. */
  keysJwe: string | null
  /** Id of the Sync key therein, `<milliseconds>-<22 characters of base64url>`; null where there are no keys. */
  kid: string | null
  /** How the browser is called until it says so itself. */
  name: string | null
  /** Session token that this browser had, 64 hexadecimal digits: its grant is ended, its device kept. */
  previous: string | null
  /** When the person last proved that it is she, in seconds. */
  authAt: number
}

export interface Connected {
  uid: string
  email: string
  /** 64 hexadecimal digits; null where it comes with the code. */
  sessionToken: string | null
  /** Seconds. */
  authAt: number
  code: string
  state: string
  redirect: string
}

/** A browser that is signed in. Times are milliseconds. */
export interface BrowserLine {
  /** Of its grant. */
  id: string
  client: string
  name: string
  /** `desktop`, `mobile`, `tablet` and what else browsers say. */
  type: string
  created: number
  lastUsed: number | null
  paused: boolean
  /** Whether its push address takes messages. */
  reachable: boolean
  /** Whether it may read and write her Sync. */
  syncs: boolean
}

/** What a storage of Sync has. Times are milliseconds. */
export interface SyncUsage {
  collections: readonly { name: string; count: number; bytes: number }[]
  bytes: number
  /** When it was last written to; null: never. */
  last: number | null
}

/** What a generated password gives: see "onepw" in the door's README. */
export interface ClientPassword {
  /** 64 hexadecimal digits. */
  authPW: string
  /** 64 hexadecimal digits. */
  wrapKb: string
  /** Id of the Sync key that it gives, as in `Connect`. */
  kid: string
}

export interface FirefoxPart {
  /** The account as Firefox will see it; made where it is not there yet. */
  identity(account: Account): Promise<{ uid: string; email: string }>
  /**
   * Lets a browser in: its grant, its session, a code for its tokens. Errors: `client-unknown`, `scope-refused`,
   * `keys-older` (the key was replaced by a later one), `too-many`, `malformed`.
   */
  connect(account: Account, wanted: Connect, from: Origin): Promise<Connected>
  browsers(account: Account): Promise<readonly BrowserLine[]>
  /** Ends a browser's grant, and tells it and the others. Errors: `grant-absent`. */
  disconnect(account: Account, grantId: string, from: Origin): Promise<void>
  /** Ends the grant of a session, by its token alone, as the browser itself may. Nothing where it is over already. */
  end(sessionToken: string, from: Origin): Promise<void>
  /**
   * Notes that she lets a telephone in by the browser that showed it a picture, within five minutes; `authAt` in seconds.
   * Errors: `client-unknown`.
   */
  agree(account: Account, client: string, authAt: number): Promise<void>
  clientPassword: {
    /** When it was made and last used, in milliseconds; null: she has none. */
    of(account: Account): Promise<{ made: number; used: number | null } | null>
    /** In place of the one before. Errors: `keys-older`. */
    set(account: Account, password: ClientPassword, from: Origin): Promise<void>
    drop(account: Account, from: Origin): Promise<void>
  }
}

/** Characters of a compact JWE with the keys of all scopes that there are. */
const maxJwe = 8_192
const maxScope = 1_000

const fromOf = ({ addressPrefix: address, agent }: MyCall): Origin => ({ address, agent })

function shaped(body: MyCall['body'], member: string, shape: RegExp, max: number): string {
  const value = text(body, member, max)
  if (!shape.test(value)) throw refuse('malformed', { member })
  return value
}

const optionalShaped = (body: MyCall['body'], member: string, shape: RegExp, max: number): string | null =>
  optionalText(body, member, max) === undefined ? null : shaped(body, member, shape, max)

/** `<milliseconds>-<16 bytes in base64url>` */
const keyId = /^[1-9]\d{0,14}-[\w-]{22}$/
const maxKeyId = 40

const printable = /^[\x21-\x7e]+$/
const hex = (digits: number) => new RegExp(`^[0-9a-f]{${digits}}$`)

function wanted({ body, session }: MyCall): Connect {
  const keysJwe = optionalShaped(body, 'keysJwe', /^[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/, maxJwe)
  const kid = optionalShaped(body, 'kid', keyId, maxKeyId)
  if ((keysJwe === null) !== (kid === null)) throw refuse('malformed', { member: 'kid' })
  return {
    client: shaped(body, 'client', hex(16), 16),
    scope: shaped(body, 'scope', /^[\x21-\x7e]+( [\x21-\x7e]+)*$/, maxScope),
    state: shaped(body, 'state', printable, 512),
    challenge: shaped(body, 'challenge', /^[\w-]{43}$/, 43),
    offline: flag(body, 'offline'),
    keysJwe,
    kid,
    name: optionalText(body, 'name', 100) ?? null,
    previous: optionalShaped(body, 'previous', hex(64), 64),
    authAt: Math.floor(session.authenticated / 1000),
  }
}

export function firefoxRoutes(api: Api, { firefox, notices, syncUsage }: PagesParts): void {
  api.codes({ 'client-unknown': 400, 'scope-refused': 400, 'keys-older': 409 })

  const part = (): FirefoxPart => {
    if (!firefox) throw refuse('absent')
    return firefox
  }

  api.mine('GET', '/firefox', async ({ account }) => part().identity(account))

  api.mine(
    'POST',
    '/firefox/connect',
    async (call) => {
      const { account, agent } = call
      const asked = wanted(call)
      const connected = await part().connect(account, asked, fromOf(call))
      notices.tell(account, 'browser-added', { label: asked.name ?? agent })
      return connected
    },
    { fresh: true },
  )

  api.mine(
    'POST',
    '/firefox/pairing',
    async ({ account, body, session }) => {
      await part().agree(
        account,
        shaped(body, 'client', hex(16), 16),
        Math.floor(session.authenticated / 1000),
      )
      notices.tell(account, 'browser-added', {})
    },
    { fresh: true },
  )

  // Whoever has the token of a session may end it, whoever is signed in here.
  api.mine('POST', '/firefox/end', async (call) =>
    part().end(shaped(call.body, 'sessionToken', hex(64), 64), fromOf(call)),
  )

  api.mine('GET', '/me/browsers', async ({ account }) => {
    const [browsers, stored] = await Promise.all([part().browsers(account), syncUsage?.(account) ?? null])
    return { browsers, stored }
  })

  // To take back needs no proof, as with apps.
  api.mine('DELETE', '/me/browsers/:id', async (call) =>
    part().disconnect(call.account, call.params['id'] ?? '', fromOf(call)),
  )

  api.mine('GET', '/me/client-password', async ({ account }) => ({
    clientPassword: await part().clientPassword.of(account),
  }))

  api.mine(
    'PUT',
    '/me/client-password',
    async (call) => {
      const { account, body } = call
      const password = {
        authPW: shaped(body, 'authPW', hex(64), 64),
        wrapKb: shaped(body, 'wrapKb', hex(64), 64),
        kid: shaped(body, 'kid', keyId, maxKeyId),
      }
      await part().clientPassword.set(account, password, fromOf(call))
      notices.tell(account, 'client-password-added', {})
    },
    { fresh: true },
  )

  api.mine('DELETE', '/me/client-password', async (call) =>
    part().clientPassword.drop(call.account, fromOf(call)),
  )
}
