/** Providers of sign-in on loopback, and the way of a browser to them and back. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { BrowserSession } from './browser-session.ts'
import { onExit } from './cleanup.ts'
import { freePort } from './server.ts'

/** Where the servers under test say that they are. */
const callbackOf = (publicUrl: string, id: string) => `${publicUrl}/sign-in/with/${id}`

export interface OidcUnderTest {
  issuer: string
  stop(): Promise<void>
}

/** A real provider of OpenID Connect, as a process of its own, for these ids of providers at `publicUrl`. */
export async function startOidc(
  t: TestContext,
  publicUrl: string,
  ids: readonly string[],
): Promise<OidcUnderTest> {
  const port = await freePort()
  const program = join(import.meta.dirname, 'oidc-process.ts')
  const callbacks = ids.map((id) => callbackOf(publicUrl, id))
  const child: ChildProcess = spawn(process.execPath, [program, String(port), ...callbacks], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const forget = onExit(() => child.kill('SIGKILL'))
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    forget()
  }
  t.after(stop)
  const listens = once(child.stdout!, 'data')
  await Promise.race([listens, once(child, 'exit').then(() => assert.fail('the provider did not start'))])
  return { issuer: `http://127.0.0.1:${port}`, stop }
}

export interface OAuth2UnderTest {
  url: string
  /** The members of a provider of ours that stands for it. */
  settings: Record<string, unknown>
  /** What the profile says of who signs in next. */
  next: { profile: unknown; refuse: boolean }
  /** Requests to the token address, with how the client proved itself. */
  asked: { authorization: string | undefined; form: URLSearchParams }[]
}

/** A small OAuth 2 server in the manner of GitHub: errors of the token address come with a status of 200. */
export async function startOAuth2(t: TestContext): Promise<OAuth2UnderTest> {
  const codes = new Set<string>()
  const tokens = new Set<string>()
  const next: OAuth2UnderTest['next'] = { profile: {}, refuse: false }
  const asked: OAuth2UnderTest['asked'] = []
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x')
    const answer = (body: unknown, status = 200) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    if (pathname === '/authorize') {
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      const code = randomBytes(16).toString('hex')
      codes.add(code)
      if (next.refuse) back.searchParams.set('error', 'access_denied')
      else back.searchParams.set('code', code)
      back.searchParams.set('state', searchParams.get('state') ?? '')
      response.writeHead(302, { Location: back.href }).end()
    } else if (pathname === '/token') {
      let text = ''
      for await (const chunk of request) text += String(chunk)
      const form = new URLSearchParams(text)
      asked.push({ authorization: request.headers.authorization, form })
      if (form.get('client_secret') !== 'hush') return answer({ error: 'incorrect_client_credentials' })
      if (!codes.delete(form.get('code') ?? '')) return answer({ error: 'bad_verification_code' })
      const token = randomBytes(16).toString('hex')
      tokens.add(token)
      answer({ access_token: token, token_type: 'bearer', scope: '' })
    } else if (pathname === '/user') {
      const [, token = ''] = /^bearer (.*)$/i.exec(request.headers.authorization ?? '') ?? []
      if (!tokens.has(token)) return answer({ message: 'Bad credentials' }, 401)
      answer(next.profile)
    } else if (pathname === '/elsewhere') response.writeHead(302, { Location: '/user' }).end()
    else if (pathname === '/endless') {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(`"${'x'.repeat(300_000)}"`)
    } else answer({}, 404)
    return undefined
  }).listen(0, '127.0.0.1')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const settings = {
    kind: 'oauth2',
    name: 'Hub',
    authorize: `${url}/authorize`,
    token: `${url}/token`,
    profile: `${url}/user`,
    idField: 'id',
    nameField: 'login',
    clientId: 'essaim',
    secret: 'hush',
    tokenAuth: 'post',
  }
  return { url, settings, next, asked }
}

/** What somebody does at the provider: her name there, since when she is signed in (seconds), or no. */
export interface AtProvider {
  name?: string
  at?: number
  refuse?: boolean
}

/** A browser at providers: their cookies are none of ours. */
export function visitProviders() {
  const cookies = new Map<string, string>()

  async function ask(url: string, form?: Record<string, string>): Promise<Response> {
    const answer = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { Cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }

  return {
    /** Follows the provider from `location` until it sends the browser back; the address that it sends it to. */
    async through(location: string, { name = 'victim', at, refuse }: AtProvider = {}): Promise<URL> {
      let url = location
      for (let step = 0; step < 10; step++) {
        const answer = await ask(url)
        await answer.arrayBuffer()
        let to = answer.headers.get('location')
        if (answer.status === 200 && url.includes('/interaction/')) {
          const form = { name, ...(at ? { at: String(at) } : {}), ...(refuse ? { refuse: '1' } : {}) }
          const done = await ask(url, form)
          await done.arrayBuffer()
          to = done.headers.get('location')
        }
        assert.ok(to, `${url} leads nowhere: ${answer.status}`)
        const next = new URL(to, url)
        if (next.pathname.startsWith('/sign-in/with/')) return next
        url = next.href
      }
      return assert.fail('the provider goes round in circles')
    },
  }
}

/** The browser comes back to our server; where it is sent from there. */
export async function comeBack(browser: BrowserSession, back: URL): Promise<string> {
  const answer = await browser.ask('GET', `/..${back.pathname}${back.search}`, undefined, {
    'Sec-Fetch-Site': 'cross-site',
    'Sec-Fetch-Mode': 'navigate',
  })
  assert.equal(answer.status, 303, JSON.stringify(answer.body))
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
  return answer.headers.get('location') ?? ''
}

/** From our page to the provider and back; where the browser ends. */
export async function signInWith(
  browser: BrowserSession,
  start: { id: string; purpose: string; invitation?: string },
  at: AtProvider = {},
  provider = visitProviders(),
): Promise<string> {
  const { location } = await browser.post('/provider/start', start)
  return comeBack(browser, await provider.through(location, at))
}
