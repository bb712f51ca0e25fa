import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { freshDatabase } from '../../test/support/postgres.ts'
import { deafBus } from '../../test/support/race.ts'
import type { BlobName, Blobs, Store } from '../core/ports.ts'
import { type Change, commitStep, createPlanner } from '../core/records/index.ts'
import { readBackup, restoreBackup, type Target, writeBackup } from './backup.ts'
import { openBackup } from './backup-file.ts'
import { type DumpPiece, restored } from './dump.ts'
import { createPostgresStore } from './postgres/index.ts'
import { migrations as postgresMigrations } from './postgres/migrations.ts'
import { createSqliteStore } from './sqlite/index.ts'
import { migrations as sqliteMigrations } from './sqlite/migrations.ts'

const kinds = ['sqlite', 'postgres'] as const
type Kind = (typeof kinds)[number]

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-backup-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

async function targetOf(kind: Kind, folder: string): Promise<Target> {
  if (kind === 'postgres') return { kind, url: await freshDatabase() }
  return { kind, path: join(mkdtempSync(join(folder, 'data-')), 'essaim.db') }
}

async function open(target: Target): Promise<Store> {
  const parts = { planner: createPlanner(), bus: deafBus, clock: { now: () => Date.now() } }
  return target.kind === 'sqlite'
    ? createSqliteStore({ path: target.path, ...parts })
    : createPostgresStore({ url: target.url, ...parts, poolSize: 4 })
}

async function withStore<T>(target: Target, act: (store: Store) => Promise<T>): Promise<T> {
  const store = await open(target)
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

/** Blobs in memory, as much of the port as a backup needs. */
function memoryBlobs(): Blobs & { held: Map<string, Buffer> } {
  const held = new Map<string, Buffer>()
  const key = (home: number, hash: string) => `${home}/${hash}`
  const blobs: Pick<Blobs, 'put' | 'get' | 'has'> = {
    async put(home, source, { hash: expected }): Promise<BlobName> {
      const parts: Uint8Array[] = []
      for await (const part of source) parts.push(part)
      const bytes = Buffer.concat(parts)
      const hash = hashOf(bytes)
      assert.equal(hash, expected ?? hash)
      held.set(key(home, hash), bytes)
      return { hash, size: bytes.length }
    },
    async get(home, hash) {
      const bytes = held.get(key(home, hash))
      if (!bytes) return undefined
      return { size: bytes.length, start: 0, length: bytes.length, stream: Readable.from(inPieces(bytes)) }
    },
    has: async (home, hash) => held.has(key(home, hash)),
  }
  return Object.assign(blobs as Blobs, { held })
}

function* inPieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000)
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

interface Content {
  records: {
    id: string
    value: unknown
    body: Uint8Array | null
    blob: number | undefined
    deleted: boolean
  }[]
  principals: string[]
}

const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !/\0/.test(text))
const content: fc.Arbitrary<Content> = fc.record({
  records: fc.uniqueArray(
    fc.record({
      id,
      // NUL, lone surrogates and whatever else JSON escapes.
      value: fc.oneof(fc.jsonValue(), fc.constant('\0 \ud800 \u2028')),
      body: fc.option(fc.uint8Array({ maxLength: 300 })),
      blob: fc.option(fc.integer({ min: 0, max: 700_000 }), { nil: undefined, freq: 5 }),
      deleted: fc.boolean(),
    }),
    { selector: (record) => record.id, maxLength: 30 },
  ),
  principals: fc.uniqueArray(id, { maxLength: 5 }),
})

const home = 0xabc_def_012_345

/** Fills a store with something in every table. */
async function fill(store: Store, blobs: Blobs, { records, principals }: Content): Promise<void> {
  const step = (...changes: Change[]) => commitStep(store, { changes })
  const far = Date.now() + 1e9
  await step({
    kind: 'create-home',
    home,
    input: { kind: 'person', owner: 'account:a', payer: null, maxBytes: 1e12 },
  })
  await step(
    { kind: 'create-home', home: home + 1, input: { kind: 'space', owner: null, payer: home } },
    { kind: 'make', home: home + 1, path: 'contacts/b' },
    { kind: 'put', home: home + 1, path: 'sync/tabs', id: 'x', data: '{}', expires: far },
    { kind: 'put', home: home + 1, path: 'rs/a/b', id: 'x', data: '{}' },
    { kind: 'row', table: 'bucket', put: { bucket_id: '', home_id: null, modified: 5, deleted: 0 } },
    { kind: 'row', table: 'bucket', put: { bucket_id: 'b', home_id: home + 1, modified: 5, deleted: 0 } },
    {
      kind: 'row',
      table: 'token',
      put: { hash: 'h', kind: 'k', grant_id: null, account_id: 'a', created: 1, expires: null, data: null },
    },
    { kind: 'enqueue', home, name: 'q', topic: 't', expires: far, head: 'head', body: Buffer.from([0, 255]) },
    { kind: 'stage', home, batch: 'b', expires: far, items: [{ id: 'x', change: { set: { a: '\0' } } }] },
  )
  for (const principal of principals) {
    await step({ kind: 'access', home, path: 'contacts', principal, source: 's', bits: 3 })
    await step({ kind: 'access', home, path: 'contacts', principal, source: 's', bits: 0 })
  }
  for (const { id: name, value, body, blob, deleted } of records) {
    const place = { home, path: 'contacts/b', id: name }
    const bytes = blob === undefined ? undefined : Buffer.alloc(blob, name)
    const stored =
      bytes && (await blobs.put(home, Readable.from(inPieces(bytes)), { maxBytes: bytes.length }))
    await step({
      kind: 'put',
      ...place,
      data: JSON.stringify({ value }),
      body: stored ? null : body,
      blob: stored ?? null,
    })
    if (deleted) await step({ kind: 'delete', ...place })
  }
  await step({ kind: 'index', home, path: 'contacts/b', fields: ['value'] })
  while ((await store.sweep()).more);
  await step({ kind: 'drop', home: home + 1, path: 'rs' })
}

async function piecesOf(
  file: string,
  change = (piece: DumpPiece) => piece,
): Promise<Record<string, unknown[]>> {
  const backup = openBackup(file)
  const tables: Record<string, unknown[]> = {}
  for await (const piece of backup.pieces()) {
    const { table, columns, rows } = change(piece)
    const plain = (cell: unknown) => (cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : cell)
    const named = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, plain(row[at])])))
    tables[table] = [...(tables[table] ?? []), ...named]
  }
  backup.close()
  return tables
}

for (const from of kinds)
  for (const to of kinds)
    test(`a backup of ${from} restored into ${to} holds every row and blob, in a new epoch`, async (t) => {
      const folder = folderOf(t)
      let round = 0
      await fc.assert(
        fc.asyncProperty(content, async (wanted) => {
          const [first, second] = [join(folder, `a${round}`), join(folder, `b${round++}`)]
          const [blobs, others] = [memoryBlobs(), memoryBlobs()]
          const source = await targetOf(from, folder)
          await withStore(source, async (store) => {
            await fill(store, blobs, wanted)
            assert.deepEqual(await writeBackup({ store, blobs, file: first }), { missing: [] })
          })
          const now = Date.now() + 1_000_000
          const target = await targetOf(to, folder)
          const counts = await restoreBackup({ file: first, into: target, blobs: others, now })
          const live = wanted.records.filter(({ deleted }) => !deleted)
          assert.deepEqual(counts, { homes: 2, records: live.length + 1, missing: [] })
          await withStore(target, async (store) => {
            await writeBackup({ store, blobs: others, file: second })
            assert.equal((await store.home(home))?.epoch, now)
            assert.equal((await store.collection(home, 'contacts/b')).collection?.clock, now + 1)
            assert.equal(
              (await store.collection(home + 1, 'sync')).collection?.clock,
              Math.ceil((now + 1) / 10) * 10,
            )
            assert.equal((await store.rows('bucket', { bucket_id: '' }))[0]?.['modified'], now + 1)
            // It goes on from there.
            await commitStep(store, { changes: [{ kind: 'put', home, path: 'contacts/b', id: 'after' }] })
          })
          assert.deepEqual(await piecesOf(second), await piecesOf(first, (piece) => restored(piece, now)))
          const referred = live.filter(({ blob }) => blob !== undefined)
          assert.deepEqual(
            [...others.held.keys()].sort(),
            [
              ...new Set(referred.map((one) => `${home}/${hashOf(Buffer.alloc(one.blob ?? 0, one.id))}`)),
            ].sort(),
          )
        }),
        { numRuns: 3 },
      )
    })

test('a backup is taken while others write, and is of one moment', async (t) => {
  const folder = folderOf(t)
  for (const kind of kinds) {
    const target = await targetOf(kind, folder)
    const file = join(folder, kind)
    await withStore(target, async (store) => {
      await commitStep(store, {
        changes: [{ kind: 'create-home', home, input: { kind: 'person', owner: null, payer: null } }],
      })
      let isOver = false
      const put = (path: string, name: string): Change => ({ kind: 'put', home, path, id: name })
      const writing = (async () => {
        for (let i = 0; !isOver; i++) {
          await commitStep(store, { changes: [put('contacts/a', `r${i}`), put('contacts/b', `r${i}`)] })
        }
      })()
      while (((await store.home(home))?.records ?? 0) < 200)
        await new Promise((resolve) => setImmediate(resolve))
      await writeBackup({ store, blobs: memoryBlobs(), file })
      isOver = true
      await writing
    })
    const { home: homes, record, collection } = await piecesOf(file)
    const [row] = homes as { records: number; seq: number }[]
    assert.equal(record?.length, row?.records)
    const counts = (collection as { records: number }[]).map(({ records }) => records)
    assert.deepEqual(counts, [(record?.length ?? 0) / 2, (record?.length ?? 0) / 2])
  }
})

test('a backup never replaces a file, and one that fails leaves none', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'backup')
  await withStore(await targetOf('sqlite', folder), async (store) => {
    const blobs = memoryBlobs()
    await fill(store, blobs, {
      records: [{ id: 'a', value: 1, body: null, blob: 10, deleted: false }],
      principals: [],
    })
    writeFileSync(file, 'precious')
    await assert.rejects(writeBackup({ store, blobs, file }), { code: 'backup-exists' })
    assert.equal(readFileSync(file, 'utf8'), 'precious')
    rmSync(file)
    const broken = { ...blobs, get: () => Promise.reject(new Error('unreadable')) }
    await assert.rejects(writeBackup({ store, blobs: broken, file }), /unreadable/)
    assert.deepEqual(
      readdirSync(folder).filter((name) => !name.startsWith('data-')),
      [],
    )
    const nothing = { ...blobs, get: async () => undefined }
    const { missing } = await writeBackup({ store, blobs: nothing, file })
    assert.deepEqual(missing, [{ home, hash: hashOf(Buffer.alloc(10, 'a')), size: 10 }])
    assert.equal(statSync(file).mode & 0o777, 0o600)
  })
})

test('a store that holds anything is restored into only when told so', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'backup')
  const some: Content = { records: [], principals: ['p'] }
  const blobs = memoryBlobs()
  await withStore(await targetOf('sqlite', folder), async (store) => {
    await fill(store, blobs, some)
    await writeBackup({ store, blobs, file })
  })
  for (const kind of kinds) {
    const into = await targetOf(kind, folder)
    await restoreBackup({ file, into, blobs, now: 1 })
    await withStore(into, (store) =>
      commitStep(store, { changes: [{ kind: 'put', home, path: 'contacts/b', id: 'since' }] }),
    )
    await assert.rejects(restoreBackup({ file, into, blobs, now: 2 }), { code: 'backup-target' })
    await withStore(into, async (store) => {
      assert.ok((await store.record(home, 'contacts/b', 'since')).record)
      if (kind === 'postgres') {
        await assert.rejects(restoreBackup({ file, into, blobs, now: 3, replace: true }), {
          code: 'backup-target',
        })
      }
    })
    await restoreBackup({ file, into, blobs, now: 4, replace: true })
    await withStore(into, async (store) => {
      assert.equal((await store.record(home, 'contacts/b', 'since')).record, undefined)
      assert.ok(await store.home(home))
    })
  }
})

test('what is no whole backup, or of a newer program, is refused before anything is touched', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'backup')
  const into = await targetOf('sqlite', folder)
  const blobs = memoryBlobs()
  const source = await targetOf('sqlite', folder)
  await withStore(source, async (store) => {
    const records = Array.from({ length: 200 }, (_, i) => ({
      id: `r${i}`,
      value: 'x'.repeat(500),
      body: null,
      blob: undefined,
      deleted: false,
    }))
    await fill(store, blobs, { records, principals: [] })
    await writeBackup({ store, blobs, file, now: 17 })
  })
  assert.deepEqual(readBackup(file), { version: sqliteMigrations.length, made: 17 })
  const refused = async (code: string) => {
    await assert.rejects(restoreBackup({ file, into, blobs, now: 1 }), { code })
    assert.ok(into.kind === 'sqlite' && !existsSync(into.path))
  }
  const whole = readFileSync(file)
  truncateSync(file, Math.floor(whole.length / 2 / 4096) * 4096)
  await refused('backup-damaged')
  writeFileSync(file, 'no database at all'.repeat(100))
  await refused('backup-damaged')
  rmSync(file)
  await refused('backup-damaged')
  // A store's own file is not a backup.
  writeFileSync(file, readFileSync((source as { path: string }).path))
  await refused('backup-damaged')
  writeFileSync(file, whole)
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(file)
  database.exec(`UPDATE meta SET value = '${sqliteMigrations.length + 1}' WHERE key = 'schema'`)
  database.close()
  await refused('store-newer')
})

test('both stores number their schemas alike', () => {
  assert.equal(postgresMigrations.length, sqliteMigrations.length)
})
