/** The store in a PostgreSQL database, which any number of processes may share. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Bus, Clock } from '../../core/ports/outside.ts'
import type { HomeRow } from '../../core/ports/rows.ts'
import type { Planner, Store } from '../../core/ports/store.ts'
import { groupRange } from '../../core/ports/tables.ts'
import type { DumpPiece } from '../dump.ts'
import { createCommits, type Writer } from './commits.ts'
import { connect, type Connection, isLost, type Queries, translate } from './connection.ts'
import type { ReadContext } from './context.ts'
import { dumpDatabase, saveBefore } from './dump.ts'
import { createGate, type Turn } from './gate.ts'
import { createLimit } from './limit.ts'
import { createLocked } from './locked.ts'
import { createLookups } from './lookups.ts'
import { migrate } from './migrations.ts'
import { named } from './names.ts'
import { createPayers } from './payers.ts'
import { forgetPerson } from './pieces.ts'
import { createLanes, createPool } from './pool.ts'
import { createReads } from './reads.ts'
import { createSessions } from './sessions.ts'
import { blob, home } from './shapes.ts'
import { createSweep } from './sweep.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; `?host=/folder` for a socket. */
  url: string
  planner: Planner
  bus: Bus
  clock: Clock
  /** Connections at most, at least 4; 12 unless given. */
  poolSize?: number
  /** Days for which tombstones stay that protocols show; 365 unless given. */
  tombstoneDays?: number
  /** Milliseconds that a session may take; 10,000 unless given. */
  sessionTime?: number
  /**
   * The folder into which data of an earlier version is saved before it is changed, as
   * `postgres.before-<new version>`; without it such data is refused.
   */
  saveTo?: string
}

export interface PostgresStore extends Store {
  /**
   * All rows of all tables in one snapshot, over a connection of its own, while the store goes on.
   * `meta` comes first.
   */
  dump(): AsyncIterable<DumpPiece>
}

/** Milliseconds that one statement may take. */
const statementTimeout = 30_000
/** Milliseconds for which a server that does not answer is tried again. */
const patience = 3_000
const dayLength = 86_400_000

/**
 * Opens the store; an empty database gets its tables, data of an earlier version is brought up to date.
 * Rejects with `store-newer` for data of a later version, `store-unavailable` if no server answers.
 */
export async function createPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  const { url, clock, bus, planner, poolSize = 12, tombstoneDays = 365, sessionTime } = options
  const open = () => patiently(() => connect({ url, statementTimeout }))
  const first = await open()
  try {
    const { saveTo } = options
    await migrate(first, saveTo === undefined ? {} : { backup: () => saveBefore(url, saveTo) })
  } catch (error) {
    throw translate(error)
  } finally {
    await first.close()
  }

  const size = Math.max(4, poolSize)
  const laneCount = Math.min(3, Math.floor(size / 4))
  const lanes = createLanes(open, laneCount)
  const pool = createPool(open, size - laneCount)
  // Sessions and long reads leave half of the connections to commits.
  const limit = createLimit(Math.floor((size - laneCount) / 2))
  const translated = ({ query }: Queries): Queries => ({
    query: (statement, values) => said(query(statement, values)),
  })
  const context: ReadContext = {
    ...translated(lanes),
    ...createLookups(() => translated(lanes.flight())),
    now: () => clock.now(),
    scan,
  }
  const writer: Writer = { pool, gate: createGate<Turn>(), planner, clock, bus, payers: createPayers() }
  const commits = createCommits(writer)
  const sessions = createSessions(writer, limit, sessionTime)
  const locked = createLocked(writer)
  let isClosed = false

  /** One snapshot on a connection of its own. */
  function scan<T>(act: (connection: Connection) => Promise<T>): Promise<T> {
    return limit.run(async () => {
      const connection = await pool.take()
      try {
        await connection.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
        const result = await act(connection)
        await connection.run('COMMIT')
        return result
      } catch (error) {
        if (connection.alive) await connection.run('ROLLBACK').catch(() => connection.destroy())
        throw translate(error)
      } finally {
        pool.give(connection)
      }
    })
  }

  return {
    kind: 'postgres',
    ...createReads(context),
    commit: commits.commit,
    session: sessions.session,
    // Other processes write too.
    version: () => undefined,
    permSeqOf: () => undefined,
    sweep: createSweep(context, locked, writer, tombstoneDays * dayLength),
    async zeroBlobs(before, most) {
      const { rows } = await context.query(zeroBlobs, [before, most])
      return rows.map((cells) => blob.read(cells)).filter((row) => row !== undefined)
    },
    async forgetBlob(id, hash) {
      const values = [id, Buffer.from(hash, 'hex')]
      return said(locked(id, async (connection) => (await connection.query(removeBlob, values)).count > 0))
    },
    async forgetPerson(id, person) {
      const values = [id, person.principal, ...groupRange(person.home)]
      if ((await context.query(namesPerson, values)).rows.length === 0) return
      await said(locked(id, async (connection) => forgetPerson(connection, id, person)))
    },
    async homes({ payer, after = -1, limit: most }) {
      const { rows } = await context.query(
        payer === undefined ? allHomes : paidHomes,
        [after, most, payer].filter((v) => v !== undefined),
      )
      return rows.map((cells) => home.read(cells) as HomeRow)
    },
    dump: () => dumpDatabase(url),
    async health() {
      try {
        const { rows } = await context.query(schema, [])
        return rows.length === 1
      } catch {
        return false
      }
    },
    async close() {
      if (isClosed) return
      isClosed = true
      await Promise.all([commits.close(), sessions.close()])
      await Promise.all([lanes.close(), pool.close()])
    },
  }
}

const namesPerson = named(
  `SELECT 1 FROM home WHERE home_id = $1 AND owner = $2
    UNION ALL SELECT 1 FROM access WHERE home_id = $1
        AND (principal = $2 OR principal >= $3 AND principal < $4)
    UNION ALL SELECT 1 FROM record WHERE home_id = $1 AND owner = $2 LIMIT 1`,
)

const schema = named("SELECT value FROM meta WHERE key = 'schema'")

const zeroBlobs = named(
  `SELECT ${blob.select('b')} FROM blob b WHERE b.zero_since IS NOT NULL AND b.zero_since < $1
    ORDER BY b.zero_since LIMIT $2`,
)

const removeBlob = named('DELETE FROM blob WHERE home_id = $1 AND hash = $2 AND refs = 0')

const allHomes = named(
  `SELECT ${home.select('h')} FROM home h WHERE h.home_id > $1 ORDER BY h.home_id LIMIT $2`,
)

const paidHomes = named(
  `SELECT ${home.select('h')} FROM home h WHERE h.payer = $3 AND h.home_id > $1 ORDER BY h.home_id LIMIT $2`,
)

/** In the store's own words. */
async function said<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw translate(error)
  }
}

/** Connects; a server that is just starting, or restarting, is waited for a little. */
async function patiently(open: () => Promise<Connection>): Promise<Connection> {
  const until = performance.now() + patience
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!isLost(error) || performance.now() > until) throw error
      await wait(100)
    }
  }
}
