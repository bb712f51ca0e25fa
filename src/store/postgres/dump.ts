/** All rows of all tables, out of one snapshot and into an empty database. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type DumpCell, type DumpPiece, pieceRows, rowsOfPiece } from '../dump.ts'
import { type ElementType, encodeArray } from './arrays.ts'
import { connect, type Connection, translate } from './connection.ts'
import { migrations } from './migrations.ts'

interface Table {
  name: string
  columns: { name: string; type: ElementType }[]
  /** Columns of the primary key, or else of the first unique index. */
  key: string[]
}

/** The tables that are there, of whatever version, and their columns in order. */
async function tablesOf(connection: Connection): Promise<Table[]> {
  const { rows: columns } = await connection.run(
    `SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
      JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
      WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
      ORDER BY c.table_name = 'meta' DESC, c.table_name, c.ordinal_position`,
  )
  const { rows: keys } = await connection.run(
    `SELECT DISTINCT ON (t.relname) t.relname, array_to_json(ARRAY(
        SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY AS k(number, n)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number ORDER BY k.n))::text
      FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
      WHERE t.relnamespace = current_schema()::regnamespace AND i.indisunique AND i.indpred IS NULL
      ORDER BY t.relname, i.indisprimary DESC, i.indexrelid`,
  )
  const keyOf = new Map(keys.map(([table, key]) => [table as string, JSON.parse(key as string) as string[]]))
  return [...Map.groupBy(columns as [string, string, ElementType][], ([table]) => table)].map(
    ([name, own]) => ({
      name,
      columns: own.map(([, column, type]) => ({ name: column, type })),
      key: keyOf.get(name) ?? [],
    }),
  )
}

/**
 * Everything in a database, whatever its version, in one snapshot and over a connection of its own,
 * however slowly the pieces are taken; `meta` comes first.
 */
export async function* dumpDatabase(url: string): AsyncGenerator<DumpPiece> {
  const connection = await connect({ url, statementTimeout: 0 })
  try {
    await connection.run('SET idle_in_transaction_session_timeout = 0')
    // Here the whole of a table is wanted.
    await connection.run('SET enable_seqscan = on')
    await connection.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    for (const table of await tablesOf(connection)) yield* dumpTable(connection, table)
  } catch (error) {
    throw translate(error)
  } finally {
    await connection.close()
  }
}

/**
 * Writes all rows into `<folder>/postgres.before-<version to come>`, a backup without blobs: those
 * stay where they are. A file of that name, from an attempt that failed, is replaced.
 */
export async function saveBefore(url: string, folder: string, version = migrations.length): Promise<void> {
  const { addBlobs, fillFile, makeWhole } = await import('../backup-file.ts')
  const file = join(folder, `postgres.before-${version}`)
  rmSync(file, { force: true })
  await makeWhole(file, async (partial) => {
    await fillFile(partial, dumpDatabase(url))
    await addBlobs(partial, async () => undefined, Date.now())
  })
}

/** Two cursors in the same order: one tells how large the rows are that the other gives. */
async function* dumpTable(connection: Connection, { name, columns, key }: Table): AsyncGenerator<DumpPiece> {
  const wide = columns.filter(({ type }) => type === 'text' || type === 'bytea')
  const size = ['0', ...wide.map((column) => `coalesce(octet_length(${column.name}), 0)`)].join(' + ')
  const names = columns.map((column) => column.name)
  const order = key.join(', ')
  await connection.run(`DECLARE sizes NO SCROLL CURSOR FOR SELECT ${size} FROM ${name} ORDER BY ${order}`)
  await connection.run(
    `DECLARE cells NO SCROLL CURSOR FOR SELECT ${names.join(', ')} FROM ${name} ORDER BY ${order}`,
  )
  for (;;) {
    const sizes = (await connection.run(`FETCH ${pieceRows} FROM sizes`)).rows.map(([one]) => one as number)
    if (sizes.length === 0) break
    for (let at = 0; at < sizes.length;) {
      const count = rowsOfPiece(sizes.slice(at))
      const { rows } = await connection.run(`FETCH ${count} FROM cells`)
      yield { table: name, columns: names, rows: rows.map((row) => row.map(toCell)) }
      at += count
    }
  }
  await connection.run('CLOSE sizes; CLOSE cells')
}

function toCell(value: unknown): DumpCell {
  return typeof value === 'boolean' ? Number(value) : (value as DumpCell)
}

/** Puts rows into tables that are there, inside the transaction that is open. */
export async function loadTables(connection: Connection, pieces: AsyncIterable<DumpPiece>): Promise<void> {
  const tables = new Map((await tablesOf(connection)).map((table) => [table.name, table]))
  for await (const { table, columns, rows } of pieces) {
    const types = columns.map((column) => {
      const found = tables.get(table)?.columns.find(({ name }) => name === column)
      if (!found) throw new TypeError(`there is no column ${column} of ${table}`)
      return found.type
    })
    const lists = types.map((type, at) => `$${at + 1}::${type}[]`).join(', ')
    const statement = {
      name: '',
      text: `INSERT INTO ${table} (${columns.join(', ')}) SELECT * FROM unnest(${lists})`,
    }
    await connection.query(
      statement,
      types.map((type, at) =>
        encodeArray(
          type,
          rows.map((row) => row[at] ?? null),
        ),
      ),
    )
  }
}

/** Removes tables of whatever version, inside the transaction that is open. */
export async function dropTables(connection: Connection): Promise<void> {
  for (const { name } of await tablesOf(connection)) await connection.run(`DROP TABLE ${name}`)
}
