/**
 * What Firefox Sync costs: an incremental sync that finds nothing, a thousand full objects read, a hundred written and
 * durable; per CPU-second of the server, in turns with the bare server, or with SQLite alone where that is the measure.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { load, loader, type Operation } from './load.ts'
import { type Measured, startBare, startEssaim } from './processes.ts'
import { call, objects, sign, storageOf } from './sync-storage.ts'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3)
/** Objects of a collection, and collections of them: more than the server keeps in memory. */
const each = 1_000
const collections = 40
const payload = 'x'.repeat(1_024)

interface Case {
  name: string
  atLeast: number
  method: Operation['method']
  path(n: number): string
  body?: string
  connections: number
  /** What one request counts for. */
  counts: number
  /** Requests that a second may bring, so that enough are signed. */
  most: number
  /** Instead of the bare server: what is read by SQLite alone, in a CPU-second. */
  sqlite?: true
}

const cases: Case[] = [
  {
    name: 'incremental sync that finds nothing',
    atLeast: 0.3,
    method: 'GET',
    path: () => '/info/collections',
    connections: 32,
    counts: 1,
    most: 40_000,
  },
  {
    name: 'GET of 1,000 full objects of 1 KB, to SQLite alone',
    atLeast: 0.6,
    method: 'GET',
    path: (n) => `/storage/c${n % collections}?full=1&limit=${each}`,
    connections: 8,
    counts: each,
    most: 2_000,
    sqlite: true,
  },
  {
    name: 'durable POST of 100 objects of 1 KB (objects)',
    atLeast: 0.3,
    method: 'POST',
    path: (n) => `/storage/p${n % 8}`,
    body: JSON.stringify(objects(0, 100, payload)),
    connections: 16,
    counts: 100,
    most: 2_000,
  },
]

/** Objects that SQLite reads in a CPU-second, from the same file and in the same order, with nothing made of them. */
function alone({ data }: Measured): number {
  const database = new DatabaseSync(join(data, 'essaim.db'), { readOnly: true })
  const contents = database
    .prepare("SELECT home_id, cid FROM collection WHERE path LIKE 'sync/%/c%' AND cid IS NOT NULL")
    .all()
  const list = database.prepare(
    'SELECT id, modified, data FROM record WHERE home_id = ? AND cid = ? ORDER BY modified, id LIMIT 1000',
  )
  const before = process.cpuUsage()
  let read = 0
  for (let i = 0; i < 2 * contents.length; i++) {
    const { home_id: home = 0, cid = 0 } = contents[i % contents.length]!
    read += list.all(home, cid).length
  }
  const { user, system } = process.cpuUsage(before)
  database.close()
  return read / ((user + system) / 1e6)
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const bare = await startBare()
const server = await startEssaim({ ESSAIM_QUOTA: '100GiB' })
try {
  const storage = await storageOf(server)
  for (let c = 0; c < collections; c++)
    for (let from = 0; from < each; from += 100)
      await call(server, storage, 'POST', `/storage/c${c}`, objects(from, 100, payload))
  process.stdout.write(`Load by ${loader}, ${rounds} rounds of ${seconds} s each.\n\n`)
  process.stdout.write(
    '| operation | per CPU-second | per second | ratio | at least |\n|---|---|---|---|---|\n',
  )
  for (const { name, atLeast, method, path, body, connections, counts, most, sqlite } of cases) {
    const ratios: number[] = []
    const [perCpu, perSecond]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      const plain = sqlite
        ? alone(server)
        : (await load(bare, { method: 'GET', path: '/', connections }, seconds)).perCpu
      const signed = Array.from({ length: most * (seconds + 1) }, (_, n) =>
        sign(server, storage, method, path(n)),
      )
      const headers = { 'Content-Type': 'application/json' }
      const operation = {
        method,
        path: '/',
        connections,
        headers,
        signed,
        ...(body === undefined ? {} : { body }),
      }
      const ours = await load(server, operation, seconds)
      if (ours.failed > 0) throw new Error(`${name}: ${ours.failed} of ${ours.answered} failed`)
      ratios.push((ours.perCpu * counts) / plain)
      perCpu.push(ours.perCpu * counts)
      perSecond.push(ours.perSecond * counts)
    }
    const figures = [Math.round(median(perCpu)), Math.round(median(perSecond)), median(ratios).toFixed(2)]
    process.stdout.write(`| ${name} | ${figures.join(' | ')} | ${atLeast.toFixed(2)} |\n`)
  }
} finally {
  await Promise.all([bare.stop(), server.stop()])
}
