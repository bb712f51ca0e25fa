/** People with a password for programs, switched on as their page does it, and such programs. */
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { makePageOwner, type PagePerson } from './browser-session.ts'
import { clientPassword, openProgram, syncScope } from './onepw.ts'
import { pagesOf } from './person-at-pages.ts'
import { startServer } from './server.ts'

export const password = 'abcdef-ghijkl-mnopqr-stuvwx'
/** Since when her key of Sync holds. */
export const made = Date.UTC(2026, 0, 1)

/** Switches a password on for a key of Sync; the address to sign in with. */
export async function switchOn(
  { browser }: PagePerson,
  kB: Buffer,
  time = made,
  text = password,
): Promise<string> {
  const { body } = await browser.get('/firefox')
  await browser.put('/me/client-password', clientPassword(body.email, text, kB, time))
  return body.email
}

/** A server whose owner has a key of Sync and no such password yet. */
export async function onepwScene(t: TestContext, env: Record<string, string> = {}) {
  const server = await startServer(t, env)
  const olga = await makePageOwner(server)
  return { server, olga, kB: randomBytes(32), program: openProgram(server.url, pagesOf(server)) }
}

/** A browser's connection, as her page makes it. */
export const connect = ({ browser }: PagePerson, kid: string) =>
  browser.ask('POST', '/firefox/connect', {
    client: '5882386c6d801776',
    scope: `profile ${syncScope}`,
    state: 'state',
    challenge: 'c'.repeat(43),
    offline: true,
    keysJwe: `a..${'i'.repeat(16)}.c.${'t'.repeat(22)}`,
    kid,
    name: 'Firefox',
    previous: null,
  })
