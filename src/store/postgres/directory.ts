/** Directory tables in PostgreSQL: many lookups in one statement, and writes that find out conflicts. */
import type { RowWrite } from '../../core/ports/store.ts'
import { type Cell, type Row, type TableName, tables, type Where } from '../../core/ports/tables.ts'
import { compareBytes } from '../../lib/compare-bytes.ts'
import { postgresDialect, removeRows, selectRows } from '../directory.ts'
import { encodeArray } from './arrays.ts'
import type { Lookup } from './lookups.ts'
import { named } from './names.ts'
import type { Sql } from './select.ts'

/** Rows that one lookup gives, at most. */
const mostRows = 10_000

const lookups = new Map<string, Lookup>()

/** The lookup of rows by equality on these columns. No index that answers it: `TypeError`. */
export function rowLookup(table: TableName, columns: readonly string[]): Lookup {
  const name = `rows_${table}_${columns.join('_')}`
  const known = lookups.get(name)
  if (known) return known
  const shape = tables[table]
  // This refuses what no index answers.
  selectRows(postgresDialect, table, Object.fromEntries(columns.map((column) => [column, ''])))
  const types = columns.map((column) => typeOf(table, column))
  const order = shape.key.filter((column) => !columns.includes(column))
  const text =
    `SELECT w.n, t.* FROM unnest(${arrays(types)}) WITH ORDINALITY AS w(${columns.join(', ')}, n)` +
    ` CROSS JOIN LATERAL (SELECT ${Object.keys(shape.columns).join(', ')} FROM ${table} AS own` +
    ` WHERE ${columns.map((column) => `own.${column} = w.${column}`).join(' AND ')}` +
    (order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '') +
    ` LIMIT ${mostRows}) AS t`
  const lookup = { name, text, types }
  lookups.set(name, lookup)
  return lookup
}

/** What was found in the directories in this transaction, and so what its writes rely on. */
export interface Sight {
  /** Rows of a lookup, all of them. */
  saw(table: TableName, where: Where, rows: readonly Row[]): void
  /** A lookup would have found the row with this key, and did not: nobody else may put it meanwhile. */
  isAbsent(table: TableName, row: Row): boolean
  wrote(write: RowWrite): void
}

export function createSight(): Sight {
  const wheres: { table: TableName; where: Where }[] = []
  const present = new Set<string>()
  return {
    saw(table, where, rows) {
      wheres.push({ table, where })
      for (const row of rows) present.add(keyText(table, row))
    },
    isAbsent: (table, row) =>
      !present.has(keyText(table, row)) &&
      wheres.some(
        (one) => one.table === table && Object.keys(one.where).every((c) => one.where[c] === row[c]),
      ),
    wrote(write) {
      if ('put' in write) present.add(keyText(write.table, write.put))
      else if (isKey(write.table, write.remove)) present.delete(keyText(write.table, write.remove))
    },
  }
}

/**
 * Statements for writes of directory rows: by table and by key, so that two transactions take rows in
 * the same order, the clock of all buckets last. A row that was looked for and not there is inserted,
 * and fails with 23505 if somebody else was faster; others are put over what is there.
 */
export function writeRows(writes: readonly RowWrite[], sight: Sight): Sql[] {
  const statements: Sql[] = []
  const byTable = Map.groupBy(writes, (write) => (isClock(write) ? 'clock' : write.table))
  const order = [...byTable.keys()].sort(
    (a, b) => Number(a === 'clock') - Number(b === 'clock') || compareBytes(a, b),
  )
  for (const table of order) {
    let run = new Map<string, RowWrite>()
    for (const write of byTable.get(table) ?? []) {
      if ('put' in write || isKey(write.table, write.remove)) {
        run.set(keyText(write.table, 'put' in write ? write.put : write.remove), write)
        continue
      }
      statements.push(...runSql(run, sight), removal(write.table, write.remove))
      run = new Map()
    }
    statements.push(...runSql(run, sight))
  }
  for (const write of writes) sight.wrote(write)
  return statements
}

/** Statements for writes of single rows of one table, each row once. */
function runSql(run: ReadonlyMap<string, RowWrite>, sight: Sight): Sql[] {
  const [first] = run.values()
  if (!first) return []
  const { table } = first
  const puts: Row[] = []
  const removes: Where[] = []
  for (const write of run.values()) {
    if ('put' in write) puts.push(write.put)
    else removes.push(write.remove)
  }
  const [news = [], olds = []] = [true, false].map((is) =>
    puts.filter((row) => sight.isAbsent(table, row) === is).sort(byKey(table)),
  )
  return [
    ...(removes.length > 0 ? [removeSql(table, removes.sort(byKey(table)))] : []),
    ...(news.length > 0 ? [putSql(table, news, false)] : []),
    ...(olds.length > 0 ? [putSql(table, olds, true)] : []),
  ]
}

function putSql(table: TableName, rows: readonly Row[], isOver: boolean): Sql {
  const { key, columns } = tables[table]
  const names = Object.keys(columns)
  const others = names.filter((column) => !key.includes(column))
  const update = others.map((column) => `${column} = excluded.${column}`).join(', ')
  const over = ` ON CONFLICT (${key.join(', ')}) DO ${update ? `UPDATE SET ${update}` : 'NOTHING'}`
  const types = names.map((column) => typeOf(table, column))
  return {
    text:
      `INSERT INTO ${table} (${names.join(', ')}) SELECT * FROM unnest(${arrays(types)})` +
      (isOver ? over : ''),
    values: names.map((column, at) => columnOf(table, rows, column, types[at])),
  }
}

function removeSql(table: TableName, rows: readonly Where[]): Sql {
  const { key } = tables[table]
  const types = key.map((column) => typeOf(table, column))
  const same = key.map((column) => `own.${column} = w.${column}`).join(' AND ')
  return {
    text: `DELETE FROM ${table} AS own USING unnest(${arrays(types)}) AS w(${key.join(', ')}) WHERE ${same}`,
    values: key.map((column, at) => columnOf(table, rows, column, types[at])),
  }
}

function removal(table: TableName, where: Where): Sql {
  return removeRows(postgresDialect, table, where)
}

/** Locks the rows of a lookup, so that they stay as they are read next. */
export function lockSql(table: TableName, where: Where): Sql {
  return selectRows(postgresDialect, table, where, {}, true)
}

export function readSql(table: TableName, where: Where): Sql {
  return selectRows(postgresDialect, table, where)
}

export const prepared = ({ text }: Sql) => named(text)

type Type = 'text' | 'bigint'

const typeOf = (table: TableName, column: string): Type =>
  tables[table].columns[column] === 'text' ? 'text' : 'bigint'

const arrays = (types: readonly Type[]) => types.map((type, at) => `$${at + 1}::${type}[]`).join(', ')

function columnOf(table: TableName, rows: readonly Row[], column: string, type: Type = 'text'): Buffer {
  const cells = rows.map((row): Cell => {
    const cell = row[column]
    if (cell === undefined) throw new TypeError(`${table} needs a value for ${column}`)
    return cell
  })
  return encodeArray(type, cells)
}

const isKey = (table: TableName, where: Where) =>
  tables[table].key.every((column) => where[column] !== undefined && where[column] !== null) &&
  Object.keys(where).length === tables[table].key.length

const isClock = (write: RowWrite) =>
  write.table === 'bucket' && ('put' in write ? write.put : write.remove).bucket_id === ''

const keyText = (table: TableName, row: Row) =>
  `${table}\0${tables[table].key.map((column) => String(row[column])).join('\0')}`

function byKey(table: TableName): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const column of tables[table].key) {
      const [left, right] = [a[column], b[column]]
      if (left === right) continue
      if (typeof left === 'number' && typeof right === 'number') return left - right
      return compareBytes(String(left), String(right))
    }
    return 0
  }
}
