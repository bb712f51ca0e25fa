/** What the tests of this folder share: a store in a folder of its own, and a driver that tells what it did. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type StoreUnderTest, underTest } from '../conformance/harness.ts'
import { type Connection, type Driver, nodeDriver, type SqlValue } from './driver.ts'
import { createSqliteStore, type SqliteOptions, type SqliteStore } from './index.ts'

/** A folder that goes with the test. */
export function testFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-sqlite-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface SqliteUnderTest extends StoreUnderTest {
  store: SqliteStore
  path: string
}

/** A store with a clock and a bus that a test can see into. */
export async function sqliteUnderTest(
  t: TestContext,
  options: Partial<SqliteOptions> = {},
): Promise<SqliteUnderTest> {
  const path = join(testFolder(t), 'essaim.db')
  const parts = await underTest(t, async (_, { planner, bus, clock }) => {
    const store = await createSqliteStore({
      path,
      planner,
      bus,
      clock,
      // However slow the machine: what a group holds is no matter of time in a test.
      groupTime: Infinity,
      ...options,
    })
    // Before the folder goes: what is registered last is done first.
    t.after(() => store.close())
    return store
  })
  return { ...parts, store: parts.store as SqliteStore, path }
}

/** Something that has happened, in order. */
export type Entry =
  | { what: 'ran'; connection: number; sql: string; values: readonly SqlValue[] }
  /** COMMIT has returned, on a connection that syncs its log with each. */
  | { what: 'synced'; connection: number }
  | { what: 'answered'; id: string }
  | { what: 'event'; home: number; seq: number }

/** A driver that notes each statement once it has returned. */
export function recordingDriver(log: Entry[], real: Driver = nodeDriver): Driver & { opened: Connection[] } {
  const opened: Connection[] = []
  return {
    opened,
    open(path, options) {
      const own = real.open(path, options)
      const connection = opened.push(own) - 1
      const note = (sql: string, values: readonly SqlValue[] = []) =>
        void log.push({ what: 'ran', connection, sql, values })
      const setting = (name: string) => own.prepare(`PRAGMA ${name}`).get()?.[0]
      return {
        prepare(sql) {
          const statement = own.prepare(sql)
          const noted =
            <T>(act: (...values: SqlValue[]) => T) =>
            (...values: SqlValue[]) => {
              const result = act(...values)
              note(sql, values)
              return result
            }
          return { get: noted(statement.get), all: noted(statement.all), run: noted(statement.run) }
        },
        exec(sql) {
          own.exec(sql)
          note(sql)
          const isSynced =
            sql === 'COMMIT' && setting('synchronous') === 2 && setting('journal_mode') === 'wal'
          if (isSynced) log.push({ what: 'synced', connection })
        },
        close: own.close,
      }
    },
  }
}
