/**
 * What apps cost: proving a token from memory and from the store, and an account with 10,000 apps, each with five
 * scopes and a week of use, and 1,000 sessions. Prints times of one call, the median of many; `BENCH_POSTGRES` measures
 * a PostgreSQL database instead of a SQLite file.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAccounts } from '../src/core/accounts/index.ts'
import { createApps } from '../src/core/apps/index.ts'
import { createPermissions } from '../src/core/permissions/index.ts'
import type { Row, Store, TableName } from '../src/core/ports.ts'
import { type Change, commitStep, createPlanner } from '../src/core/records/index.ts'
import { doors, scopes } from '../src/doors.ts'
import { createBearer } from '../src/identity/bearer.ts'
import { keyRing } from '../src/lib/sealed.ts'

const grants = 10_000
const sessions = 1_000
const today = Math.floor(Date.now() / 86_400_000)

const folder = mkdtempSync(join(tmpdir(), 'essaim-bench-tokens-'))
const clock = { now: () => Date.now() }
const bus = { publish() {}, listen: () => () => {}, listenAll: () => () => {}, async close() {} }
const onError = (error: unknown) => {
  throw error
}

async function openStore(): Promise<Store> {
  const parts = { planner: createPlanner(), bus, clock, onError }
  const url = process.env['BENCH_POSTGRES']
  if (url === undefined) {
    const { createSqliteStore } = await import('../src/store/sqlite/index.ts')
    return createSqliteStore({ path: join(folder, 'db'), ...parts })
  }
  const { createPostgresStore } = await import('../src/store/postgres/index.ts')
  return createPostgresStore({ url, saveTo: folder, ...parts })
}

const store = await openStore()
const keys = keyRing(new Map([[1, new Uint8Array(32).fill(7)]]))
const purges = doors.map(({ purge }) => purge)
const accounts = createAccounts({ store, clock, keys, quota: 1e9, unsafeTest: true, purges, onError })
const { explain } = createPermissions({ store, clock })
const apps = createApps({
  store,
  clock,
  registry: scopes,
  onError,
  explain,
  spaceName: async () => undefined,
})
const alice = await accounts.create({ login: `bench-${Date.now()}` })

async function put(table: TableName, rows: Row[]): Promise<void> {
  for (let at = 0; at < rows.length; at += 1_000)
    await commitStep(store, {
      changes: rows.slice(at, at + 1_000).map((row): Change => ({ kind: 'row', table, put: row })),
    })
}

/** Milliseconds of one call: the median. */
async function median(times: number, act: (i: number) => Promise<unknown> | void): Promise<number> {
  const taken: number[] = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await act(i)
    taken.push(performance.now() - start)
  }
  return taken.toSorted((a, b) => a - b)[times >> 1]!
}

const say = (what: string, ms: number) => {
  const told = ms < 0.1 ? `${(ms * 1_000).toFixed(2)} µs` : `${ms.toFixed(1)} ms`
  process.stdout.write(`${what.padEnd(58)} ${told}\n`)
}

const five = ['kinto:default/notes:rw', 'kinto:default/tasks:r', 'recipes:rw', 'letters:r', 'openid']
const { text, grant } = await apps.createToken(alice.id, { name: 'bench', scopes: five })
const header = `Bearer ${text}`
const bearer = createBearer({ accounts, tokens: apps, store, clock })
await bearer.verify(header)
await new Promise((resolve) => setTimeout(resolve, 100))
await bearer.verify(header)
if (store.version('token') !== undefined) {
  const many = 200_000
  for (let i = 0; i < many; i++) bearer.cached(header)
  // Of the processor alone: it is a part of every request.
  const start = process.cpuUsage()
  for (let i = 0; i < many; i++) if (!bearer.cached(header)) throw new Error('forgotten')
  const { user, system } = process.cpuUsage(start)
  say('a token that is in memory', (user + system) / 1_000 / many)
}
say('a token from the store', await median(500, () => bearer.verify(header)))
say('the list of apps, alone', await median(20, () => apps.apps(alice.id, { language: 'en' })))

const [row] = await store.rows('app_grant', { grant_id: grant.id })
const scopeRows = await store.rows('grant_scope', { grant_id: grant.id })
const ids = Array.from({ length: grants - 1 }, (_, i) => `g${String(i).padStart(6, '0')}${alice.id}`)
await put(
  'app_grant',
  ids.map((id) => ({ ...row, grant_id: id, label: `App ${id}` })),
)
await put(
  'grant_scope',
  ids.flatMap((id) => scopeRows.map((scope) => ({ ...scope, grant_id: id }))),
)
await put(
  'token',
  ids.map((id) => ({
    hash: id,
    kind: 'access',
    grant_id: id,
    account_id: alice.id,
    created: 1,
    expires: null,
    data: null,
  })),
)
const places = JSON.stringify({ last: Date.now(), places: [`${alice.home}:kinto/collections/notes`] })
await put(
  'grant_use',
  ids.flatMap((id) =>
    Array.from({ length: 7 }, (_, i) => ({
      grant_id: id,
      day: today - i,
      account_id: alice.id,
      count: 9,
      places,
    })),
  ),
)
const begin = async () => {
  const account = (await accounts.byId(alice.id))!
  return accounts.beginSession({ account, method: 'password', fresh: true, address: '', agent: 'bench' })
}
await begin()
const [session] = await store.rows('session', { account_id: alice.id })
await put(
  'session',
  Array.from({ length: sessions - 2 }, (_, i) => ({
    ...session,
    session_id: `${alice.id}${i}`,
    hash: `${alice.id}${i}`,
  })),
)
process.stdout.write(`\nwith ${grants} apps and ${sessions} sessions:\n`)
say('a token from the store', await median(500, () => bearer.verify(header)))
say('a page of the list (100 apps)', await median(10, () => apps.apps(alice.id, { language: 'en' })))
const after = ids[grants >> 1]!
say('a page from the middle', await median(10, () => apps.apps(alice.id, { language: 'en', after })))
say('what was of no use for 60 days', await median(5, () => apps.unusedSince(alice.id, 2)))
say('taking one back', await median(20, (i) => accounts.revokeGrant(alice.id, ids[i]!)))
say(
  'making one',
  await median(20, async () => void (await apps.createToken(alice.id, { name: 'x', scopes: ['openid'] }))),
)
say('signing in', await median(10, async () => void (await begin())))
say('the list of sessions', await median(10, () => accounts.sessions(alice.id)))
say(
  'taking 500 back at once',
  await median(3, (i) => accounts.revokeGrants(alice.id, ids.slice(1_000 + i * 500, 1_500 + i * 500))),
)
say('ending the account', await median(1, () => accounts.remove(alice.id)))
await store.close()
rmSync(folder, { recursive: true })
