/** Everything that a server gives out or is given that nobody else may have: noted by its clients, and looked for. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { BrowserSession } from './browser-session.ts'

/** Members of requests and answers that are worth something to whoever has them. */
const secretMembers = new Set([
  'auth',
  'challenge',
  'code',
  'invitation',
  'link',
  'location',
  'passkey-secret',
  'password',
  'poll',
  'secret',
  'text',
  'ticket',
  'token',
])

export interface SecretBook {
  /** By what they are. */
  readonly secrets: ReadonlyMap<string, string>
  keep(what: string, text: string): void
  /** The same browser, of which everything that is secret is noted. */
  watch(browser: BrowserSession): BrowserSession
}

export function secretBook(): SecretBook {
  const secrets = new Map<string, string>()
  const texts = new Set<string>()

  function keep(what: string, text: string): void {
    // What is shorter could be anywhere by chance.
    assert.ok(text.length >= 8, `${what} is too short to be looked for`)
    if (texts.has(text)) return
    texts.add(text)
    secrets.set(`${what}, ${secrets.size}`, text)
  }

  function keepUrl(what: string, text: string): void {
    const { hash, searchParams } = new URL(text)
    if (hash) keep(what, hash.slice(1).replace(/^[a-z-]+=/, ''))
    for (const name of ['state', 'nonce', 'code', 'code_challenge']) {
      const value = searchParams.get(name)
      if (value) keep(`${what} (${name})`, value)
    }
  }

  function keepIn(what: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    for (const [name, member] of Object.entries(value)) {
      if (typeof member !== 'string') keepIn(`${what} ${name}`, member)
      else if (!secretMembers.has(name) || member === '') continue
      else if (/^https?:/.test(member)) keepUrl(`${what} ${name}`, member)
      else keep(`${what} ${name}`, member)
    }
  }

  const watch = (browser: BrowserSession): BrowserSession => {
    const ask: BrowserSession['ask'] = async (method, path, body, headers) => {
      keepIn(`${method} ${path}:`, body)
      const answer = await browser.ask(method, path, body, headers)
      keepIn(`${method} ${path} answered`, answer.body)
      for (const [name, cookie] of browser.cookies) keep(`the cookie ${name}`, cookie)
      return answer
    }
    const done = (method: string) => async (path: string, body?: object) => {
      const answer = await ask(method, path, body)
      assert.equal(answer.status, 200, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    }
    return {
      cookies: browser.cookies,
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
  return { secrets, keep, watch }
}

/** Without the last characters, which depend on what follows. */
const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/.{0,2}=*$/, '')

/** What a secret looks like where somebody has written it down. `people`: who may have used it by Basic. */
export function formsOf(secret: string, people: readonly string[] = []): string[] {
  const asText = Buffer.from(secret)
  // A token stands for bytes, too.
  const raw = /^[\w-]{22,}$/.test(secret) ? [Buffer.from(secret, 'base64url')] : []
  const forms = [asText, ...raw].flatMap((bytes) => [
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    base64(bytes),
    base64(bytes).replaceAll('+', '-').replaceAll('/', '_'),
  ])
  const basic = people.map((login) => base64(Buffer.from(`${login}:${secret}`)))
  return [
    ...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...forms, ...basic]),
  ]
}

/** Fails with the name of a secret that is anywhere in `kept`, and where. */
export function assertNowhere(
  secrets: Iterable<readonly [what: string, text: string]>,
  kept: ReadonlyMap<string, Buffer>,
  people: readonly string[] = [],
): void {
  for (const [what, secret] of secrets) {
    const forms = formsOf(secret, people)
    for (const [where, bytes] of kept)
      for (const form of forms)
        if (bytes.includes(form)) assert.fail(`${what} is in ${where}, as ${form.slice(0, 60)}`)
  }
}

/** Every file below a folder but the key file, which nobody copies with the database. */
export function keptFiles(folder: string): Map<string, Buffer> {
  const kept = new Map<string, Buffer>()
  const walk = (at: string) => {
    for (const name of readdirSync(at)) {
      const path = join(at, name)
      const found = statSync(path)
      if (found.isDirectory()) walk(path)
      else if (found.isFile() && path !== join(folder, 'secret')) kept.set(path, readFileSync(path))
    }
  }
  walk(folder)
  return kept
}

const rowText = (row: object) =>
  JSON.stringify(row, (_, value: unknown) =>
    value instanceof Uint8Array
      ? Buffer.from(value).toString('latin1')
      : typeof value === 'bigint'
        ? String(value)
        : value,
  )

/** All rows of a SQLite file, as text: in the file itself long ones are cut into pages. */
export function sqliteDump(file: string): Buffer {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
    const rows = tables.flatMap(({ name }) => database.prepare(`SELECT * FROM "${String(name)}"`).all())
    return Buffer.from(rows.map(rowText).join('\n'))
  } finally {
    database.close()
  }
}

/** All rows of a PostgreSQL database, as text. */
export async function postgresDump(url: string): Promise<Buffer> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    )
    const lines: string[] = []
    for (const { name } of tables.rows)
      for (const row of (await client.query<object>(`SELECT * FROM ${name}`)).rows) lines.push(rowText(row))
    return Buffer.from(lines.join('\n'))
  } finally {
    await client.end()
  }
}
