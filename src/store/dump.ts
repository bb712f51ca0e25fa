/**
 * All tables of a store, piece by piece: how rows go from one database into another, whichever
 * they are. Both adapters name their tables and columns alike, and number their schemas alike.
 */
import { policyOf } from '../core/records/index.ts'

/** A value of a column. Truth is 1 or 0. */
export type DumpCell = string | number | Uint8Array | null

/** Some rows of one table; all pieces of a table come one after the other. */
export interface DumpPiece {
  table: string
  columns: readonly string[]
  rows: readonly (readonly DumpCell[])[]
}

/** Rows, and bytes of texts and bodies, that a piece holds at most; one row may be larger. */
export const pieceRows = 1_000
export const pieceBytes = 4 * 1024 * 1024

/** How many of these rows make a piece: at least one. */
export function rowsOfPiece(sizes: readonly number[]): number {
  let rows = 0
  let bytes = 0
  for (const size of sizes) {
    bytes += size
    if (rows > 0 && bytes > pieceBytes) break
    rows++
  }
  return rows
}

/**
 * What restored rows are: every home begins a new epoch, and every clock goes past all that was
 * shown before, so that nobody takes the restored state for the one he knew.
 */
export function restored(piece: DumpPiece, now: number): DumpPiece {
  const at = (name: string) => piece.columns.indexOf(name)
  const later = (cell: DumpCell | undefined, tick = 1) =>
    Math.ceil(Math.max(now + 1, Number(cell ?? 0) + 1) / tick) * tick
  const change = (row: readonly DumpCell[], changes: readonly (readonly [at: number, cell: DumpCell])[]) => {
    const copy = [...row]
    for (const [place, cell] of changes) copy[place] = cell
    return copy
  }
  switch (piece.table) {
    case 'home': {
      const [epoch, clock] = [at('epoch'), at('base_clock')]
      const rows = piece.rows.map((row) =>
        change(row, [
          [epoch, Math.max(now, Number(row[epoch]) + 1)],
          [clock, later(row[clock])],
        ]),
      )
      return { ...piece, rows }
    }
    case 'collection': {
      const [clock, path] = [at('clock'), at('path')]
      const rows = piece.rows.map((row) =>
        change(row, [[clock, later(row[clock], policyOf(String(row[path])).tick)]]),
      )
      return { ...piece, rows }
    }
    case 'bucket': {
      // The clock of the list of all buckets.
      const [id, modified] = [at('bucket_id'), at('modified')]
      const rows = piece.rows.map((row) =>
        row[id] === '' ? change(row, [[modified, later(row[modified])]]) : row,
      )
      return { ...piece, rows }
    }
    default:
      return piece
  }
}

/** What a restored store holds: homes, and live records. */
export interface Restored {
  homes: number
  records: number
}

/** Counts what passes. */
export async function* counted(pieces: AsyncIterable<DumpPiece>, count: Restored): AsyncGenerator<DumpPiece> {
  for await (const piece of pieces) {
    if (piece.table === 'home') {
      const at = piece.columns.indexOf('records')
      count.homes += piece.rows.length
      for (const row of piece.rows) count.records += Number(row[at])
    }
    yield piece
  }
}
