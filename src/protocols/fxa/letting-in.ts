/** What our pages do here: they let a browser in after a fresh proof, show the browsers of a person, and end one. */
import type { Account, Grant, Origin } from '../../core/accounts/index.ts'
import type { Change, Precondition } from '../../core/records/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { type Client, clientOf, isSyncScope, sessionScope } from './clients.ts'
import { type ClientPasswords, isProgram, unchanged } from './client-password.ts'
import { codeChange } from './codes.ts'
import type { Devices } from './devices.ts'
import { withKey } from './latest-key.ts'
import type { Approvals } from './pairing/approvals.ts'
import type { Door } from './parts.ts'
import { grantScopes } from './scopes.ts'
import { newHawkToken, sessionHash } from './session-tokens.ts'
import { withCode } from './tokens.ts'

/** What a browser asked for, as our page read it. */
export interface Connect {
  client: string
  /** Separated by spaces. */
  scope: string
  state: string
  /** PKCE, S256. */
  challenge: string
  offline: boolean
  /** Keys that nobody but the browser can open; null: it gets none, and no Sync. */
  keysJwe: string | null
  /** Id of the key of Sync therein. */
  kid: string | null
  name: string | null
  /** Session token that this browser had: it ends, and what the browser can be reached by stays. */
  previous: string | null
  /** When the person proved that it is she, in seconds. */
  authAt: number
}

export interface Connected {
  uid: string
  email: string
  /** Null where it comes with the code. */
  sessionToken: string | null
  authAt: number
  code: string
  state: string
  redirect: string
}

/** A browser of a person, for her own list. Times are milliseconds. */
export interface BrowserLine {
  id: string
  client: string
  name: string
  type: string
  created: number
  lastUsed: number | null
  paused: boolean
  reachable: boolean
  syncs: boolean
}

export interface FirefoxPart {
  /** The account as Firefox will see it; made where it is not there yet. */
  identity(account: Account): Promise<{ uid: string; email: string }>
  /**
   * Lets a browser in, in one commit. Errors: `client-unknown`, `scope-refused`, `keys-older`, `malformed`, `too-many`,
   * `label-malformed`, `forbidden`.
   */
  connect(account: Account, wanted: Connect, from: Origin): Promise<Connected>
  browsers(account: Account): Promise<BrowserLine[]>
  /** Ends a browser's grant, and tells it and the others. Errors: `grant-absent`. */
  disconnect(account: Account, grantId: string, from: Origin): Promise<void>
  /** Ends the grant of a session, by its token alone, as the browser itself may. Nothing where it is over already. */
  end(sessionToken: string, from: Origin): Promise<void>
  /** Notes that she lets a telephone in by the browser that showed it a picture, within five minutes. Errors: `client-unknown`. */
  agree(account: Account, client: string, authAt: number): Promise<void>
  clientPassword: Pick<ClientPasswords, 'of' | 'set' | 'drop'>
}

export function createFirefoxPart(
  door: Door,
  clientPassword: ClientPasswords,
  { signOut }: Pick<Devices, 'signOut'>,
  approvals: Pick<Approvals, 'agree'>,
): FirefoxPart {
  const { store, accounts, apps, people, clock, keys, publicUrl } = door

  /** Whose session a token is of. */
  async function sessionOf(token: string): Promise<{ account: string; grant: string } | undefined> {
    const hash = sessionHash(token)
    const [row] = hash === undefined ? [] : await store.rows('token', { hash })
    return row?.['kind'] === 'fxa-session'
      ? { account: String(row['account_id']), grant: String(row['grant_id']) }
      : undefined
  }

  async function connect(account: Account, wanted: Connect, from: Origin): Promise<Connected> {
    const client = clientOf(wanted.client)
    if (!client) throw new CodedError('client-unknown', 'there is no such client')
    const scopes = scopesOf(wanted, client)
    const { kid, keysJwe, challenge, offline, authAt, state } = wanted
    const isDesktop = client.type === 'desktop'
    // COMPAT Firefox for iOS: since 2026 it does not ask for a session with its code, and is told one by the page.
    const takesSession = isDesktop || !scopes.includes(sessionScope)
    const had = wanted.previous === null ? undefined : await sessionOf(wanted.previous)
    const { uid } = await people.known(account)
    let sessionToken: string | null = null
    let code = ''
    let keyChanged = false

    /** What is written with the grant, from what is stored then. */
    async function beside(grant: Grant): Promise<{ when: Precondition[]; changes: Change[] }> {
      const now = clock.now()
      const person = await people.known(account)
      const made = codeChange(
        grant,
        { client: client!.id, scopes, challenge, offline, keysJwe, authAt, bound: isDesktop },
        now,
      )
      code = made.code
      const changes = [made.change]
      const when: Precondition[] = []
      if (takesSession) {
        const session = newHawkToken(keys, grant, { kind: 'fxa-session', authAt, now, expires: null })
        sessionToken = session.token
        changes.push(session.change)
      }
      if (kid !== null) {
        const put = withKey(person, kid)
        keyChanged = put['client_state'] !== person.clientState
        when.push(unchanged(person))
        changes.push({ kind: 'row', table: 'fxa_account', put })
      }
      return { when, changes }
    }

    const browser = {
      client: client.id,
      name: wanted.name,
      otherwise: client.name,
      scopes: grantScopes(scopes),
      before: had?.account === account.id ? had.grant : null,
    }
    await apps.letIn(account.id, browser, beside, from)
    // The generated password gave the key before: it went with it, and so does what signed in by it.
    if (keyChanged) await clientPassword.endPrograms(account, from)
    return {
      uid,
      email: people.emailOf(account),
      sessionToken,
      authAt,
      code,
      state,
      redirect: withCode(client.redirect(publicUrl), code, state),
    }
  }

  async function browsers(account: Account): Promise<BrowserLine[]> {
    const [grants, devices] = await Promise.all([
      accounts.grants(account.id, 'browser'),
      store.rows('fxa_device', { account_id: account.id }),
    ])
    return grants.map((grant) => {
      const device = devices.find((row) => row['grant_id'] === grant.id)
      const { id, client = '', label, created, lastUsed, suspended, scopes } = grant
      return {
        id,
        client,
        name: device?.['name'] == null ? label : String(device['name']),
        type: device?.['type'] == null ? typeOf(grant) : String(device['type']),
        created,
        lastUsed,
        paused: suspended,
        reachable: device?.['push'] != null && device['push_expired'] == null,
        syncs: scopes.length > 0,
      }
    })
  }

  return {
    async identity(account) {
      const { uid } = await people.known(account)
      return { uid, email: people.emailOf(account) }
    },

    connect,
    browsers,

    async disconnect(account, grantId, from) {
      const all = await accounts.grants(account.id, 'browser')
      if (!all.some(({ id }) => id === grantId))
        throw new CodedError('grant-absent', 'there is no such browser')
      await signOut(account, grantId, from, { itself: true })
    },

    async end(sessionToken, from) {
      const had = await sessionOf(sessionToken)
      const account = had && (await accounts.byId(had.account))
      if (!account) return
      await signOut(account, had.grant, from).catch((error: unknown) => {
        if (!(error instanceof CodedError) || error.code !== 'grant-absent') throw error
      })
    },

    agree: approvals.agree,
    clientPassword,
  }
}

const typeOf = (grant: Grant): string =>
  isProgram(grant) ? 'program' : (clientOf(grant.client)?.type ?? 'desktop')

/** What the browser gets of what it asked for. Errors: `scope-refused`, `malformed`. */
function scopesOf({ scope, keysJwe, kid }: Connect, client: Client): string[] {
  // COMPAT Firefox for iOS: it also asks for what other services of Mozilla's want, and takes what it gets.
  const asked = [...new Set(scope.split(' '))].filter((one) => client.scopes.includes(one))
  if (asked.length === 0) throw new CodedError('scope-refused', 'the browser may not have what it asks for')
  if ((keysJwe === null) !== (kid === null))
    throw new CodedError('malformed', 'keys and their id belong together', { member: 'kid' })
  // Without a key there is nothing to sync, and no right to it.
  return keysJwe === null ? asked.filter((one) => !isSyncScope(one)) : asked
}
