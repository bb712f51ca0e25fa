/** Opening the database file: safety, speed and memory of a connection are decided here. */
import { closeSync, existsSync, openSync } from 'node:fs'
import type { Connection, Driver } from './driver.ts'

/** Memory of a database: 16 MiB of pages in all unless told otherwise. */
export const cacheDefault = 16 * 1024 * 1024

/** Size at which the write-ahead log is cut when it begins anew. */
const logKept = 64 * 1024 * 1024

/** Makes the file if it is not there, readable by its owner alone, as what belongs to it will be. */
export function makeFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}

/**
 * Opens a connection whose commits are on the disk when COMMIT returns: a write-ahead log that is
 * synced with every commit. Checkpoints are never automatic, since they would hold up a commit.
 * `cacheBytes` is the memory for pages, `patience` how many milliseconds it waits for a lock.
 */
export function openConnection(
  driver: Driver,
  path: string,
  { cacheBytes, patience = 5_000 }: { cacheBytes: number; patience?: number },
): Connection {
  const connection = driver.open(path)
  connection.exec(`PRAGMA busy_timeout = ${patience}`)
  connection.exec('PRAGMA journal_mode = WAL')
  connection.exec('PRAGMA synchronous = FULL')
  connection.exec('PRAGMA wal_autocheckpoint = 0')
  connection.exec(`PRAGMA journal_size_limit = ${logKept}`)
  connection.exec(`PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)}`)
  connection.exec('PRAGMA mmap_size = 0')
  connection.exec('PRAGMA foreign_keys = OFF')
  return connection
}
