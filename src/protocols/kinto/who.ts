/** Who makes a request: by HTTP Basic, by a bearer token, or nobody. Cookies are never looked at. */
import { createHash, createHmac } from 'node:crypto'
import type { Accounts } from '../../core/accounts/index.ts'
import { accountPrincipal, anonymous, type Subject } from '../../core/permissions/index.ts'
import type { Store } from '../../core/ports.ts'
import { type Basic, parseBasic } from '../../identity/basic.ts'
import { type Bearer, type BearerProof, isBearer } from '../../identity/bearer.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { createLru } from '../../lib/lru.ts'
import { type Answer, errorAnswer } from './answer.ts'
import type { Who } from './call.ts'
import type { Headers } from './conditions.ts'
import { errno, KintoError, unavailable } from './errors.ts'
import type { GuestNames, Names } from './names.ts'

export const nobody: Who = Object.freeze({
  subject: anonymous,
  name: undefined,
  bucket: undefined,
  principal: undefined,
  owns: '{}',
})

/**
 * What came of a request's credentials: somebody, nobody without any, or a refusal. `unknown`: no account has that
 * login, which only the door's own sign-up may tell apart from a wrong password.
 */
type Proved = { who: Who } | { refused: KintoError; unknown: boolean }

export interface Authenticator {
  /** From memory alone: undefined where it takes more than that. */
  known(headers: Headers): Who | undefined
  prove(headers: Headers, remote: () => string): Promise<Proved>
}

export interface AuthenticatorParts {
  basic: Basic
  bearer: Bearer
  names: Names
  /** Where any name and password is somebody. */
  guests: Guests | undefined
  /** Derives the ids of default buckets. */
  bucketKey: Uint8Array
}

const rememberedBuckets = 10_000

export function createAuthenticator(parts: AuthenticatorParts): Authenticator {
  const { basic, bearer, names, guests, bucketKey } = parts
  const made = new WeakMap<Subject, Who>()
  // Where several processes write, subjects are made anew with each request; the id stays.
  const buckets = createLru<string, string>({ max: rememberedBuckets })
  const bucketOf = (account: string): string => {
    const known = buckets.get(account)
    if (known !== undefined) return known
    const id = defaultBucketId(bucketKey, account)
    buckets.set(account, id)
    return id
  }

  const whoOf = (subject: Subject): Who => {
    const known = made.get(subject)
    if (known || !subject.account) return known ?? nobody
    const { id, login } = subject.account
    const name = names.ofLogin(login)
    const who = {
      subject,
      name,
      bucket: bucketOf(id),
      principal: accountPrincipal(id),
      owns: `{"write":[${JSON.stringify(name)}]}`,
    }
    made.set(subject, who)
    return who
  }

  return {
    known(headers) {
      const header = credentialsIn(headers)
      if (header === undefined) return nobody
      if (typeof header !== 'string') return undefined
      if (isForgedNavigation(headers)) return undefined
      const known = isBearer(header) ? bearer.cached(header) : basic.cached(header)
      return known && whoOf(known.subject)
    },

    async prove(headers, remote) {
      const header = credentialsIn(headers)
      if (header === undefined) return { who: nobody }
      if (typeof header !== 'string' || isForgedNavigation(headers)) return refusal(headers, false)
      if (isBearer(header)) {
        const proof = await bearer.verify(header)
        return proof.kind === 'known' ? { who: whoOf(proof.known.subject) } : tokenRefusal(proof.kind)
      }
      const guest = await guests?.subject(header)
      if (guest) return { who: whoOf(guest) }
      try {
        const proof = await basic.verify(header, remote())
        if (proof.kind === 'known') return { who: whoOf(proof.known.subject) }
        return refusal(headers, proof.kind === 'nobody')
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
        const wait = Number(error.details['retryAfter'] ?? 1)
        if (error.code === 'busy') throw unavailable('Too many passwords are being checked', wait)
        if (error.code !== 'throttled') throw error
        throw new KintoError(429, errno.tooManyRequests, 'Too many wrong passwords', {
          headers: ['Retry-After', String(wait)],
        })
      }
    },
  }
}

/** COMPAT kinto-admin: it looks at a server before anybody signs in, with a header whose value it has not got. */
function credentialsIn({ authorization }: Headers) {
  return authorization === 'undefined' ? undefined : authorization
}

/** Credentials that a browser sends along with a link from another site are not what its user meant. */
function isForgedNavigation(headers: Headers): boolean {
  return headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] === 'navigate'
}

function refusal(headers: Headers, unknown: boolean): Proved {
  const refused = new KintoError(401, errno.invalidAuthorization, 'These credentials are not valid.', {
    headers: challenge(headers),
  })
  return { refused, unknown }
}

const tokenFaults: Readonly<Record<Exclude<BearerProof['kind'], 'known'>, string>> = {
  malformed: 'This is not written as a token is.',
  unknown: 'This token was never given, or was taken back.',
  expired: 'This token has expired: get a new one.',
  paused: 'This app was paused by its user.',
  account: 'This account cannot be used now.',
}

function tokenRefusal(kind: keyof typeof tokenFaults): Proved {
  const message = tokenFaults[kind]
  const headers = ['WWW-Authenticate', bearerChallenge('invalid_token', message)]
  return { refused: new KintoError(401, errno.invalidAuthorization, message, { headers }), unknown: false }
}

/** RFC 6750, 3. No browser asks its user for a password because of it. */
export const bearerChallenge = (error: 'invalid_token' | 'insufficient_scope', description: string): string =>
  `Bearer realm="Essaim", error="${error}", error_description="${description}"`

/**
 * An error as it is told to who sent these headers, in a batch or outside: an app learns that it may have been allowed
 * too little, anybody else how to prove who she is.
 */
export function errorAnswerTo(headers: Headers, error: KintoError): Answer {
  const { authorization } = headers
  const byToken = typeof authorization === 'string' && isBearer(authorization)
  const answer = errorAnswer(error.status === 403 && byToken ? insufficientScope(error) : error)
  if (error.status !== 401 || answer.headers.includes('WWW-Authenticate')) return answer
  return { ...answer, headers: [...answer.headers, ...challenge(headers)] }
}

/** What a request with a token is told in place of a 403: the app may have been allowed too little. */
function insufficientScope({ errno: number, extras }: KintoError): KintoError {
  const message =
    'This app was not allowed to do that, or its user may not. Ask her for the scope that it takes.'
  const challenge = ['WWW-Authenticate', bearerChallenge('insufficient_scope', message)]
  return new KintoError(403, number, message, {
    ...extras,
    headers: [...(extras.headers ?? []), ...challenge],
  })
}

/** `WWW-Authenticate`: with Basic a browser would ask its user for a password, so pages get a scheme that it ignores. */
function challenge(headers: Headers): string[] {
  const scheme = headers['sec-fetch-mode'] === undefined ? 'Basic' : 'Essaim'
  return ['WWW-Authenticate', `${scheme} realm="Essaim", charset="UTF-8"`]
}

/** The id of a person's default bucket, shaped as a UUID: nobody can tell whose it is. */
function defaultBucketId(key: Uint8Array, accountId: string): string {
  const hex = createHmac('sha256', key).update(accountId).digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

export interface Guests extends GuestNames {
  /** Whoever such a header is, unless an account has that login. */
  subject(header: string): Promise<Subject | undefined>
}

const guestPrefix = 'basicauth.'
const guestName = /^basicauth:([0-9a-f]{64})$/

/**
 * Guests, for the test suites of other servers: any name and password that is no account's is an account of its own,
 * which nobody else can be without them.
 */
export function createGuests(accounts: Accounts, key: Uint8Array, store: Pick<Store, 'version'>): Guests {
  const subjects = createLru<string, { subject: Subject; version: number | undefined }>({ max: 1000 })
  const making = new Map<string, Promise<string>>()

  const make = async (login: string): Promise<string> => {
    const account = await accounts.byLogin(login)
    if (account) return account.id
    return (await accounts.create({ login, door: 'kinto' })).id
  }
  const account = (login: string): Promise<string> => {
    // Two first requests at one time make one account.
    const pending = making.get(login) ?? make(login).finally(() => making.delete(login))
    making.set(login, pending)
    return pending
  }

  return {
    account,
    login(name) {
      const hex = guestName.exec(name)?.[1]
      return hex === undefined ? undefined : guestPrefix + Buffer.from(hex, 'hex').toString('base64url')
    },
    name(login) {
      if (!login.startsWith(guestPrefix)) return undefined
      return `basicauth:${Buffer.from(login.slice(guestPrefix.length), 'base64url').toString('hex')}`
    },
    async subject(header) {
      const version = store.version('account', 'membership')
      const known = subjects.get(header)
      if (known && version !== undefined && known.version === version) return known.subject
      const credentials = parseBasic(header)
      if (!credentials || credentials.login === '' || (await accounts.byLogin(credentials.login)))
        return undefined
      const digest = createHash('sha256').update(key).update(JSON.stringify(credentials)).digest('base64url')
      const id = await account(guestPrefix + digest)
      const found = await accounts.byId(id)
      if (!found) return undefined
      const subject = await accounts.subject(found)
      subjects.set(header, { subject, version: store.version('account', 'membership') })
      return subject
    },
  }
}
