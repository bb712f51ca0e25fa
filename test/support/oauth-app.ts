/** Apps of others that ask people of our server, and the way of a browser between the two. */
import assert from 'node:assert/strict'
import * as client from 'openid-client'
import type { Answered, BrowserSession } from './browser-session.ts'
import type { TestServer } from './server.ts'

/** The address of the server under test: its issuer. */
export const issuerOf = ({ url }: Pick<TestServer, 'url'>): string => url.replace('127.0.0.1', 'localhost')

const insecure = { execute: [client.allowInsecureRequests] }

export interface TestApp {
  config: client.Configuration
  id: string
  secret: string | undefined
  redirect: string
}

/** An app that registers itself: public, and called back at an address where nobody listens, unless `more` says. */
export async function registerApp(
  server: Pick<TestServer, 'url'>,
  more: Record<string, unknown> = {},
): Promise<TestApp> {
  const metadata = {
    client_name: 'Notes',
    redirect_uris: ['https://notes.example/back'],
    token_endpoint_auth_method: 'none',
    ...more,
  }
  const config = await client.dynamicClientRegistration(
    new URL(issuerOf(server)),
    metadata as Partial<client.ClientMetadata>,
    undefined,
    insecure,
  )
  const { client_id: id, client_secret: secret } = config.clientMetadata()
  return { config, id, secret, redirect: metadata.redirect_uris[0] ?? '' }
}

/** An app that was there before: by its id. */
export async function knownApp(
  server: Pick<TestServer, 'url'>,
  id: string,
  redirect: string,
): Promise<TestApp> {
  const config = await client.discovery(new URL(issuerOf(server)), id, undefined, client.None(), insecure)
  return { config, id, secret: undefined, redirect }
}

export interface Visit {
  status: number
  /** Where the browser is sent; empty: nowhere. */
  location: string
  headers: Headers
  body: Answered
}

/** The browser follows a link to our server that somebody else's page has. */
export async function visit(browser: BrowserSession, address: string | URL): Promise<Visit> {
  const { pathname, search } = new URL(address, 'http://localhost')
  const { status, headers, body } = await browser.ask('GET', `/..${pathname}${search}`, undefined, {
    'Sec-Fetch-Site': 'cross-site',
    'Sec-Fetch-Mode': 'navigate',
    Accept: 'text/html',
  })
  return { status, headers, body, location: headers.get('location') ?? '' }
}

export interface Begun {
  address: URL
  verifier: string
  state: string
  /** Empty without `openid`. */
  nonce: string
}

/** What an app sends the browser to; `more` replaces parameters, and leaves out those that are empty. */
export async function begin(app: TestApp, scope: string, more: Record<string, string> = {}): Promise<Begun> {
  const isOpenId = scope.split(' ').includes('openid')
  const [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()]
  const nonce = isOpenId ? client.randomNonce() : ''
  const parameters = {
    redirect_uri: app.redirect,
    scope,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
  }
  const given = Object.entries(parameters).filter(([, value]) => value !== '')
  const address = client.buildAuthorizationUrl(app.config, Object.fromEntries(given))
  if (more['response_type'] === '') address.searchParams.delete('response_type')
  return { address, verifier, state, nonce }
}

/** What our page asks, after an app sent the browser there. */
export async function questionOf(browser: BrowserSession, { location }: Visit): Promise<Answered> {
  const [, id] = /^\/consent#([\w-]+)$/.exec(location) ?? assert.fail(`not asked, but sent to ${location}`)
  const { status, body } = await browser.get(`/consent/${id}`)
  assert.equal(status, 200, JSON.stringify(body))
  return { id, ...body }
}

/** The answers that allow everything as it was asked. */
export const allOf = ({ asks }: Answered): object[] =>
  asks.map(({ scope }: { scope: string }) => ({ asked: scope, allow: true }))

/** From the app to our page and back: where the browser ends. `answer` is what she says; all of it unless given. */
export async function authorize(
  browser: BrowserSession,
  { address }: Pick<Begun, 'address'>,
  answer: (question: Answered) => object = (question) => ({ answers: allOf(question) }),
): Promise<URL> {
  const first = await visit(browser, address)
  assert.equal(first.status, 303, JSON.stringify(first.body))
  if (!first.location.startsWith('/consent#')) return new URL(first.location)
  const question = await questionOf(browser, first)
  const { location } = await browser.post(`/consent/${question.id}`, answer(question))
  const back = await visit(browser, location)
  assert.equal(back.status, 303, JSON.stringify(back.body))
  return new URL(back.location)
}

/** The app gets its tokens for the address that the browser came back to. */
export const redeem = ({ config }: TestApp, back: URL, { verifier, state, nonce }: Begun) =>
  client.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    ...(nonce === '' ? {} : { expectedNonce: nonce }),
  })

/** All of it: the tokens that an app has in the end. */
export async function letIn(
  browser: BrowserSession,
  app: TestApp,
  scope: string,
  answer?: (question: Answered) => object,
) {
  const begun = await begin(app, scope)
  return redeem(app, await authorize(browser, begun, answer), begun)
}

/** A request of the token address, as it is sent; what it answers. */
export async function askToken(
  server: Pick<TestServer, 'url'>,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Answered }> {
  const answer = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  })
  return { status: answer.status, body: await answer.json() }
}

/** A request of the Kinto door with a token. */
export async function askKinto(
  server: Pick<TestServer, 'url'>,
  token: string,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; headers: Headers; body: Answered }> {
  const answer = await fetch(`${server.url}/v1${path}`, {
    ...init,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(init.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
  })
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}
