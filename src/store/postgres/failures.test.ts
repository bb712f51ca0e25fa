/** A server that goes away: nothing is reported as done that may not be, and work goes on afterwards. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as dial, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { deafBus } from '../../../test/support/race.ts'
import type { Store } from '../../core/ports.ts'
import { commitStep, createPlanner } from '../../core/records/index.ts'
import { newHomeId } from '../../lib/ids.ts'
import { isStoreError } from '../errors.ts'
import { createPostgresStore } from './index.ts'

const path = 'contacts/b'

async function open(t: TestContext, url: string, more: { sessionTime?: number } = {}) {
  const clock = { now: () => Date.now() }
  const parts = { planner: createPlanner(), bus: deafBus, clock, poolSize: 4, ...more }
  const store = await createPostgresStore({ url, ...parts })
  t.after(() => store.close())
  const home = newHomeId()
  const input = { kind: 'person', owner: null, payer: null } as const
  await commitStep(store, { changes: [{ kind: 'create-home', home, input }] })
  return { store, home }
}

const put = (store: Store, home: number, id: string) =>
  commitStep(store, { changes: [{ kind: 'put', home, path, id }] })

/** The store's code, if the act was rejected with one. */
async function codeOf(act: Promise<unknown>): Promise<string | undefined> {
  try {
    await act
    return undefined
  } catch (error) {
    assert.ok(isStoreError(error), String(error))
    return error.code
  }
}

/** A server between the store and the real one, which can cut connections at a word of the client. */
async function cutter(t: TestContext, url: string) {
  const { searchParams, pathname } = new URL(url.replace('postgres:///', 'postgres://x/'))
  const folder = mkdtempSync(join(tmpdir(), 'essaim-cut-'))
  const sockets = new Set<Socket>()
  let cutAt: { word: string; passesOn: boolean } | undefined
  const server = createServer((client) => {
    const upstream = dial(join(searchParams.get('host') ?? '', '.s.PGSQL.5432'))
    for (const socket of [client, upstream]) {
      sockets.add(socket.on('error', () => socket.destroy()))
      socket.on('close', () => sockets.delete(socket))
    }
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    upstream.pipe(client)
    client.on('data', (data) => {
      if (cutAt && data.includes(cutAt.word)) {
        if (!cutAt.passesOn) return client.destroy()
        // The server does it, and its answer is lost.
        upstream.unpipe(client)
        client.destroy()
        cutAt = undefined
        return void upstream.write(data)
      }
      upstream.write(data)
    })
    client.removeAllListeners('close')
    client.on('close', () => setTimeout(() => upstream.destroy(), 200))
  })
  await new Promise<void>((resolve) => server.listen(join(folder, '.s.PGSQL.5432'), resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
    rmSync(folder, { recursive: true })
  })
  return {
    url: `postgres:///${pathname.slice(1)}?host=${encodeURIComponent(folder)}&user=essaim`,
    cut: (word: string, passesOn: boolean) => void (cutAt = { word, passesOn }),
    heal: () => void (cutAt = undefined),
  }
}

test('a commit whose answer is lost is reported as unknown, whether it was done or not', async (t) => {
  const url = await freshDatabase()
  const { url: throughCutter, cut, heal } = await cutter(t, url)
  const { store, home } = await open(t, throughCutter)
  cut('COMMIT', true)
  assert.equal(await codeOf(put(store, home, 'done')), 'store-unknown')
  cut('COMMIT', false)
  assert.equal(await codeOf(put(store, home, 'not-done')), 'store-unknown')
  heal()
  await put(store, home, 'after')
  await wait(300)
  const { records } = await store.list(home, path, {
    filters: [],
    sort: [{ field: 'id', descending: false }],
    limit: 10,
    deleted: false,
  })
  assert.deepEqual(
    records.map(({ id }) => id),
    ['after', 'done'],
  )
})

test('a transaction that is lost before its commit has not been done, and says so', async (t) => {
  const { url, cut, heal } = await cutter(t, await freshDatabase())
  const { store, home } = await open(t, url)
  cut('lock_homes', false)
  assert.equal(await codeOf(put(store, home, 'lost')), 'store-unavailable')
  heal()
  await put(store, home, 'after')
  assert.equal((await store.record(home, path, 'lost')).record, undefined)
})

test('a read whose connection is lost is answered over another one', async (t) => {
  const url = await freshDatabase()
  const { store, home } = await open(t, url)
  await put(store, home, 'a')
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  t.after(() => admin.end())
  for (let round = 0; round < 5; round++) {
    const kill = admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
    const [read] = await Promise.all([store.record(home, path, 'a'), kill])
    assert.equal(read.record?.id, 'a')
  }
})

test('after a crash of the server all that was acknowledged is there, and the store goes on by itself', async (t) => {
  const url = await freshDatabase()
  const { store, home } = await open(t, url)
  const acknowledged: string[] = []
  const codes = new Set<string>()
  let isOver = false
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let round = 0; !isOver; round++) {
      const id = `${writer}-${round}`
      const code = await codeOf(put(store, home, id))
      if (code === undefined) acknowledged.push(id)
      else codes.add(code)
    }
  })
  while (acknowledged.length < 50) await wait(5)
  const victim = new pg.Client({ connectionString: url })
  victim.on('error', () => {})
  await victim.connect()
  const [{ pid }] = (await victim.query('SELECT pg_backend_pid() AS pid')).rows as [{ pid: number }]
  // When one of its processes dies so, the server ends all others and recovers from its log.
  process.kill(pid, 'SIGKILL')
  const before = acknowledged.length
  while (acknowledged.length < before + 50) await wait(5)
  isOver = true
  await Promise.all(writers)
  for (const code of codes) assert.ok(['store-unknown', 'store-unavailable'].includes(code), code)
  const { records } = await store.list(home, path, {
    filters: [],
    sort: [{ field: 'id', descending: false }],
    limit: 10_000,
    deleted: false,
  })
  const stored = new Set(records.map(({ id }) => id))
  assert.deepEqual(
    acknowledged.filter((id) => !stored.has(id)),
    [],
  )
})

test('a server that cannot be reached is said to be unavailable', async () => {
  const url = `postgres:///nothing?host=${encodeURIComponent(join(tmpdir(), 'no-such-folder'))}&user=essaim`
  const parts = { planner: createPlanner(), bus: deafBus, clock: { now: () => Date.now() } }
  assert.equal(await codeOf(createPostgresStore({ url, ...parts })), 'store-unavailable')
})

test('a session that takes too long is rolled back, and its home is free again', async (t) => {
  const { store, home } = await open(t, await freshDatabase(), { sessionTime: 100 })
  const stepOf = (id: string) => ({ changes: [{ kind: 'put' as const, home, path, id }] })
  const slow = store.session([home], async (session) => {
    await commitStep(session, stepOf('slow'))
    await session.home(home)
    await wait(10_000, undefined, { ref: false })
  })
  assert.equal(await codeOf(slow), 'store-timeout')
  await put(store, home, 'after')
  assert.equal((await store.record(home, path, 'slow')).record, undefined)
})

test('what a session left unawaited reaches no other transaction', async (t) => {
  const { store, home } = await open(t, await freshDatabase())
  const late: Promise<unknown>[] = []
  await assert.rejects(
    store.session([home], async (session) => {
      late.push(
        commitStep(session, { changes: [{ kind: 'put', home, path, id: 'late' }] }),
        session.home(home),
        session.home(home),
      )
      throw new Error('enough')
    }),
    /enough/,
  )
  await put(store, home, 'other')
  await Promise.allSettled(late)
  assert.equal((await store.record(home, path, 'late')).record, undefined)
  assert.ok((await store.record(home, path, 'other')).record)
})

test('a closed store takes nothing in', async (t) => {
  const { store, home } = await open(t, await freshDatabase())
  await store.close()
  assert.equal(await codeOf(put(store, home, 'a')), 'store-closed')
  assert.equal(await codeOf(store.home(home)), 'store-closed')
  assert.equal(await codeOf(store.session([home], async () => {})), 'store-closed')
  assert.equal(await store.health(), false)
})
