/** A browser of our pages without its window: it asks the pages' API from their own origin and keeps cookies. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { TestServer } from './server.ts'

/** Whatever a route answers: tests look into it. */
// oxlint-disable-next-line no-explicit-any
export type Answered = any

export interface PageAnswer {
  status: number
  headers: Headers
  body: Answered
}

export interface BrowserSession {
  /** By name; what a server takes away is gone. */
  readonly cookies: Map<string, string>
  /** `path` is below `/api`. Headers given as undefined are left out. */
  ask(
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string | undefined>,
  ): Promise<PageAnswer>
  get(path: string): Promise<PageAnswer>
  /** Each of these asks and expects a status of 200; what was answered. */
  post(path: string, body?: object): Promise<Answered>
  put(path: string, body?: object): Promise<Answered>
  delete(path: string, body?: object): Promise<Answered>
  /** Asks, and expects that it is refused so. */
  refused(
    method: string,
    path: string,
    body: object | undefined,
    status: number,
    code: string,
  ): Promise<Answered>
}

/** A browser that nobody has used yet; `headers` go with everything it asks. */
export function openBrowser(
  server: Pick<TestServer, 'url'>,
  headers: Record<string, string> = {},
): BrowserSession {
  const cookies = new Map<string, string>()

  async function ask(
    method: string,
    path: string,
    body?: object,
    more: Record<string, string | undefined> = {},
  ): Promise<PageAnswer> {
    const wanted: Record<string, string | undefined> = {
      'Sec-Fetch-Site': 'same-origin',
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      ...(body ? { 'Content-Type': 'application/json' } : {}),
      ...(cookies.size > 0 ? { Cookie: [...cookies].map((pair) => pair.join('=')).join('; ') } : {}),
      ...headers,
      ...more,
    }
    const given = Object.entries(wanted).filter((pair): pair is [string, string] => pair[1] !== undefined)
    const answer = await fetch(`${server.url}/api${path}`, {
      method,
      redirect: 'manual',
      headers: given,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/; Max-Age=0(?:;|$)/.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json')
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
  }

  const done = (method: string) => async (path: string, body?: object) => {
    const answer = await ask(method, path, body)
    assert.equal(answer.status, 200, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  return {
    cookies,
    ask,
    get: (path) => ask('GET', path),
    post: done('POST'),
    put: done('PUT'),
    delete: done('DELETE'),
    async refused(method, path, body, status, code) {
      const answer = await ask(method, path, body)
      assert.deepEqual([answer.status, answer.body.error], [status, code], `${method} ${path}`)
      return answer.body
    },
  }
}

/** What a browser would derive from a password or from words: nobody at the server can tell. */
export const newAuth = (): string => randomBytes(32).toString('base64url')

/** Somebody with an account, in a browser where she is signed in. */
export interface PagePerson {
  login: string
  /** The account's id. */
  id: string
  auth: string
  wordsAuth: string
  browser: BrowserSession
}

/** The first person on a new server, who owns it: she used the link of the first run. */
export async function makePageOwner(server: TestServer, login = 'olga'): Promise<PagePerson> {
  const browser = openBrowser(server)
  const token = new URL(await server.firstRun()).hash.slice(1)
  const begun = await browser.post('/setup/begin', { token, login })
  return finish(browser, '/setup', login, begun)
}

/** Somebody who was invited; `role` is what the invitation gives. */
export async function makePagePerson(
  server: TestServer,
  inviter: Pick<PagePerson, 'browser'>,
  login: string,
  role = 'person',
): Promise<PagePerson> {
  const { link } = await inviter.browser.post('/me/invitations', { label: login, role, most: 1, days: 1 })
  const invitation = new URL(link).hash.slice(1)
  const browser = openBrowser(server)
  const begun = await browser.post('/sign-up/begin', { login, invitation })
  return finish(browser, '/sign-up', login, begun)
}

async function finish(
  browser: BrowserSession,
  path: string,
  login: string,
  { ticket, parameters, account: id }: { ticket: string; parameters: object; account: string },
): Promise<PagePerson> {
  const [auth, wordsAuth] = [newAuth(), newAuth()]
  const way = { kind: 'password', parameters, auth }
  const { me } = await browser.post(path, { ticket, way, words: { auth: wordsAuth }, language: 'en' })
  assert.equal(me.login, login)
  return { login, id, auth, wordsAuth, browser }
}

/** The same person in another browser, signed in with her password. */
export async function signInElsewhere(
  server: TestServer,
  { login, auth }: Pick<PagePerson, 'login' | 'auth'>,
  headers: Record<string, string> = {},
): Promise<BrowserSession> {
  const browser = openBrowser(server, headers)
  await browser.post('/sign-in/password', { login, auth })
  return browser
}
