/**
 * Whether Firefox Sync keeps its speed: a collection of 1,000,000 objects beside one of 1,000, and visits of 100,000
 * people of 100 objects each beside those of 100. What many have is copied into the database from what one has, beside
 * the server; then both are asked over HTTP, in turns. Takes some minutes and 5 GB of disk;
 * `node bench/sync-scale.ts [people] [objects]` does it with fewer.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openKeyFile } from '../src/identity/secret.ts'
import { writeOffset } from '../src/protocols/sync/query.ts'
import { makeToken, type TokenData, tokenSecret } from '../src/protocols/sync/tokenlib.ts'
import { load, type Operation } from './load.ts'
import { type Measured, startEssaim } from './processes.ts'
import { call, objects, sign, type Storage, storageOf } from './sync-storage.ts'

const [people = 100_000, many = 1_000_000] = process.argv.slice(2).map(Number)
const few = 1_000
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 2)
const payload = 'x'.repeat(200)

/** Sorts and ends of each collection that everybody has: 100 objects in all. */
const kinds = { meta: 1, clients: 2, tabs: 2, bookmarks: 45, history: 50 }

/** Lengthens a collection by copies of its first object, all at times of their own, a hundred at each. */
function lengthen(database: DatabaseSync, path: string, count: number): void {
  const own = database
    .prepare('SELECT home_id, cid, clock FROM collection WHERE path = ? AND cid IS NOT NULL')
    .get(path) as { home_id: number; cid: number; clock: number }
  const { home_id: home, cid, clock } = own
  const { seq } = database.prepare('SELECT seq FROM home WHERE home_id = ?').get(home) as { seq: number }
  const [first] = database
    .prepare('SELECT * FROM record WHERE home_id = ? AND cid = ? LIMIT 1')
    .all(home, cid)
  const { size, data } = first as { size: number; data: string }
  database.exec('BEGIN IMMEDIATE')
  database
    .prepare(
      `INSERT INTO record (home_id, cid, id, modified, seq, deleted, size, data)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT ?, ?, printf('c%07d', i), CAST(? AS INTEGER) - 10 * ((CAST(? AS INTEGER) - i) / 100) - 10, ? + i, 0, ?, ? FROM n`,
    )
    .run(count, home, cid, clock, count, seq, size, data)
  const end = seq + count
  database
    .prepare(
      'UPDATE collection SET records = records + ?, bytes = bytes + ?, deep_seq = ? WHERE home_id = ? AND cid = ?',
    )
    .run(count, count * size, end, home, cid)
  database
    .prepare('UPDATE home SET seq = ?, records = records + ?, bytes = bytes + ? WHERE home_id = ?')
    .run(end, count, count * size, home)
  database.exec('COMMIT')
}

/** Tables with what a person has, each with the columns that differ from person to person. */
function copyPeople(
  database: DatabaseSync,
  uid: number,
  count: number,
  storageFor: (n: number) => Storage,
): Storage[] {
  const user = database.prepare('SELECT home_id, account_id FROM sync_user WHERE uid = ?').get(uid) as {
    home_id: number
    account_id: string
  }
  const { home_id: home, account_id: account } = user
  const copy = (table: string, where: string, changed: Record<string, string>) => {
    const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as {
      name: string
    }[]
    const names = columns.map(({ name }) => name)
    const values = names.map((name) => changed[name] ?? name)
    return database.prepare(
      `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${table} WHERE ${where}`,
    )
  }
  const path = `replace(path, 'sync/${uid}', 'sync/' || CAST(:uid AS INTEGER))`
  const parent = `replace(parent, 'sync/${uid}', 'sync/' || CAST(:uid AS INTEGER))`
  const name = `CASE WHEN path = 'sync/${uid}' THEN CAST(CAST(:uid AS INTEGER) AS TEXT) ELSE name END`
  const isGrant = `grant_id IN (SELECT grant_id FROM app_grant WHERE account_id = '${account}' AND kind = 'token')`
  const owner = `replace(owner, '${account}', :account)`
  const statements = [
    copy('home', `home_id = ${home}`, { home_id: ':home', owner }),
    copy('account', `account_id = '${account}'`, {
      account_id: ':account',
      login: ':account',
      folded: ':account',
      role: "'person'",
      home_id: ':home',
    }),
    copy('app_grant', isGrant, { grant_id: "'g' || :account", account_id: ':account' }),
    copy('grant_scope', isGrant, { grant_id: "'g' || :account", home_id: ':home' }),
    copy('sync_user', `uid = ${uid}`, { uid: ':uid', account_id: ':account', home_id: ':home' }),
    copy('collection', `home_id = ${home}`, { home_id: ':home', path, parent, name }),
    copy('record', `home_id = ${home}`, { home_id: ':home' }),
  ]
  for (const statement of statements) statement.setAllowUnknownNamedParameters(true)
  const made: Storage[] = []
  for (let from = 0; from < count; from += 1_000) {
    database.exec('BEGIN IMMEDIATE')
    for (let n = from; n < Math.min(count, from + 1_000); n++) {
      const storage = storageFor(n)
      const values = { uid: storage.uid, home: 5_000_000_000_000 + n, account: `p${n}` }
      for (const statement of statements) statement.run(values)
      made.push(storage)
    }
    database.exec('COMMIT')
  }
  return made
}

/** What a Firefox asks that has nothing to send and finds nothing. */
const idle = [
  '/info/collections',
  '/info/configuration',
  '/storage/meta/o0',
  '/storage/clients?full=1&limit=1000',
  '/info/collections',
  '/storage/tabs?full=1&limit=1000',
]

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

interface Pair {
  name: string
  method: Operation['method']
  /** The path of a request and whose it is, of the small and of the large. */
  small: (n: number) => [Storage, string]
  large: (n: number) => [Storage, string]
  body?: string
  connections: number
  most: number
}

async function compare(
  server: Measured,
  { name, method, small, large, body, connections, most }: Pair,
): Promise<void> {
  const speeds: [number[], number[]] = [[], []]
  const headers = { 'Content-Type': 'application/json' }
  for (let round = 0; round < rounds; round++) {
    for (const [i, request] of [small, large].entries()) {
      const signed = Array.from({ length: most * (seconds + 1) }, (_, n) => {
        const [storage, path] = request(round * most * (seconds + 1) + n)
        return sign(server, storage, method, path)
      })
      const sent = body === undefined ? {} : { body }
      const found = await load(server, { method, path: '/', connections, headers, signed, ...sent }, seconds)
      if (found.failed > 0) throw new Error(`${name}: ${found.failed} of ${found.answered} failed`)
      speeds[i]!.push(found.perCpu)
    }
  }
  const [before, after] = [median(speeds[0]), median(speeds[1])]
  process.stdout.write(
    `| ${name} | ${Math.round(before)} | ${Math.round(after)} | ${(after / before).toFixed(2)} |\n`,
  )
}

const folder = await mkdtemp(join(tmpdir(), 'essaim-bench-'))
const options = { ESSAIM_QUOTA: '100GiB' }
let server = await startEssaim(options, folder)
try {
  const storage = await storageOf(server)
  for (const [kind, count] of Object.entries(kinds))
    await call(server, storage, 'POST', `/storage/${kind}`, objects(0, count, payload))
  // What is written beside the server has to be there before it looks.
  await server.stop()
  const began = performance.now()
  const database = new DatabaseSync(join(server.data, 'essaim.db'))
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -200000')
  const lock = () => ({ release() {} })
  const { ring } = openKeyFile(join(server.data, 'secret'), { lock, onError() {} })
  const secret = tokenSecret(ring.derive('sync tokens', ring.generations.at(-1)!))
  const said = JSON.parse(Buffer.from(storage.id, 'base64url').subarray(0, -32).toString()) as TokenData
  const crowd = copyPeople(database, storage.uid, people, (n) => {
    const uid = 6_000_000_000_000 + n
    const essaim = { account: `p${n}`, grant: `gp${n}` }
    return { uid, ...makeToken(secret, { ...said, uid, fxa_uid: `p${n}`, essaim }) }
  })
  lengthen(database, `sync/${storage.uid}/bookmarks`, few)
  lengthen(database, `sync/${storage.uid}/history`, many)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  const size = (await stat(join(server.data, 'essaim.db'))).size / 2 ** 30
  process.stdout.write(
    `Filled in ${Math.round((performance.now() - began) / 1_000)} s: ${size.toFixed(1)} GiB.\n\n`,
  )

  server = await startEssaim(options, folder)
  process.stdout.write('| operation | small | large | ratio |\n|---|---|---|---|\n')
  const collections = (path: (collection: string) => string) => ({
    small: (): [Storage, string] => [storage, path('bookmarks')],
    large: (): [Storage, string] => [storage, path('history')],
  })
  // As many people at a time as connections, each with these requests one after the other.
  const visits = (paths: readonly string[]) => {
    const place = (n: number) => {
      const visit = Math.floor(n / (32 * paths.length)) * 32 + (n % 32)
      return [visit, paths[Math.floor(n / 32) % paths.length]!] as const
    }
    return {
      small: (n: number): [Storage, string] => [crowd[place(n)[0] % 100]!, place(n)[1]],
      large: (n: number): [Storage, string] => [crowd[(place(n)[0] * 7_919) % people]!, place(n)[1]],
    }
  }
  const body = (count: number) => JSON.stringify(objects(0, count, payload))
  const { text } = await call(server, storage, 'GET', '/info/collections')
  const times = JSON.parse(text) as Record<string, number>
  const clock = (collection: string) => Math.round(times[collection]! * 1_000)
  const middle = (collection: string, count: number) =>
    writeOffset('oldest', { id: 'c', modified: clock(collection) - 10 * Math.floor(count / 200), data: '' })
  const pairs: Pair[] = [
    {
      name: `${few} or ${many} objects: GET of the 150 that are newer`,
      method: 'GET',
      ...collections(
        (one) => `/storage/${one}?full=1&sort=oldest&limit=1000&newer=${(clock(one) - 15) / 1_000}`,
      ),
      connections: 8,
      most: 10_000,
    },
    {
      name: 'GET of the newest 300',
      method: 'GET',
      ...collections((one) => `/storage/${one}?full=1&sort=newest&limit=300`),
      connections: 8,
      most: 6_000,
    },
    {
      name: 'GET of 300 from the middle on',
      method: 'GET',
      ...collections(
        (one) => `/storage/${one}?full=1&limit=300&offset=${middle(one, one === 'history' ? many : few)}`,
      ),
      connections: 8,
      most: 6_000,
    },
    {
      name: 'durable POST of 100',
      method: 'POST',
      ...collections((one) => `/storage/${one}`),
      body: body(100),
      connections: 8,
      most: 2_000,
    },
    {
      name: `100 or ${people} people: requests of a sync that finds nothing, six in turn`,
      method: 'GET',
      ...visits(idle),
      connections: 32,
      most: 30_000,
    },
    {
      name: 'the first of them alone, each another person’s',
      method: 'GET',
      ...visits(idle.slice(0, 1)),
      connections: 32,
      most: 30_000,
    },
    {
      name: 'GET of 45 full objects',
      method: 'GET',
      ...visits(['/storage/bookmarks?full=1&limit=1000']),
      connections: 32,
      most: 20_000,
    },
    {
      name: 'durable POST of 2',
      method: 'POST',
      ...visits(['/storage/tabs']),
      body: body(2),
      connections: 32,
      most: 20_000,
    },
  ]
  for (const pair of pairs) await compare(server, pair)
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
