/** For unit tests: homes, permission entries and directory rows in memory, changed through the real planner. */
import { compareBytes, isBelow } from '../../lib/paths.ts'
import {
  type AccessRow,
  type Clock,
  type CommitRequest,
  type HomeRow,
  type Need,
  type Row,
  type Session,
  type Store,
  type TableName,
  type TableShape,
  tables,
  type Where,
  type Workspace,
  type Writes,
} from '../ports.ts'
import { createPlanner } from '../records/index.ts'

export type StoreInMemory = Pick<
  Store,
  | 'home'
  | 'access'
  | 'accessBelow'
  | 'rows'
  | 'commit'
  | 'session'
  | 'homes'
  | 'forgetPerson'
  | 'version'
  | 'permSeqOf'
> & { reads: number }

/** `alone` (the default): a single process, whose versions can be asked. */
export function storeInMemory(clock: Clock, { alone = true }: { alone?: boolean } = {}): StoreInMemory {
  let homes = new Map<number, HomeRow>()
  let access = new Map<string, AccessRow>()
  let rows = new Map<string, { table: TableName; row: Row }>()
  let moved = 0

  const byKey = (a: Row, b: Row, table: TableName) => {
    for (const column of tables[table].key) {
      const [x, y] = [a[column] ?? '', b[column] ?? '']
      const order =
        typeof x === 'number' && typeof y === 'number' ? x - y : compareBytes(String(x), String(y))
      if (order !== 0) return order
    }
    return 0
  }
  const find = (table: TableName, where: Where) =>
    [...rows.values()]
      .filter(
        (one) => one.table === table && Object.keys(where).every((name) => one.row[name] === where[name]),
      )
      .map((one) => one.row)
      .sort((a, b) => byKey(a, b, table))
  const entries = (home: number, at: (path: string) => boolean) =>
    [...access.values()].filter((entry) => entry.home === home && at(entry.path))

  const load = (work: Workspace, need: Need) => {
    if (need.kind === 'collection') work.loadCollection(need.home, need.path, undefined)
    else if (need.kind === 'record') work.loadRecord(need.home, need.path, need.id, undefined)
    else if (need.kind === 'access')
      work.loadAccess(
        need.home,
        need.path,
        entries(need.home, (path) => path === need.path),
      )
    else if (need.kind === 'below') {
      const below = entries(need.home, (path) => path === need.path || isBelow(path, need.path))
      work.loadBelow(need.home, need.path, [], below)
    } else if (need.kind === 'rows') work.loadRows(need.table, need.where, find(need.table, need.where))
    else if (need.kind === 'payer') work.loadPayer(need.home, { others: 0, maxBytes: null, spaces: 0 })
    else throw new Error(`a store in memory has no ${need.kind}`)
  }
  const store = (writes: Writes) => {
    for (const home of writes.homes) homes.set(home.id, home)
    for (const entry of writes.access)
      access.set(JSON.stringify([entry.home, entry.path, entry.principal, entry.source]), entry)
    for (const write of writes.rows) {
      const { table } = write
      const keyOf = (row: Row) => JSON.stringify([table, ...tables[table].key.map((column) => row[column])])
      if ('put' in write) rows.set(keyOf(write.put), { table, row: write.put })
      else for (const row of find(table, write.remove)) rows.delete(keyOf(row))
    }
    moved += writes.rows.length
  }

  const reads: Pick<Session, 'home' | 'access' | 'accessBelow' | 'rows'> = {
    async home(id) {
      self.reads++
      const home = homes.get(id)
      return home?.state === 'ended' ? undefined : home
    },
    async access(home, paths) {
      self.reads++
      return {
        permSeq: homes.get(home)?.permSeq ?? 0,
        entries: entries(home, (path) => paths.includes(path)),
      }
    },
    async accessBelow(home, path, { limit }) {
      self.reads++
      return entries(home, (at) => at === path || isBelow(at, path))
        .filter((entry) => entry.bits !== 0)
        .slice(0, limit)
    },
    async rows(table, where, { after, limit = 10_000, prefix, upTo } = {}) {
      self.reads++
      checkLookup(table, Object.keys(where), prefix?.column ?? upTo?.column)
      const begins = (row: Row) => !prefix || String(row[prefix.column]).startsWith(prefix.value)
      const inTime = (row: Row) => !upTo || Number(row[upTo.column] ?? Infinity) <= upTo.value
      return find(table, where)
        .filter(
          (row) => begins(row) && inTime(row) && (!after || byKey(row, { ...where, ...after }, table) > 0),
        )
        .slice(0, limit)
    },
  }
  const commit = async <T>(request: CommitRequest<T>): Promise<T> => {
    const work = createPlanner()(clock.now())
    for (const id of request.homes)
      work.loadHome(id, homes.get(id), { others: 0, maxBytes: homes.get(id)?.maxBytes ?? null, spaces: 0 })
    for (const need of work.missing(request.needs)) load(work, need)
    const result = work.run(request)
    store(work.take())
    return result
  }

  const self: StoreInMemory = {
    ...reads,
    commit,
    reads: 0,
    async forgetPerson(home, { principal, home: own }) {
      const isHers = (one: string) => one === principal || one.startsWith(`group:${own}:`)
      for (const [key, entry] of access)
        if (entry.home === home && isHers(entry.principal)) access.delete(key)
    },
    async homes({ payer, after = 0, limit }) {
      return [...homes.values()]
        .filter((home) => home.id > after && (payer === undefined || home.payer === payer))
        .sort((a, b) => a.id - b.id)
        .slice(0, limit)
    },
    async session(_homes, run) {
      const before = [new Map(homes), new Map(access), new Map(rows)] as const
      try {
        return await run({ ...reads, commit } as Session)
      } catch (error) {
        ;[homes, access, rows] = before
        throw error
      }
    },
    version: () => (alone ? moved : undefined),
    permSeqOf: (id) => (alone ? homes.get(id)?.permSeq : undefined),
  }
  return self
}

/** A lookup that no key or index answers is a mistake of the caller, here as in a database. */
function checkLookup(table: TableName, columns: readonly string[], prefixed: string | undefined): void {
  const shape: TableShape = tables[table]
  const lists = [shape.key, ...(shape.indexes ?? []), ...(shape.unique ?? [])]
  const answers = lists.some(
    (list) =>
      columns.every((column) => list.slice(0, columns.length).includes(column)) &&
      (prefixed === undefined || list[columns.length] === prefixed),
  )
  if (!answers) throw new TypeError(`${table} cannot be looked up by ${columns.join(', ')}`)
}
