/** The people of the plays: the owner comes in by the first-run link, everybody else by the command line. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { essaim, placeOf } from './command.ts'
import type { TestServer } from './server.ts'

export interface Person {
  readonly login: string
  readonly password: string
  /** The Authorization header of her apps. */
  readonly authorization: string
}

/** The header of a Basic pair. */
export const basic = (login: string, password: string) =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`

const personOf = (login: string): Person => {
  const password = `${randomBytes(9).toString('base64url')} on the quay`
  return { login, password, authorization: basic(login, password) }
}

/** The first person on a new server, who owns it. */
export async function makeOwner(server: TestServer, login = 'alice'): Promise<Person> {
  const person = personOf(login)
  const token = new URL(await server.firstRun()).hash.slice(1)
  const answer = await fetch(`${server.url}/setup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, login, password: person.password }),
  })
  assert.equal(answer.status, 201, await answer.text())
  return person
}

/** Another person, made by the operator. */
export async function makePerson(server: TestServer, login: string): Promise<Person> {
  const person = personOf(login)
  const made = await essaim(['account', 'create', login], placeOf(server), `${person.password}\n`)
  assert.equal(made.code, 0, made.stderr)
  return person
}

/** A new app password of hers, in place of her own: it costs the server one hash in place of a slow one. */
export async function withAppPassword(
  server: TestServer,
  { login }: Person,
  label = 'a test',
): Promise<Person> {
  const args = ['account', 'app-password', login, '--door', 'kinto', '--label', label]
  const made = await essaim(args, placeOf(server))
  assert.equal(made.code, 0, made.stderr)
  const password = made.stdout.trim()
  return { login, password, authorization: basic(login, password) }
}

/** A new token of hers for a script, with these scopes. */
export async function withToken(
  server: TestServer,
  { login }: Person,
  scopes: readonly string[] = ['kinto:rw'],
): Promise<Person> {
  const args = [
    'token',
    'create',
    login,
    '--name',
    'a test',
    ...scopes.flatMap((scope) => ['--scope', scope]),
  ]
  const made = await essaim(args, placeOf(server))
  assert.equal(made.code, 0, made.stderr)
  const password = made.stdout.trim()
  return { login, password, authorization: `Bearer ${password}` }
}
