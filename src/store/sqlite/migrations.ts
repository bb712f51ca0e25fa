/**
 * The schema, as numbered steps forward. A step that was released is never changed: data of any
 * earlier version goes through those behind it.
 */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { storeError } from '../errors.ts'
import type { Connection } from './driver.ts'
import { foundation } from './schema.ts'
import { accounts } from './schema-accounts.ts'
import { apps } from './schema-apps.ts'
import { firefox } from './schema-fxa.ts'
import { storages } from './schema-sync.ts'

/** What brings data from version n to version n + 1, at place n. */
export const migrations: readonly string[] = [foundation, accounts, apps, storages, firefox]

/** Copies of the data before a migration that are kept. */
const copiesKept = 2

/** The version of the data; 0 for an empty file. */
export function schemaVersion(connection: Connection): number {
  const table = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'meta'")
  if (!table.get()) return 0
  return Number(connection.prepare("SELECT value FROM meta WHERE key = 'schema'").get()?.[0] ?? 0)
}

/**
 * Brings the data at `path` to the newest version, in one transaction. Data that is there already
 * is copied beside it first, as `<path>.before-<new version>`; the last two copies are kept.
 * Throws `store-newer` for data of a version that is not known here, and touches nothing.
 */
export function migrate(connection: Connection, path: string, steps: readonly string[] = migrations): void {
  const version = schemaVersion(connection)
  if (version > steps.length) {
    throw storeError(
      'store-newer',
      `the data has version ${version}, this program knows ${steps.length}: it needs a newer one`,
    )
  }
  if (version === steps.length) return
  if (version > 0) keepCopy(connection, path, steps.length)
  connection.exec('BEGIN IMMEDIATE')
  try {
    for (const step of steps.slice(version)) connection.exec(step)
    connection
      .prepare(
        "INSERT INTO meta (key, value) VALUES ('schema', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      )
      .run(String(steps.length))
    connection.exec('COMMIT')
  } catch (error) {
    connection.exec('ROLLBACK')
    throw error
  }
}

function keepCopy(connection: Connection, path: string, version: number): void {
  const folder = dirname(path)
  const prefix = `${basename(path)}.before-`
  copyInto(connection, join(folder, `${prefix}${version}`))
  const numbers = readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => b - a)
  for (const number of numbers.slice(copiesKept)) rmSync(join(folder, `${prefix}${number}`))
}

/**
 * Writes all that is committed to a new file, readable by its owner alone, and answers when a power
 * cut would not take it. A file of that name is replaced.
 */
export function copyInto(connection: Connection, file: string): void {
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  closeSync(openSync(partial, 'wx', 0o600))
  try {
    connection.prepare('VACUUM INTO ?').run(partial)
    sync(partial)
    renameSync(partial, file)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
  sync(dirname(file))
}

function sync(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
