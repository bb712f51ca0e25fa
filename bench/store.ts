/**
 * The SQLite store by itself, without HTTP: `node bench/store.ts [seconds]`. Prints operations per
 * second, per CPU-second of the process with all its threads, and microseconds of CPU for each.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commitStep, createPlanner } from '../src/core/records/index.ts'
import { createLocalBus } from '../src/bus/local.ts'
import { newHomeId } from '../src/lib/ids.ts'
import { createSqliteStore } from '../src/store/sqlite/index.ts'

const seconds = Number(process.argv[2] ?? 2)
const folder = mkdtempSync(join(tmpdir(), 'essaim-bench-'))
const bus = createLocalBus({
  onError(error) {
    throw error
  },
})
const store = await createSqliteStore({
  path: join(folder, 'essaim.db'),
  planner: createPlanner(),
  bus,
  clock: { now: () => Date.now() },
})

/** Runs an operation with so many callers at a time, for some seconds after a warm-up. */
async function measure(name: string, callers: number, operation: (n: number) => Promise<unknown>, times = 1) {
  let done = 0
  let isOver = false
  const call = async () => {
    while (!isOver) await operation(done++)
  }
  const warm = Promise.all(Array.from({ length: callers }, call))
  await pause(seconds * 250)
  const [from, began, cpu] = [done, performance.now(), process.cpuUsage()]
  await pause(seconds * 1_000)
  const count = (done - from) * times
  const time = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  isOver = true
  await warm
  const busy = (user + system) / 1e6
  const figures = [count / time, count / busy].map((figure) =>
    Math.round(figure).toLocaleString('en').padStart(9),
  )
  console.log(name.padEnd(44), ...figures, ((busy * 1e6) / count).toFixed(2).padStart(9))
}

// A read resolves at once: without this the loop would never come to its timers.
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const turn = () => new Promise((resolve) => setImmediate(resolve))
/** Reads one after the other, many in a turn. */
function measureReads(name: string, times: number, read: (n: number) => Promise<unknown>) {
  const inTurn = async (n: number) => {
    for (let i = 0; i < times; i++) await read(n * times + i)
    await turn()
  }
  return measure(name, 1, inTurn, times)
}

const home = newHomeId()
const paths = Array.from({ length: 10 }, (_, i) => `contacts/c${i}`)
await commitStep(store, {
  changes: [
    { kind: 'create-home', home, input: { kind: 'person', owner: null, payer: null } },
    ...paths.map((path) => ({ kind: 'make' as const, home, path })),
  ],
})
const data = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - 11) })
const fill = async (path: string, count: number, bytes: number) => {
  for (let from = 0; from < count; from += 500) {
    const changes = Array.from({ length: 500 }, (_, i) => ({
      kind: 'put' as const,
      home,
      path,
      id: `r${from + i}`,
      data: data(bytes),
    }))
    await commitStep(store, { changes })
  }
}

console.log(''.padEnd(44), 'per s'.padStart(9), 'per CPU-s'.padStart(9), 'µs CPU'.padStart(9))
const kilobyte = data(1_024)
const upsert = (n: number) =>
  commitStep(store, {
    changes: [
      { kind: 'put', home, path: paths[n % 10] ?? '', id: `u${(n * 7919) % 20_000}`, data: kilobyte },
    ],
  })
await measure('durable upsert of 1 KB, 32 callers', 32, upsert)
await measure('durable upsert of 1 KB, 1 caller', 1, upsert)

await fill('contacts/small', 10_000, 200)
await fill('contacts/large', 50_000, 1_024)
const place = (n: number) => `r${(n * 7919) % 50_000}`
await measureReads('read of a 1 KB record, one of 1,000', 500, (n) =>
  store.record(home, 'contacts/large', `r${n % 1_000}`),
)
await measureReads('read of a 1 KB record, one of 50,000', 500, (n) =>
  store.record(home, 'contacts/large', place(n)),
)
const newest = {
  filters: [],
  sort: [{ field: 'last_modified', descending: true }],
  limit: 100,
  deleted: false,
}
await measureReads('list of the newest 100 x 200 bytes', 20, () => store.list(home, 'contacts/small', newest))
await measureReads('list of the newest 100 x 1 KB', 20, () => store.list(home, 'contacts/large', newest))
await measureReads('the same, another page each time', 20, (n) =>
  store.list(home, 'contacts/small', {
    ...newest,
    filters: [{ op: 'lt', field: 'last_modified', value: 9e15 + n }],
  }),
)
const search = { ...newest, filters: [{ op: 'eq' as const, field: 'text', value: 'y' }] }
await measure('search of 10,000 x 200 bytes, nothing found', 1, () =>
  store.list(home, 'contacts/small', search),
)
const home_seq = (await store.home(home))?.seq ?? 0
await measureReads('changes since the last number', 500, () =>
  store.changes(home, { since: home_seq, limit: 100 }),
)

await store.close()
await bus.close()
rmSync(folder, { recursive: true })
