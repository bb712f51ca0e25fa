/**
 * How rows travel between the ports and SQL. A row is read as one JSON array of its narrow columns,
 * built by the server (one column to describe and to cut out of the answer instead of a dozen), and
 * its wide texts and bytes beside it. Rows are written as one array for each column.
 */
import type {
  AccessRow,
  BlobRow,
  CollectionRow,
  HomeRow,
  QueueRow,
  RecordRow,
  StagedRow,
} from '../../core/ports/rows.ts'
import { type ElementType, encodeArray } from './arrays.ts'
import type { Listed } from '../../core/ports/store.ts'
import type { Cells } from './connection.ts'

/**
 * How a column is kept: `json` is a value as JSON text, `hex` bytes that rows show in hexadecimal
 * digits, `wide` and `bytes` are long texts and bytes.
 */
type Kind = 'bigint' | 'text' | 'boolean' | 'json' | 'hex' | 'wide' | 'bytes'

const elements: Readonly<Record<Kind, ElementType>> = {
  bigint: 'bigint',
  text: 'text',
  boolean: 'boolean',
  json: 'text',
  hex: 'bytea',
  wide: 'text',
  bytes: 'bytea',
}

export interface Shape<R> {
  /** Column names in the order of the description, as a list. */
  readonly columns: string
  /** The same without the first. */
  readonly others: string
  /** Columns of a result that one row takes. */
  readonly width: number
  /** What to select for a row; null where the table was joined and had none. */
  select(alias: string): string
  /** The first column of `select`, with all that is narrow. */
  narrow(alias: string): string
  /** The row whose columns begin at `at`; undefined where the table had none. */
  read(cells: Cells, at?: number): R | undefined
  /** One parameter for each column. */
  encode(rows: readonly R[]): Buffer[]
  /** Placeholders with casts for `encode`, from the parameter `first` on: `$1::bigint[], $2::text[]`. */
  placeholders(first?: number): string
}

type Columns<R> = readonly (readonly [field: keyof R & string, column: string, kind: Kind])[]

export function shapeOf<R>(columns: Columns<R>): Shape<R> {
  const narrow = columns.filter(([, , kind]) => kind !== 'wide' && kind !== 'bytes')
  const rest = columns.filter(([, , kind]) => kind === 'wide' || kind === 'bytes')
  const first = columns[0]?.[1]
  // Many rows of one answer are the same: the home and the collection that were read with each record.
  let lastText = ''
  let lastRow: R | undefined

  const packed = (alias: string) => {
    const cells = narrow.map(([, column, kind]) =>
      kind === 'hex' ? `encode(${alias}.${column}, 'hex')` : `${alias}.${column}`,
    )
    return `CASE WHEN ${alias}.${first} IS NOT NULL THEN json_build_array(${cells.join(', ')})::text END`
  }
  const readNarrow = (text: string): Record<string, unknown> => {
    const cells = JSON.parse(text) as unknown[]
    const row: Record<string, unknown> = {}
    let at = 0
    for (const [field, , kind] of narrow) {
      const cell = cells[at++]
      row[field] = kind === 'json' && typeof cell === 'string' ? JSON.parse(cell) : cell
    }
    return row
  }

  return {
    columns: columns.map(([, column]) => column).join(', '),
    others: columns
      .slice(1)
      .map(([, column]) => column)
      .join(', '),
    width: 1 + rest.length,
    narrow: packed,
    select: (alias) => [packed(alias), ...rest.map(([, column]) => `${alias}.${column}`)].join(', '),
    read(cells, at = 0) {
      const text = cells[at]
      if (typeof text !== 'string') return undefined
      if (rest.length === 0 && text === lastText) return lastRow
      const row = readNarrow(text)
      for (const [field] of rest) row[field] = cells[++at]
      if (rest.length === 0) {
        lastText = text
        lastRow = row as R
      }
      return row as R
    },
    encode: (rows) =>
      columns.map(([field, , kind]) =>
        encodeArray(
          elements[kind],
          rows.map((row) => toCell(kind, row[field])),
        ),
      ),
    placeholders: (from = 1) =>
      columns.map(([, , kind], i) => `$${from + i}::${elements[kind]}[]`).join(', '),
  }
}

function toCell(kind: Kind, value: unknown): unknown {
  if (value === null) return null
  if (kind === 'json') return JSON.stringify(value)
  return kind === 'hex' ? Buffer.from(value as string, 'hex') : value
}

export const home = shapeOf<HomeRow>([
  ['id', 'home_id', 'bigint'],
  ['kind', 'kind', 'text'],
  ['owner', 'owner', 'text'],
  ['payer', 'payer', 'bigint'],
  ['state', 'state', 'text'],
  ['epoch', 'epoch', 'bigint'],
  ['created', 'created', 'bigint'],
  ['baseClock', 'base_clock', 'bigint'],
  ['seq', 'seq', 'bigint'],
  ['floorSeq', 'floor_seq', 'bigint'],
  ['permSeq', 'perm_seq', 'bigint'],
  ['nextCid', 'next_cid', 'bigint'],
  ['records', 'records', 'bigint'],
  ['bytes', 'bytes', 'bigint'],
  ['collections', 'collections', 'bigint'],
  ['maxRecords', 'max_records', 'bigint'],
  ['maxBytes', 'max_bytes', 'bigint'],
  ['ends', 'ends', 'bigint'],
])

export const collection = shapeOf<CollectionRow>([
  ['home', 'home_id', 'bigint'],
  ['path', 'path', 'text'],
  ['parent', 'parent', 'text'],
  ['name', 'name', 'text'],
  ['cid', 'cid', 'bigint'],
  ['clock', 'clock', 'bigint'],
  ['born', 'born', 'bigint'],
  ['seq', 'seq', 'bigint'],
  ['deepSeq', 'deep_seq', 'bigint'],
  ['records', 'records', 'bigint'],
  ['children', 'children', 'bigint'],
  ['bytes', 'bytes', 'bigint'],
  ['fields', 'fields', 'json'],
])

const recordColumns: Columns<RecordRow> = [
  ['home', 'home_id', 'bigint'],
  ['cid', 'cid', 'bigint'],
  ['id', 'id', 'text'],
  ['modified', 'modified', 'bigint'],
  ['seq', 'seq', 'bigint'],
  ['owner', 'owner', 'text'],
  ['deleted', 'deleted', 'boolean'],
  ['expires', 'expires', 'bigint'],
  ['type', 'type', 'text'],
  ['size', 'size', 'bigint'],
  ['blob', 'blob', 'hex'],
  ['data', 'data', 'wide'],
  ['body', 'body', 'bytes'],
]

export const record = shapeOf(recordColumns)

/** A record with everything but its body, as commits need what a query found. */
export const found = shapeOf<RecordRow>(recordColumns.filter(([field]) => field !== 'body'))

/** What lists give of a record. */
export const listed = shapeOf<Listed>([
  ['id', 'id', 'text'],
  ['modified', 'modified', 'bigint'],
  ['seq', 'seq', 'bigint'],
  ['deleted', 'deleted', 'boolean'],
  ['owner', 'owner', 'text'],
  ['expires', 'expires', 'bigint'],
  ['type', 'type', 'text'],
  ['size', 'size', 'bigint'],
  ['data', 'data', 'wide'],
])

/** What all records that a query gives have. */
export type Item = Pick<Listed, 'id' | 'modified' | 'deleted' | 'owner' | 'type' | 'size' | 'data'>

export const access = shapeOf<AccessRow>([
  ['home', 'home_id', 'bigint'],
  ['path', 'path', 'text'],
  ['principal', 'principal', 'text'],
  ['source', 'source', 'text'],
  ['bits', 'bits', 'bigint'],
  ['expires', 'expires', 'bigint'],
  ['seq', 'seq', 'bigint'],
])

export const queue = shapeOf<QueueRow>([
  ['home', 'home_id', 'bigint'],
  ['name', 'name', 'text'],
  ['ord', 'ord', 'bigint'],
  ['topic', 'topic', 'text'],
  ['expires', 'expires', 'bigint'],
  ['head', 'head', 'wide'],
  ['body', 'body', 'bytes'],
])

export const staged = shapeOf<StagedRow>([
  ['home', 'home_id', 'bigint'],
  ['batch', 'batch', 'text'],
  ['ord', 'ord', 'bigint'],
  ['expires', 'expires', 'bigint'],
  ['id', 'id', 'text'],
  ['change', 'change', 'wide'],
])

export const blob = shapeOf<BlobRow>([
  ['home', 'home_id', 'bigint'],
  ['hash', 'hash', 'hex'],
  ['size', 'size', 'bigint'],
  ['refs', 'refs', 'bigint'],
  ['zeroSince', 'zero_since', 'bigint'],
])
