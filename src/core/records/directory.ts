/** Rows of directories in a transaction. */
import { type Row, type RowWrite, type TableName, tables, type Where } from '../ports.ts'
import type { Journal } from './journal.ts'

export interface Directory {
  load(table: TableName, where: Where, rows: Row[]): void
  /** The rows of a look-up that was loaded, as they are now. */
  rows(table: TableName, where: Where): Row[]
  write(write: RowWrite): void
  /** What was written since the last time, in order. */
  take(): RowWrite[]
}

interface Lookup {
  table: TableName
  where: Where
  rows: Row[]
}

export function createDirectory(journal: Journal): Directory {
  const lookups = new Map<string, Lookup>()
  let pending: RowWrite[] = []

  return {
    load(table, where, rows) {
      lookups.set(lookupKey(table, where), { table, where, rows })
    },
    rows(table, where) {
      const found = lookups.get(lookupKey(table, where))
      if (!found) throw new Error(`rows of ${table} were not named in the commit`)
      return found.rows
    },
    write(write) {
      const { table } = write
      for (const [at, lookup] of lookups) {
        if (lookup.table !== table) continue
        const rows = lookup.rows.filter((row) => !isReplaced(row, write))
        if ('put' in write && matches(write.put, lookup.where)) rows.push(write.put)
        journal.set(lookups, at, { ...lookup, rows })
      }
      journal.push(pending, write)
    },
    take() {
      const writes = pending
      pending = []
      return writes
    },
  }
}

/** Whether a row goes with a write of its table. */
function isReplaced(row: Row, write: RowWrite): boolean {
  if ('remove' in write) return matches(row, write.remove)
  return tables[write.table].key.every((column) => row[column] === write.put[column])
}

function matches(row: Row, where: Where): boolean {
  for (const column in where) if (row[column] !== where[column]) return false
  return true
}

function lookupKey(table: TableName, where: Where): string {
  return JSON.stringify([table, Object.entries(where).sort(([a], [b]) => (a < b ? -1 : 1))])
}
