/** An app that asks: registered by itself, with an address to which browsers come back with the answer. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** What the server says of a token that was given. */
export interface GivenToken {
  access_token: string
  scope: string
}

export interface AskingApp {
  /** Where a browser is sent to ask for these scopes. */
  question(scope: string, more?: Record<string, string>): string
  /** The answer to the last question, once a browser has come back with it. */
  answered(): Promise<URLSearchParams>
  /** Takes the token for a code. */
  redeem(code: string): Promise<GivenToken>
  /** `localhost:PORT`, as people are told. */
  host: string
}

/** `origin` is the address of the server as browsers know it. */
export async function makeAskingApp(t: TestContext, origin: string, name: string): Promise<AskingApp> {
  let come: (answer: URLSearchParams) => void = () => undefined
  let answer: Promise<URLSearchParams>
  const listen = () => {
    answer = new Promise((resolve) => (come = resolve))
  }
  listen()
  const back = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/back') come(searchParams)
    response.setHeader('Content-Type', 'text/html')
    response.end('<!doctype html><title>Back</title><link rel="icon" href="data:,"><p>Back at the app')
  }).listen(0, '127.0.0.1')
  t.after(() => {
    back.close()
    back.closeAllConnections()
  })
  await once(back, 'listening')
  const redirect_uri = `http://localhost:${(back.address() as AddressInfo).port}/back`
  const registered = await fetch(`${origin}/oauth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      client_name: name,
      redirect_uris: [redirect_uri],
      token_endpoint_auth_method: 'none',
    }),
  })
  const { client_id } = (await registered.json()) as { client_id: string }
  const code_verifier = randomBytes(32).toString('base64url')
  const code_challenge = createHash('sha256').update(code_verifier).digest('base64url')
  return {
    host: new URL(redirect_uri).host,
    question(scope, more = {}) {
      listen()
      const asked = { client_id, redirect_uri, response_type: 'code', scope, state: 'as it was' }
      const proof = { code_challenge, code_challenge_method: 'S256' }
      return `${origin}/oauth/authorize?${new URLSearchParams({ ...asked, ...proof, ...more })}`
    },
    answered: () => answer,
    async redeem(code) {
      const fields = { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier }
      const given = await fetch(`${origin}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams(fields),
      })
      return (await given.json()) as GivenToken
    },
  }
}
