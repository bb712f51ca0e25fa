/**
 * Signing in with an address and a password ("onepw"), for programs that know no other way: only with the generated
 * password that a person has switched on. What a program gets is for Sync and her profile, and ends with that password.
 */
import { fold, type Account, type Grant } from '../../core/accounts/index.ts'
import { Refusal } from '../../core/ports.ts'
import { type Change, commitStep } from '../../core/records/index.ts'
import { addressBlock } from '../../http/addresses.ts'
import { CodedError } from '../../lib/coded-error.ts'
import type { Json, JsonObject } from '../../lib/json/index.ts'
import type { Call, Who } from './call.ts'
import { type ClientPasswords, isProgram, type PasswordKeys, unchanged } from './client-password.ts'
import { isSyncScope, program, speaksFor, syncScope } from './clients.ts'
import { badParameter, fxaError } from './errors.ts'
import { bundleKeys } from './key-bundle.ts'
import { keyFetchLasts, mostPrograms } from './limits.ts'
import { originOf } from './origin.ts'
import type { Door } from './parts.ts'
import type { FxaAccount } from './people.ts'
import { allowedBy, grantScopes, readScopes, readScopesWithin } from './scopes.ts'
import { newHawkToken } from './session-tokens.ts'
import { knownClient, pairs } from './tokens.ts'

/** Characters of an address that are looked at. */
const maxEmail = 256

const verified = { verified: true, emailVerified: true, sessionVerified: true } as const

/** A password that was proved to be right. */
interface Proved {
  account: Account
  person: FxaAccount
  keys: PasswordKeys
}

export function onepwRoutes(door: Door, passwords: ClientPasswords): void {
  const { route, accounts, apps, people, throttle, clock, store, keys } = door

  /**
   * Looks at an address and a proof: in the same way where the address names nobody, or somebody who has no such password.
   * Counted apart from sign-ins at our pages: whoever fails here on purpose keeps nobody out there.
   * Errors: 102, 103, 107, 108, 114, 120, 125.
   */
  async function prove({ body, address, now }: Call): Promise<Proved> {
    const { email, authPW } = body
    if (typeof email !== 'string' || email === '' || email.length > maxEmail)
      throw badParameter('email', email)
    if (typeof authPW !== 'string' || !/^[0-9a-f]{64}$/.test(authPW)) throw badParameter('authPW', authPW)
    const login = people.loginOf(email)
    const counted = `onepw ${fold(login ?? email)}`
    const block = addressBlock(address)
    const wait = throttle.begin(counted, block, now)
    if (wait > 0) throw fxaError(114, { retryAfter: wait })
    const account = login === undefined ? undefined : await accounts.byLogin(login)
    const person = await people.of(account?.id ?? '')
    const opened = passwords.opened(person, authPW)
    if (!account || !person || person.row['verifier'] == null) throw fxaError(102)
    if (!opened) {
      const right = people.emailOf(account)
      // The address is part of what was stretched. COMPAT firefox-sync-client: asks again with the one it is told here.
      throw email === right ? fxaError(103) : fxaError(120, { members: { email: right } })
    }
    throttle.right(counted, block, now)
    if (account.state !== 'active')
      throw fxaError(125, { message: 'This account is suspended, waits for approval or is being deleted' })
    return { account, person, keys: opened }
  }

  /** A key-fetch token: what it gives is locked with it at once, so that only its holder opens it later. */
  const keyFetch = (grant: Pick<Grant, 'id' | 'account'>, { kA, wrapKb }: PasswordKeys, authAt: number) => {
    const now = clock.now()
    return newHawkToken(keys, grant, {
      kind: 'fxa-keyfetch',
      authAt,
      now,
      expires: now + keyFetchLasts,
      data: ({ bundleKey }) => ({ bundle: bundleKeys(bundleKey, kA, wrapKb) }),
    })
  }

  const wantsKeys = ({ query }: Call): boolean => query.get('keys') === 'true'

  /** Programs that sign in each time they run leave grants behind: those unused for the longest make room. */
  async function makeRoom(account: Account, call: Call): Promise<void> {
    const programs = (await accounts.grants(account.id, 'browser')).filter(isProgram)
    const lastSeen = ({ lastUsed, created }: Grant) => Math.max(lastUsed ?? 0, created)
    const surplus = programs.toSorted((a, b) => lastSeen(b) - lastSeen(a)).slice(mostPrograms - 1)
    if (surplus.length > 0)
      await accounts.revokeGrants(
        account.id,
        surplus.map(({ id }) => id),
        originOf(call),
      )
  }

  async function login(call: Call): Promise<Json> {
    const { account } = await prove(call)
    const authAt = Math.floor(call.now / 1_000)
    await makeRoom(account, call)
    let told: JsonObject = {}
    const wanted = {
      client: program,
      name: programName(call.agent),
      otherwise: 'Sync',
      scopes: grantScopes([syncScope]),
      before: null,
    }
    const beside = async (grant: Grant) => {
      // As it is in this very commit: a password that was switched off meanwhile opens nothing.
      const person = await people.of(account.id)
      const opened = passwords.opened(person, String(call.body['authPW']))
      if (!person || !opened) throw fxaError(103)
      const session = newHawkToken(keys, grant, {
        kind: 'fxa-session',
        authAt,
        now: clock.now(),
        expires: null,
      })
      const fetch = wantsKeys(call) ? keyFetch(grant, opened, authAt) : undefined
      told = {
        uid: person.uid,
        sessionToken: session.token,
        ...(fetch ? { keyFetchToken: fetch.token } : {}),
      }
      const put = { ...person.row, password_used: clock.now() }
      const changes: Change[] = [session.change, { kind: 'row', table: 'fxa_account', put }]
      return { when: [unchanged(person)], changes: fetch ? [...changes, fetch.change] : changes }
    }
    try {
      await apps.letIn(account.id, wanted, beside, originOf(call))
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      if (error.code === 'too-many') throw fxaError(125, { message: 'This account has too many browsers' })
      if (error.code === 'forbidden' || error.code === 'account-absent') throw fxaError(102)
      throw error
    }
    return { ...told, ...verified, authAt, metricsEnabled: false }
  }
  route('POST', '/v1/account/login', 'none', login)

  // Proves the password anew for a session that is there.
  route('POST', '/v1/session/reauth', 'session', async (call) => {
    const { who } = call
    const { account, person, keys: opened } = await prove(call)
    if (account.id !== who.account.id || !isProgram(who.grant)) throw fxaError(102)
    const authAt = Math.floor(call.now / 1_000)
    const fetch = wantsKeys(call) ? keyFetch(who.grant, opened, authAt) : undefined
    await ofSession(who, authAt, fetch ? [...(await unfetched(who.grant)), fetch.change] : [])
    return {
      uid: person.uid,
      ...(fetch ? { keyFetchToken: fetch.token } : {}),
      ...verified,
      authAt,
      metricsEnabled: false,
    }
  })

  /** Takes back what was not fetched: one program has one key-fetch token at most. */
  async function unfetched({ id }: Grant): Promise<Change[]> {
    const rows = await store.rows('token', { grant_id: id })
    return rows
      .filter(({ kind }) => kind === 'fxa-keyfetch')
      .map(({ hash = null }) => ({ kind: 'row', table: 'token', remove: { hash } }))
  }

  /** Notes when a session was proved last. Errors: 110 where it was ended meanwhile. */
  async function ofSession(
    { hash, account }: Who,
    authAt: number,
    changes: readonly Change[],
  ): Promise<void> {
    const [row] = await store.rows('token', { hash })
    if (!row) throw fxaError(110)
    const data = { ...(JSON.parse(String(row['data'])) as JsonObject), authAt }
    await commitStep(store, {
      when: [{ is: 'row-has', table: 'token', where: { hash }, has: { data: row['data'] ?? null } }],
      changes: [{ kind: 'row', table: 'token', put: { ...row, data: JSON.stringify(data) } }, ...changes],
      needs: [{ kind: 'collection', home: account.home, path: '' }],
    }).catch(endedMeanwhile)
  }

  route('GET', '/v1/account/keys', 'keyfetch', async ({ who: { hash, data, account } }) => {
    await commitStep(store, {
      when: [{ is: 'row-has', table: 'token', where: { hash }, has: { kind: 'fxa-keyfetch' } }],
      changes: [{ kind: 'row', table: 'token', remove: { hash } }],
      needs: [{ kind: 'collection', home: account.home, path: '' }],
    }).catch(endedMeanwhile)
    return { bundle: data['bundle'] ?? null }
  })

  // The id of a key is its time and a hash of it: with this, a program makes the id that browsers have.
  route('POST', '/v1/account/scoped-key-data', 'session-or-refresh', async ({ body, who }) => {
    const generation = (await people.of(who.account.id))?.generation ?? 0
    const client = knownClient(body)
    const isOther = !speaksFor(who.grant, client)
    if (isOther && !pairs(who.grant, client)) throw fxaError(162)
    const read = isOther ? readScopesWithin : readScopes
    const told = read(body['scope'], allowedBy(client, who.grant)).filter(isSyncScope)
    return Object.fromEntries(
      generation === 0
        ? []
        : told.map((identifier) => [
            identifier,
            { identifier, keyRotationSecret: '0'.repeat(64), keyRotationTimestamp: generation },
          ]),
    )
  })
}

const endedMeanwhile = (error: unknown): never => {
  if (error instanceof Refusal) throw fxaError(110)
  throw error
}

/**
 * What a program calls itself, for its person's list: the first name in its User-Agent header that is not there to look
 * like a browser; null: it does not say. At most 40 characters.
 */
export function programName(agent: string): string | null {
  const plain = agent.replaceAll(/\([^)]*\)/g, ' ')
  for (const [, name = ''] of plain.matchAll(/([A-Za-z][\w.+-]*)\//g))
    if (name !== 'Mozilla' && name.length <= 40) return name
  return null
}
