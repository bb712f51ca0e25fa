/**
 * SQL for the directory tables of core/ports/tables.ts, the same for both adapters: they differ in
 * how a placeholder is written and in whether rows can be locked. Names of tables and columns come
 * from the descriptions alone; every value is a parameter.
 */
import {
  type Cell,
  type Row,
  type TableName,
  type TableShape,
  tables,
  type Where,
} from '../core/ports/tables.ts'

/** How a database writes its SQL. */
export interface Dialect {
  /** The placeholder of the parameter that stands at `position`, from 1. */
  placeholder(position: number): string
  /** What is a bound of rows, from its placeholder. */
  limit(placeholder: string): string
  /** What a SELECT ends with to lock its rows; empty where a writer is alone anyway. */
  lock: string
}

export const sqliteDialect: Dialect = {
  placeholder: () => '?',
  // Not the bare parameter: see `Connection.prepare`.
  limit: (placeholder) => `${placeholder} + 0`,
  lock: '',
}
export const postgresDialect: Dialect = {
  placeholder: (position) => `$${position}`,
  limit: (placeholder) => placeholder,
  lock: ' FOR UPDATE',
}

/** SQL text, the same for equal shapes of its arguments (so that it can be prepared once), and values. */
export interface Statement {
  text: string
  values: Cell[]
}

/** Which rows of a lookup are wanted; see `Reads.rows`. */
export interface RowPage {
  /** The key of the last row of the page before; columns that `where` fixes may be missing. */
  after?: Where
  /** 1 to 10,000, which is also the default. */
  limit?: number
  /** Only rows whose text in `column` begins so. */
  prefix?: { column: string; value: string }
  /** Only rows whose number in `column` is at most `value`; null is not. */
  upTo?: { column: string; value: number }
}

const mostRows = 10_000

/**
 * Selects rows in the order of the table's key, all columns in the order of the description.
 * A lookup that no key or index answers is a mistake of the caller: `TypeError`.
 */
export function selectRows(
  dialect: Dialect,
  table: TableName,
  where: Where,
  page: RowPage = {},
  lock = false,
): Statement {
  const shape = tables[table]
  const write = writer(dialect)
  const order = shape.key.filter((column) => !(column in where))
  const conditions = equalities(write, shape, table, where, page.prefix?.column ?? page.upTo?.column)
  if (page.upTo) conditions.push(`${page.upTo.column} <= ${write.value(page.upTo.value)}`)
  if (page.prefix) {
    const { column, value } = page.prefix
    conditions.push(`${column} >= ${write.value(value)}`)
    const end = afterPrefix(value)
    if (end !== undefined) conditions.push(`${column} < ${write.value(end)}`)
  }
  if (page.after && order.length > 0) {
    const after = page.after
    const values = order.map((column) => write.value(cellOf(after, column, table)))
    conditions.push(`(${order.join(', ')}) > (${values.join(', ')})`)
  }
  const text =
    `SELECT ${Object.keys(shape.columns).join(', ')} FROM ${table}` +
    (conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '') +
    (order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '') +
    ` LIMIT ${dialect.limit(write.value(Math.min(page.limit ?? mostRows, mostRows)))}` +
    (lock ? dialect.lock : '')
  return { text, values: write.values }
}

/** Inserts a row, or replaces the one with its key. Every column has to be given: `TypeError`. */
export function putRow(dialect: Dialect, table: TableName, row: Row): Statement {
  const shape = tables[table]
  const write = writer(dialect)
  const columns = Object.keys(shape.columns)
  for (const column of Object.keys(row)) {
    if (!(column in shape.columns)) throw new TypeError(`${table} has no column ${column}`)
  }
  const values = columns.map((column) => write.value(cellOf(row, column, table)))
  const others = columns.filter((column) => !shape.key.includes(column))
  const update = others.map((column) => `${column} = excluded.${column}`).join(', ')
  return {
    text:
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')})` +
      ` ON CONFLICT (${shape.key.join(', ')}) DO ${others.length > 0 ? `UPDATE SET ${update}` : 'NOTHING'}`,
    values: write.values,
  }
}

/** Removes all rows that `where` finds; it has to name a column, since nothing empties a table: `TypeError`. */
export function removeRows(dialect: Dialect, table: TableName, where: Where): Statement {
  const write = writer(dialect)
  const conditions = equalities(write, tables[table], table, where)
  if (conditions.length === 0) throw new TypeError(`removing from ${table} needs a condition`)
  return { text: `DELETE FROM ${table} WHERE ${conditions.join(' AND ')}`, values: write.values }
}

/** A row from its cells, which stand in the order of the description. */
export function rowOf(table: TableName, cells: readonly Cell[]): Row {
  const row: Record<string, Cell> = {}
  let at = 0
  for (const column in tables[table].columns) row[column] = cells[at++] ?? null
  return row
}

/** Collects the values of a statement and gives their placeholders. */
function writer(dialect: Dialect) {
  const values: Cell[] = []
  return {
    values,
    value(cell: Cell): string {
      values.push(cell)
      return dialect.placeholder(values.length)
    },
  }
}

function equalities(
  write: ReturnType<typeof writer>,
  shape: TableShape,
  table: TableName,
  where: Where,
  ranged?: string,
): string[] {
  const columns = Object.keys(where)
  const lists = [shape.key, ...(shape.indexes ?? []), ...(shape.unique ?? [])]
  const answers = lists.some(
    (list) =>
      columns.every((column) => list.indexOf(column) >= 0 && list.indexOf(column) < columns.length) &&
      (ranged === undefined || list[columns.length] === ranged),
  )
  if (!answers) {
    const wanted = ranged === undefined ? columns : [...columns, ranged]
    throw new TypeError(`${table} can't be looked up by ${wanted.join(', ')}`)
  }
  return columns.map((column) => {
    const cell = cellOf(where, column, table)
    return cell === null ? `${column} IS NULL` : `${column} = ${write.value(cell)}`
  })
}

function cellOf(row: Row, column: string, table: TableName): Cell {
  const cell = row[column]
  if (cell === undefined) throw new TypeError(`${table} needs a value for ${column}`)
  return cell
}

/** The first text, by code points, behind all that begin with `prefix`; undefined when there is none. */
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  for (let point = points.pop(); point !== undefined; point = points.pop()) {
    if (point === 0x10ffff) continue
    // The code points of surrogates are no characters of their own.
    return String.fromCodePoint(...points, point === 0xd7ff ? 0xe000 : point + 1)
  }
  return undefined
}
