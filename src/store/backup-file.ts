/**
 * The file of a backup: a SQLite database with the tables of a SQLite store, of the version that the
 * data had, and one more table with the blobs. Row `backup` of its `meta` says when it was made.
 */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CodedError } from '../lib/coded-error.ts'
import { type DumpPiece, pieceRows, rowsOfPiece } from './dump.ts'
import { isStoreError, storeError } from './errors.ts'
import { type Connection, nodeDriver, type SqlValue } from './sqlite/driver.ts'
import { migrations } from './sqlite/migrations.ts'

/**
 * - `backup-exists`: there is a file of that name already.
 * - `backup-damaged`: the file is no backup, or has been changed or cut.
 * - `backup-target`: the store to restore into is not empty, or in use.
 */
export type BackupErrorCode = 'backup-exists' | 'backup-damaged' | 'backup-target'

export function backupError(
  code: BackupErrorCode,
  message: string,
  cause?: unknown,
): CodedError<BackupErrorCode> {
  const error = new CodedError(code, message)
  if (cause !== undefined) error.cause = cause
  return error
}

/** The table of blobs' bytes; parts are numbered from 0. */
const blobTable = `
CREATE TABLE blob_part (home_id INTEGER NOT NULL, hash BLOB NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL);
CREATE UNIQUE INDEX blob_part_place ON blob_part (home_id, hash, part);
`

/**
 * Makes a file under another name, has it filled, and gives it its own name once it is on the disk:
 * so it is whole or not there at all. Throws `backup-exists` and touches nothing if it is there.
 */
export async function makeWhole<T>(file: string, fill: (partial: string) => Promise<T>): Promise<T> {
  const partial = join(dirname(file), `.${basename(file)}.${process.pid}.partial`)
  if (existsSync(file)) throw exists(file)
  rmSync(partial, { force: true })
  try {
    const result = await fill(partial)
    sync(partial)
    adopt(partial, file)
    sync(dirname(file))
    return result
  } finally {
    rmSync(partial, { force: true })
  }
}

/** Unlike a rename, a link never replaces what somebody else put there meanwhile; not all disks have links. */
function adopt(partial: string, file: string): void {
  try {
    linkSync(partial, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw exists(file)
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    renameSync(partial, file)
  }
}

const exists = (file: string) => backupError('backup-exists', `${file} exists already`)

function sync(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Opens a file that nobody else uses and that needs no journal: it is given its name when it is whole. */
function openPartial(path: string): Connection {
  const connection = nodeDriver.open(path)
  connection.exec('PRAGMA journal_mode = OFF')
  connection.exec('PRAGMA synchronous = OFF')
  return connection
}

/** Makes a database of these rows, of the version that their `meta`, which comes first, tells. */
export async function fillFile(path: string, pieces: AsyncIterable<DumpPiece>): Promise<void> {
  closeSync(openSync(path, 'wx', 0o600))
  const connection = openPartial(path)
  try {
    let isMade = false
    for await (const piece of pieces) {
      if (!isMade) makeTables(connection, versionIn(piece))
      isMade = true
      insertPiece(connection, piece)
    }
  } finally {
    connection.close()
  }
}

/** The tables of a version, without rows. */
function makeTables(connection: Connection, version: number): void {
  for (const step of migrations.slice(0, version)) connection.exec(step)
}

/** The version that a piece of `meta` tells. */
export function versionIn({ table, rows }: DumpPiece): number {
  const version = table === 'meta' ? Number(rows.find(([key]) => key === 'schema')?.[1]) : NaN
  if (!Number.isInteger(version) || version < 1)
    throw backupError('backup-damaged', 'the data tells no version')
  if (version > migrations.length) {
    const known = `this program knows ${migrations.length}: it needs a newer one`
    throw storeError('store-newer', `the data has version ${version}, ${known}`)
  }
  return version
}

export function insertPiece(connection: Connection, { table, columns, rows }: DumpPiece): void {
  const marks = columns.map(() => '?').join(', ')
  const insert = connection.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`)
  connection.exec('BEGIN')
  for (const row of rows) insert.run(...(row as SqlValue[]))
  connection.exec('COMMIT')
}

/** The bytes of a blob, in order, for as long as they come. */
export type BlobSource = (home: number, hash: string) => Promise<AsyncIterable<Uint8Array> | undefined>

export interface BlobPlace {
  home: number
  hash: string
  size: number
}

/** Adds the blobs that rows refer to, and the mark of a backup; gives those that are missing. */
export async function addBlobs(path: string, open: BlobSource, made: number): Promise<BlobPlace[]> {
  const connection = openPartial(path)
  try {
    connection.exec(blobTable)
    const missing: BlobPlace[] = []
    for (const place of blobsOf(connection)) {
      const source = await open(place.home, place.hash)
      if (source) await addBlob(connection, place, source)
      else missing.push(place)
    }
    connection.prepare("INSERT INTO meta (key, value) VALUES ('backup', ?)").run(String(made))
    return missing
  } finally {
    connection.close()
  }
}

async function addBlob(
  connection: Connection,
  { home, hash }: BlobPlace,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  const insert = connection.prepare('INSERT INTO blob_part (home_id, hash, part, data) VALUES (?, ?, ?, ?)')
  const key = Buffer.from(hash, 'hex')
  let part = 0
  for await (const data of source) insert.run(home, key, part++, data)
  // So that one without bytes is not taken for one that is missing.
  if (part === 0) insert.run(home, key, 0, new Uint8Array())
}

/** Blobs that rows refer to, by home and hash. */
function* blobsOf(connection: Connection): Generator<BlobPlace> {
  const page = connection.prepare(
    'SELECT home_id, hash, size FROM blob WHERE refs > 0 AND (home_id, hash) > (?, ?) ORDER BY home_id, hash LIMIT 500',
  )
  let rows = page.all(-1, new Uint8Array())
  while (rows.length > 0) {
    for (const [home, hash, size] of rows as [number, Uint8Array, number][]) {
      yield { home, hash: Buffer.from(hash).toString('hex'), size }
    }
    const last = rows.at(-1) as [number, Uint8Array]
    rows = page.all(last[0], last[1])
  }
}

/** A backup that was opened. */
export interface Backup {
  /** Version of the schema of its data. */
  version: number
  /** When it was made, in milliseconds since 1970. */
  made: number
  pieces(): AsyncGenerator<DumpPiece>
  /** Blobs that rows refer to. */
  blobs(): Generator<BlobPlace>
  /** Whether it holds the bytes of a blob. */
  has(place: BlobPlace): boolean
  blob(place: BlobPlace): AsyncGenerator<Uint8Array>
  close(): void
}

/** Opens a backup and looks through all of it. Throws `backup-damaged`, and `store-newer`. */
export function openBackup(file: string): Backup {
  const connection = openReadable(file)
  try {
    const meta = new Map(connection.prepare('SELECT key, value FROM meta').all() as [string, string][])
    const [check] = connection.prepare('PRAGMA integrity_check').get() ?? []
    if (check !== 'ok' || !meta.has('backup'))
      throw backupError('backup-damaged', `${file} is no whole backup`)
    const version = versionIn({ table: 'meta', columns: ['key', 'value'], rows: [...meta] })
    return {
      version,
      made: Number(meta.get('backup')),
      pieces: () => readPieces(connection),
      blobs: () => blobsOf(connection),
      has({ home, hash }) {
        const first = connection.prepare('SELECT 1 FROM blob_part WHERE home_id = ? AND hash = ? LIMIT 1')
        return first.get(home, Buffer.from(hash, 'hex')) !== undefined
      },
      async *blob({ home, hash }) {
        const next = connection.prepare(
          'SELECT data FROM blob_part WHERE home_id = ? AND hash = ? AND part = ?',
        )
        for (let part = 0; ; part++) {
          const data = next.get(home, Buffer.from(hash, 'hex'), part)?.[0]
          if (!(data instanceof Uint8Array)) return
          yield data
        }
      },
      close: () => connection.close(),
    }
  } catch (error) {
    connection.close()
    throw isStoreError(error) && error.code === 'store-failed'
      ? backupError('backup-damaged', `${file} is no whole backup`, error)
      : error
  }
}

function openReadable(file: string): Connection {
  if (!existsSync(file)) throw backupError('backup-damaged', `there is no file ${file}`)
  return nodeDriver.open(file, { readOnly: true })
}

/** Every row but those of the backup itself, by key; `meta` comes first. */
async function* readPieces(connection: Connection): AsyncGenerator<DumpPiece> {
  const tables = connection
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'blob_part'" +
        " ORDER BY name <> 'meta', name",
    )
    .all() as [string][]
  for (const [table] of tables) yield* readTable(connection, table)
}

async function* readTable(connection: Connection, table: string): AsyncGenerator<DumpPiece> {
  const columns = connection.prepare('SELECT name, pk FROM pragma_table_info(?)').all(table) as [
    string,
    number,
  ][]
  const names = columns.map(([name]) => name)
  const key = keyOf(connection, table, columns)
  const size = names.map((name) => `coalesce(octet_length(${name}), 0)`).join(' + ')
  const after = `(${key.join(', ')}) > (${key.map(() => '?').join(', ')})`
  const order = `ORDER BY ${key.join(', ')} LIMIT ?`
  let place: SqlValue[] | undefined
  for (;;) {
    const where = place ? `WHERE ${after} ` : ''
    const values = place ?? []
    const sizes = connection
      .prepare(`SELECT ${size} FROM ${table} ${where}${order}`)
      .all(...values, pieceRows)
    if (sizes.length === 0) return
    const count = rowsOfPiece(sizes.map(([one]) => one as number))
    const rows = connection
      .prepare(`SELECT ${names.join(', ')} FROM ${table} ${where}${order}`)
      .all(...values, count)
    const last = rows.at(-1)
    place = key.map((name) => last?.[names.indexOf(name)] ?? null)
    // The mark of a backup is not part of the data.
    const isOwn = (row: SqlValue[]) => table === 'meta' && row[0] === 'backup'
    yield { table, columns: names, rows: rows.filter((row) => !isOwn(row)) }
  }
}

/** Columns of the primary key, or else of the first unique index over all rows. */
function keyOf(connection: Connection, table: string, columns: readonly [string, number][]): string[] {
  const primary = columns.filter(([, pk]) => pk > 0).sort(([, a], [, b]) => a - b)
  if (primary.length > 0) return primary.map(([name]) => name)
  const index = connection
    .prepare(
      'SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND partial = 0 ORDER BY seq DESC LIMIT 1',
    )
    .get(table)?.[0]
  const names = connection
    .prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno')
    .all(index as string)
  return names.map(([name]) => name as string)
}
