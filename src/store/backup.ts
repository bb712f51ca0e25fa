/** Backups of either store: one file with everything but the secret key, and the way back. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import type { Blobs } from '../core/ports/outside.ts'
import type { Store } from '../core/ports/store.ts'
import {
  addBlobs,
  type Backup,
  backupError,
  type BlobPlace,
  fillFile,
  makeWhole,
  openBackup,
} from './backup-file.ts'
import { counted, type DumpPiece, restored, type Restored } from './dump.ts'
import { nodeDriver } from './sqlite/driver.ts'
import { migrate } from './sqlite/migrations.ts'

/** What both adapters give beyond the port: SQLite a copy of its file, PostgreSQL its rows. */
interface Source {
  backup?(file: string): Promise<void>
  dump?(): AsyncIterable<DumpPiece>
}

/** Bytes of a blob that are one part of a backup. */
const partBytes = 256 * 1024

export interface BackupReport {
  /** Blobs that rows refer to and that are not there: damage of the data, before it was saved. */
  missing: BlobPlace[]
}

/**
 * Writes all tables and blobs into one new file, of one moment, while the store goes on. Readable by
 * its owner alone; not encrypted. Answers when it is on the disk.
 * Rejects with `backup-exists` if there is such a file; what else fails leaves none behind.
 */
export async function writeBackup(options: {
  store: Store
  blobs: Blobs
  file: string
  /** When it is made, in milliseconds since 1970; the present unless given. */
  now?: number
}): Promise<BackupReport> {
  const { store, blobs, file, now = Date.now() } = options
  const source = store as Store & Source
  return makeWhole(file, async (partial) => {
    if (source.backup) await source.backup(partial)
    else if (source.dump) await fillFile(partial, source.dump())
    else throw new TypeError('this store cannot be backed up')
    // What the rows refer to stays for a day, even if they change meanwhile.
    const open = async (home: number, hash: string) => {
      const blob = await blobs.get(home, hash)
      return blob && partsOf(blob.stream)
    }
    return { missing: await addBlobs(partial, open, now) }
  })
}

/** The same bytes in parts of one size, the last one less. */
async function* partsOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let length = 0
  for await (const bytes of stream) {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + partBytes - length)
      waiting.push(taken)
      length += taken.length
      at += taken.length
      if (length < partBytes) continue
      yield Buffer.concat(waiting)
      waiting = []
      length = 0
    }
  }
  if (length > 0) yield Buffer.concat(waiting)
}

/** What a backup says of itself, once all of it was looked through. Throws `backup-damaged`, `store-newer`. */
export function readBackup(file: string): Pick<Backup, 'version' | 'made'> {
  const backup = openBackup(file)
  backup.close()
  return { version: backup.version, made: backup.made }
}

/** The store that a backup is put into; no process may use it meanwhile. */
export type Target = { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string }

/**
 * Puts everything that a backup holds into a store, whole or not at all: every home begins the epoch
 * `now` (milliseconds since 1970), every clock goes past it, so that all who knew the former state
 * look again. Blobs come first.
 * Rejects with `backup-damaged`; `backup-target` if the store holds anything and `replace` is not
 * given, or is in use; `store-newer`; and the errors of `Blobs.put`.
 */
export async function restoreBackup(options: {
  file: string
  into: Target
  blobs: Blobs
  now: number
  /** What the store holds is lost. */
  replace?: boolean
}): Promise<Restored & BackupReport> {
  const { file, into, blobs, now, replace = false } = options
  const backup = openBackup(file)
  try {
    const count: Restored = { homes: 0, records: 0 }
    const missing: BlobPlace[] = []
    const putBlobs = async () => {
      for (const place of backup.blobs()) {
        const { home, hash, size } = place
        if (backup.has(place)) await blobs.put(home, backup.blob(place), { maxBytes: size, hash })
        else if (!(await blobs.has(home, hash))) missing.push(place)
      }
    }
    const pieces = () => counted(changed(backup.pieces(), now), count)
    if (into.kind === 'sqlite') await intoSqlite(into.path, pieces, putBlobs, replace)
    else {
      const { restoreDump } = await import('./postgres/restore.ts')
      await restoreDump(into.url, backup.version, pieces, putBlobs, replace)
    }
    return { ...count, missing }
  } finally {
    backup.close()
  }
}

async function* changed(pieces: AsyncIterable<DumpPiece>, now: number): AsyncGenerator<DumpPiece> {
  for await (const piece of pieces) yield restored(piece, now)
}

/** A new database takes the place of the old one when it is whole. */
async function intoSqlite(
  path: string,
  pieces: () => AsyncIterable<DumpPiece>,
  putBlobs: () => Promise<void>,
  replace: boolean,
): Promise<void> {
  if (!replace && !isEmpty(path)) throw backupError('backup-target', 'the store is not empty')
  const fresh = `${path}.restored`
  rmSync(fresh, { force: true })
  await putBlobs()
  await makeWhole(fresh, async (partial) => {
    await fillFile(partial, pieces())
    const connection = nodeDriver.open(partial)
    try {
      migrate(connection, partial)
    } finally {
      connection.close()
    }
  })
  for (const rest of ['-wal', '-shm']) rmSync(path + rest, { force: true })
  renameSync(fresh, path)
}

/** Whether no account and no home is in a store. */
function isEmpty(path: string): boolean {
  if (!existsSync(path)) return true
  const connection = nodeDriver.open(path)
  try {
    const known = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'home'")
    if (!known.get()) return true
    return (
      !connection.prepare('SELECT 1 FROM home LIMIT 1').get() &&
      !connection.prepare('SELECT 1 FROM account LIMIT 1').get()
    )
  } finally {
    connection.close()
  }
}
