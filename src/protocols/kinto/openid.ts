/**
 * `/openid/essaim/login`: the sign-in that kinto-admin and other pages know from Kinto's OpenID plugin, as a translation
 * of our own authorisation. The person answers at our page, in the browser that was sent there; the page that asked gets
 * a token for this door behind its own address. Nobody registers it: its origin is what she is told, and consents to.
 */
import {
  type AppRequest,
  type Apps,
  type FindAppRequest,
  grantedScopes,
  tokenChange,
} from '../../core/apps/index.ts'
import type { Clock, Store } from '../../core/ports.ts'
import { Refusal } from '../../core/ports.ts'
import { commitStep } from '../../core/records/index.ts'
import type { Throttle } from '../../identity/throttle.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { randomToken } from '../../lib/ids.ts'
import { type Answer, redirect } from './answer.ts'
import type { Call, Door, Route } from './call.ts'
import { errno, fault, KintoError } from './errors.ts'

/** As this server is called in the capability, and in the address. */
export const provider = 'essaim'

/** Milliseconds that a person is waited for, and that a token is good: a working day. */
const requestLasts = 30 * 60_000
const tokenLasts = 12 * 3_600_000

/** Characters of an address that is called back, and of the scopes. */
const maxCallback = 2_000
const maxScopes = 1_000

/** What begins the id of such a request at our page. */
const mark = 'k.'
const kind = 'openid-request'

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])$/

/** The browser that a page sent here: only the text of its own cookie is looked at, which says nothing of who uses it. */
export interface BrowserMarks {
  mark(cookies: string | undefined): string | undefined
  give(): { mark: string; cookie: string }
}

export interface OpenId {
  login(call: Pick<Call, 'address' | 'headers' | 'remote'>): Promise<Answer>
  /** For the page that asks the person. */
  find: FindAppRequest
}

export interface OpenIdParts {
  apps: Pick<Apps, 'registry'>
  store: Pick<Store, 'rows' | 'commit'>
  clock: Clock
  throttle: Pick<Throttle, 'ask'>
  browsers: BrowserMarks
}

interface Waiting {
  callback: string
  scopes: string[]
  /** SHA-256 of the browser's mark. */
  browser: string
}

export function createOpenId({ apps, store, clock, throttle, browsers }: OpenIdParts): OpenId {
  async function login({
    address,
    headers,
    remote,
  }: Pick<Call, 'address' | 'headers' | 'remote'>): Promise<Answer> {
    const query = new URLSearchParams(address.query)
    const callback = callbackOf(query.get('callback'))
    const scopes = scopesOf(query.get('scope') ?? '')
    const wait = throttle.ask(remote(), clock.now())
    if (wait > 0)
      throw new KintoError(429, errno.tooManyRequests, 'Too many sign-ins were begun', {
        headers: ['Retry-After', String(wait)],
      })
    const { cookie } = headers
    const known = browsers.mark(typeof cookie === 'string' ? cookie : undefined)
    const given = known === undefined ? browsers.give() : undefined
    const id = randomToken()
    const now = clock.now()
    const waiting: Waiting = { callback, scopes, browser: sha256Hex(known ?? given?.mark ?? '') }
    const put = {
      hash: sha256Hex(id),
      kind,
      grant_id: null,
      account_id: null,
      created: now,
      expires: now + requestLasts,
      data: JSON.stringify(waiting),
    }
    await commitStep(store, { changes: [{ kind: 'row', table: 'token', put }] })
    const cookies = given ? ['Set-Cookie', given.cookie] : []
    return redirect(`/consent#${mark}${id}`, ['Cache-Control', 'no-store', ...cookies])
  }

  async function find(text: string, browser: string | undefined): Promise<AppRequest | undefined> {
    if (!text.startsWith(mark) || browser === undefined) return undefined
    const hash = sha256Hex(text.slice(mark.length))
    const [row] = await store.rows('token', { hash })
    if (row?.['kind'] !== kind || Number(row['expires']) <= clock.now()) return undefined
    const { callback, scopes, browser: began } = JSON.parse(String(row['data'])) as Waiting
    if (began !== sha256Hex(browser)) return undefined
    const { origin, host, pathname } = new URL(callback)
    const used = {
      when: [{ is: 'row-has', table: 'token', where: { hash }, has: { kind } }],
      gone: { kind: 'row', table: 'token', remove: { hash } },
    } as const
    return {
      // By the page: what else is at its host is no business of hers here.
      client: {
        id: `kinto ${origin}${pathname}`,
        name: host,
        origin: host,
        redirects: [callback],
        trust: 'registered',
      },
      redirect: callback,
      scopes,
      again: false,
      provedSince: 0,
      // Here no page can say that it wants her asked: a token for nothing would be a dead end.
      isOfUse: (grant) => grantedScopes(apps.registry, grant, scopes, clock.now()).length > 0,

      async allowed(_by, grant) {
        const token = randomToken()
        const now = clock.now()
        const granted = grantedScopes(apps.registry, grant, scopes, now)
        const expires = Math.min(now + tokenLasts, grant.expires ?? Number.MAX_SAFE_INTEGER)
        const made = {
          hash: sha256Hex(token),
          kind: 'access',
          created: now,
          expires,
          data: { scopes: granted },
        } as const
        try {
          await commitStep(store, { when: used.when, changes: [used.gone, tokenChange(grant, made)] })
        } catch (error) {
          // Answered already, in another tab.
          if (error instanceof Refusal) return '/account/apps'
          throw error
        }
        const answer = {
          access_token: token,
          token_type: 'Bearer',
          expires_in: Math.floor((expires - now) / 1_000),
          scope: granted.join(' '),
        }
        return callback + encodeURIComponent(Buffer.from(JSON.stringify(answer)).toString('base64'))
      },

      async refused() {
        await commitStep(store, { changes: [used.gone] })
        // COMPAT kinto-admin: what follows its address is taken for a token, whatever it is.
        return '/account/apps'
      },
    }
  }

  return { login, find: (id, { browser }) => find(id, browser) }
}

/** Where the token is sent: to a page, over TLS or on the person's own device. */
function callbackOf(text: string | null): string {
  const url = text !== null && text.length <= maxCallback ? URL.parse(text) : null
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
  if (!url || !isSafe || url.username !== '' || url.password !== '')
    throw fault('querystring', 'callback', 'must be the address of a page: https, or http on this device')
  return url.href
}

/** The scopes of this door that are asked for; without any, all of it, as a token of Kinto's has. */
function scopesOf(text: string): string[] {
  if (text.length > maxScopes) throw fault('querystring', 'scope', 'is too long')
  const named = text.split(' ').filter((scope) => scope.startsWith('kinto:'))
  return named.length > 0 ? [...new Set(named)] : ['kinto:rw']
}

export const openidRoute: Route = {
  path: `/openid/${provider}/login`,
  methods: { GET: (door: Door, call) => door.openid!.login(call) },
  anyone: true,
}

/** What clients look for. */
export const openidCapability = (publicUrl: string) => ({
  description: 'People sign in at this server, and choose what the page may use.',
  url: 'https://docs.kinto-storage.org/en/latest/api/1.x/authentication.html',
  providers: [
    {
      name: provider,
      issuer: publicUrl,
      auth_path: `/openid/${provider}/login`,
      client_id: provider,
      header_type: 'Bearer',
      userinfo_endpoint: `${publicUrl}/oauth/userinfo`,
    },
  ],
})
