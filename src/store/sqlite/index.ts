/** The store in one SQLite file, written by one process. */
import type { Bus, Clock } from '../../core/ports/outside.ts'
import type { Planner, Store, Writes } from '../../core/ports/store.ts'
import type { TableName } from '../../core/ports/tables.ts'
import { storeError } from '../errors.ts'
import { createBackground } from './background.ts'
import { createRowCache } from './cache.ts'
import { createCheckpoints } from './checkpoints.ts'
import { createCommits, rollback, type Writer } from './commits.ts'
import { type Connection, type Driver, nodeDriver } from './driver.ts'
import { migrate } from './migrations.ts'
import { cacheDefault, makeFile, openConnection } from './open.ts'
import { createReads, type Sight } from './reads.ts'
import { createRounds, withToken } from './rounds.ts'
import { hashCell } from './rows.ts'
import { cachedSight, createScans, plainSight } from './scans.ts'
import { createSessions } from './sessions.ts'
import { createWriteToken } from './token.ts'

export interface SqliteOptions {
  /** The database file; made, with all that belongs to it, if it is not there. */
  path: string
  planner: Planner
  bus: Bus
  clock: Clock
  driver?: Driver
  /** Memory for pages in all, in bytes; 16 MiB unless given. */
  cacheBytes?: number
  /** Days for which tombstones stay that protocols show; 365 unless given. */
  tombstoneDays?: number
  /** Milliseconds that a session may take; 10,000 unless given. */
  sessionTime?: number
  /** Milliseconds of work after which a group takes no further request; 10 unless given. */
  groupTime?: number
  /** Told of what fails beside requests, as a checkpoint. */
  onError?(error: unknown): void
}

export interface SqliteStore extends Store {
  /**
   * Writes all that is committed to a new file, while the store goes on; answers when it is durable.
   * A file of that name is replaced.
   */
  backup(file: string): Promise<void>
}

/** Memory for the pages of a connection beside the writer's: reads during a session, each long read, the worker. */
const sideCache = 1024 * 1024

const dayLength = 86_400_000

/**
 * Opens the store; data of an earlier version is copied and brought up to date.
 * Rejects with `store-newer` for data of a later version.
 */
export async function createSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  const { path, driver = nodeDriver, cacheBytes = cacheDefault } = options
  makeFile(path)
  const connection = openConnection(driver, path, {
    cacheBytes: Math.max(sideCache, cacheBytes - 4 * sideCache),
  })
  try {
    migrate(connection, path)
    const openSide = () => openConnection(driver, path, { cacheBytes: sideCache })
    return storeOver(options, connection, openSide)
  } catch (error) {
    connection.close()
    throw error
  }
}

function storeOver(options: SqliteOptions, connection: Connection, openSide: () => Connection): SqliteStore {
  const { path, clock, bus, planner, tombstoneDays = 365, onError = () => {} } = options
  const { sessionTime, groupTime } = options
  const cache = createRowCache()
  const token = createWriteToken()
  const versions = new Map<TableName, number>()
  const plain = plainSight(connection)
  const writing = cachedSight(connection, plain.lookups, cache)
  const side = plainSight(openSide())
  const aside = cachedSight(side.connection, side.lookups, cache)
  const background = createBackground(path)
  const scans = createScans(openSide)
  let isClosed = false

  const checkpoints = createCheckpoints({ connection, background, token, onError })
  const writer: Writer = {
    connection,
    lookups: plain.lookups,
    cache,
    token,
    planner,
    clock,
    bus,
    isOpen: false,
    isElsewhere: false,
    onMoved(tables) {
      for (const table of tables) versions.set(table, (versions.get(table) ?? 0) + 1)
    },
    onWritten(stored: readonly Writes[]) {
      for (const { rows } of stored) writer.onMoved(rows.map(({ table }) => table))
      checkpoints.written()
    },
  }
  const commits = createCommits(writer, groupTime)
  const sessions = createSessions(writer, sessionTime)
  const sweep = createRounds(writer, side.connection, background, tombstoneDays * dayLength)

  function open(): void {
    if (isClosed) throw storeError('store-closed', 'the store is closed')
  }

  /** What is committed: from the writer's connection, whose pages are warm, unless it is in use. */
  function read<T>(look: (sight: Sight) => T): T {
    open()
    if (!writer.isElsewhere) return look(writer.isOpen ? aside : writing)
    // Another thread may commit between two statements, and memory does not know what.
    connection.exec('BEGIN')
    try {
      return look(plain)
    } finally {
      connection.exec('COMMIT')
    }
  }

  return {
    kind: 'sqlite',
    ...createReads({ clock, read, scan: scans.scan }),
    commit: commits.commit,
    session: sessions.session,

    version: (...names) => names.reduce((sum, name) => sum + (versions.get(name) ?? 0), 0),
    permSeqOf: (home) => read((sight) => sight.home(home)?.permSeq),

    async sweep() {
      open()
      return sweep()
    },
    async zeroBlobs(before, limit) {
      return read(({ lookups }) => lookups.zeroBlobs(before, limit))
    },
    async forgetBlob(home, hash) {
      open()
      await token.take()
      try {
        connection.exec('BEGIN IMMEDIATE')
        const sql = 'DELETE FROM blob WHERE home_id = ? AND hash = ? AND refs = 0'
        const removed = connection.prepare(sql).run(home, hashCell(hash))
        connection.exec('COMMIT')
        return removed > 0
      } catch (error) {
        rollback(connection)
        throw error
      } finally {
        token.free()
      }
    },
    async forgetPerson(home, person) {
      open()
      const task = { home, person }
      if (!(await background.run<boolean>({ kind: 'names', ...task }))) return
      await background.run<void>({ kind: 'forget', ...task }, (perform) => withToken(writer, perform))
    },
    async homes({ payer, after, limit }) {
      return read(({ lookups }) => lookups.homes(payer, after, limit))
    },

    async backup(file) {
      open()
      // A thread of its own: a copy takes long, and the other one's tasks are short.
      const copier = createBackground(path)
      try {
        await copier.run({ kind: 'copy', file })
      } finally {
        await copier.close()
      }
    },
    async health() {
      try {
        return (
          read((sight) => sight.connection.prepare("SELECT value FROM meta WHERE key = 'schema'").get()) !==
          undefined
        )
      } catch {
        return false
      }
    },
    async close() {
      if (isClosed) return
      await Promise.all([commits.close(), sessions.close()])
      isClosed = true
      await Promise.all([scans.close(), background.close()])
      side.connection.close()
      connection.close()
    },
  }
}
