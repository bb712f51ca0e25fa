/** What a step is made of: preconditions and changes. All of it is data, save `patch` and `compute`. */
import type { Json } from '../../lib/json/index.ts'
import type { HomeRow, ListQuery, Need, RecordRow, Row, TableName, Where } from '../ports.ts'
import type { View } from './view.ts'

/** Where a record is: a home, the path of its collection, its id. */
export interface Place {
  home: number
  path: string
  id: string
}

export interface RecordInput {
  /** JSON text of the object without id and last_modified. Default `{}`. */
  data?: string
  /** A document's body, at most 64 KiB; larger ones are blobs. */
  body?: Uint8Array | null
  blob?: { hash: string; size: number } | null
  type?: string | null
  /** Given: becomes the owner (null: nobody). Absent: stays, or for a new record null. */
  owner?: string | null
  /** Given: the new expiry (null: none). Absent: stays. */
  expires?: number | null
  /** A client-given time: kept when newer than the record, at most a day ahead. */
  modified?: number
}

export type Precondition =
  | ({ is: 'record-absent' | 'record-exists' } & Place)
  /** The record's clock (`modified`) or number (`seq`, policy tree) is one of these. */
  | ({ is: 'record-revision'; of: 'modified' | 'seq'; revisions: readonly number[] } & Place)
  /** Absent, or not changed after `than`. */
  | ({ is: 'record-not-newer'; than: number } & Place)
  | { is: 'collection-clock'; home: number; path: string; clock: number }
  | { is: 'collection-not-newer'; home: number; path: string; than: number }
  | { is: 'collection-absent'; home: number; path: string }
  | { is: 'collection-present'; home: number; path: string; born?: number }
  /** No ancestor folder's name is taken by a record (remoteStorage's document and folder clash). */
  | { is: 'no-record-at-ancestor'; home: number; path: string }
  | { is: 'permissions'; home: number; permSeq: number }
  | { is: 'row-absent' | 'row-exists'; table: TableName; where: Where }
  /** A directory row exists and has these values. */
  | { is: 'row-has'; table: TableName; where: Where; has: Row }

export type Change =
  | ({ kind: 'put' } & Place & RecordInput)
  /** A pure function of the stored live record: what to put, `delete`, or null for no change. */
  | ({
      kind: 'patch'
      patch: (stored: RecordRow | undefined, now: number) => RecordInput | 'delete' | null
    } & Place)
  /** Further changes, from the stored live record. What they need is named in the step's `needs`. */
  | ({ kind: 'compute'; compute: (stored: RecordRow | undefined, view: View) => Change[] } & Place)
  /** Only the expiry: the number moves, the clock stands still. */
  | ({ kind: 'touch'; expires: number | null } & Place)
  /** With the entries at its path. Nothing happens to what is absent. */
  | ({ kind: 'delete'; modified?: number } & Place)
  /** Deletes what the query found before the request; with tombstones, or without under the policy `log`. */
  | { kind: 'delete-found'; home: number; path: string; query: ListQuery }
  /** Removes what the query found before the request without a trace (policy `log`, or a bounded list). */
  | { kind: 'trim'; home: number; path: string; query: ListQuery }
  /** Makes a collection (and ancestors) if it is not there; its clock is at least `clock`, save in a timeline. */
  | { kind: 'make'; home: number; path: string; clock?: number }
  /** Detaches the content of every collection at and below, and removes the entries there. */
  | { kind: 'drop'; home: number; path: string }
  | { kind: 'index'; home: number; path: string; fields: readonly string[] }
  /** In a timeline: the collection (made if it is not there) shows the step's time, whatever the step writes in it. */
  | { kind: 'tick'; home: number; path: string }
  /** `bits` 0 removes. */
  | {
      kind: 'access'
      home: number
      path: string
      principal: string
      source: string
      bits: number
      expires?: number | null
    }
  /** Removes every entry at the path, and below it with `below`. */
  | { kind: 'clear-access'; home: number; path: string; below: boolean }
  | { kind: 'row'; table: TableName; put: Row }
  | { kind: 'row'; table: TableName; remove: Where }
  /** A new home; `max…` null for no limit of its own. */
  | { kind: 'create-home'; home: number; input: HomeInput }
  | { kind: 'alter-home'; home: number; set: HomeChange }
  /** Moves the version of the home's rights: tokens or grants changed elsewhere. */
  | { kind: 'bump-permissions'; home: number }
  | {
      kind: 'enqueue'
      home: number
      name: string
      topic?: string
      expires: number
      head: string
      body?: Uint8Array
    }
  /** `all`: whatever waits by then. */
  | { kind: 'dequeue'; home: number; name: string; ords: readonly number[] | 'all' }
  | {
      kind: 'stage'
      home: number
      batch: string
      expires: number
      items: readonly { id: string; change: StagedChange }[]
    }
  /** Applies a batch as partial updates of records of one collection, then forgets it. */
  | { kind: 'apply-staged'; home: number; batch: string; path: string }
  | { kind: 'drop-staged'; home: number; batch: string }

export interface HomeInput {
  kind: HomeRow['kind']
  owner: string | null
  payer: number | null
  maxRecords?: number | null
  maxBytes?: number | null
}

export type HomeChange = Partial<
  Pick<HomeRow, 'owner' | 'payer' | 'state' | 'maxRecords' | 'maxBytes' | 'ends' | 'baseClock'>
>

/**
 * A partial update that waits in a batch: fields of the object to set, and perhaps the expiry. One that sets nothing
 * changes the expiry alone, and not the record's time.
 */
export interface StagedChange {
  set: { [field: string]: Json }
  /** Fields of a record that is not there yet, where `set` leaves them out. */
  initial?: { [field: string]: Json }
  expires?: number | null
  /** In place of `expires`: milliseconds from when the batch is applied. */
  ttl?: number
}

/** Preconditions and changes that apply whole or not at all. */
export interface Step {
  when?: readonly Precondition[]
  changes: readonly Change[]
  /** What `compute` and `patch` look at beyond their own record. */
  needs?: readonly Need[]
}

/** What became of one change. */
export type Outcome =
  | { kind: 'record'; record: RecordRow; before: RecordRow | undefined }
  /** Nothing to do: a deletion of what is absent, a patch that gave null, an entry as it was. */
  | { kind: 'same'; record?: RecordRow }
  | { kind: 'records'; records: RecordRow[]; more: boolean }
  | { kind: 'collection'; clock: number; born: number }
  | { kind: 'count'; count: number }
  | { kind: 'queued'; ord: number }
  | { kind: 'several'; outcomes: Outcome[] }
  | { kind: 'done' }
