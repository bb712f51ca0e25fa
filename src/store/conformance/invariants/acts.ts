/**
 * What the model-based suite may do to a store, as plain data that can be made, shown and shrunk.
 * Homes are given by their index, times by their distance from the present, and revisions by how
 * they relate to what is stored when the act begins.
 */
import type { Filter } from '../../../lib/filter/index.ts'

/** Homes of a run: a person who pays, two spaces she pays for, and a person with limits of her own. */
export const homeCount = 4

/** Where records are put: every policy, with trees of several branches. */
export const paths = [
  '',
  'contacts/b',
  'kinto/groups',
  'kinto/collections/c/records',
  'rs',
  'rs/a',
  'rs/a/b',
  'rs/a/c',
  'rs/d/e',
  'sync/tabs',
  'sync/forms',
  'xmpp/archive',
] as const

/** What drops name besides: parents of several paths, and siblings that begin alike. */
export const parents = ['kinto', 'kinto/collections/c', 'rs/d', 'sync', 'contacts', 'xmpp', 'rs/a-b'] as const

export const ids = ['a', 'b', 'c', 'é/x'] as const
export const hashes = ['11'.repeat(32), '22'.repeat(32), '33'.repeat(32)] as const
export const queues = ['q', 'push/d'] as const
export const topics = ['t', 'u'] as const
export const batches = ['B1', 'B2'] as const
export const principals = ['everyone', 'account:x'] as const
export const sources = ['owner', 'link'] as const
export const rowNames = ['n1', 'n2'] as const

interface Placed {
  home: number
  path: string
  id: string
}

/** Parts of a record, each perhaps not given. Times are distances from the present. */
export interface Parts {
  n?: number
  body?: number
  blob?: number | null
  owner?: string | null
  expires?: number | null
  modified?: number
}

export type Act =
  | ({ act: 'put' | 'delete' } & Placed & Parts)
  | ({ act: 'patch'; by: 'increment' | 'nothing' | 'delete' | 'expire' | 'throw' } & Placed)
  | ({ act: 'compute'; by: 'copy' | 'other-home' | 'delete' | 'nothing' | 'throw'; to: number } & Placed)
  | ({ act: 'touch'; expires: number | null } & Placed)
  | {
      act: 'delete-found' | 'trim'
      home: number
      path: string
      filters: Filter[]
      limit: number
      deleted: boolean
    }
  | { act: 'make'; home: number; path: string; clock?: number }
  | { act: 'drop' | 'tick'; home: number; path: string }
  | { act: 'index'; home: number; path: string; fields: string[] }
  | {
      act: 'access'
      home: number
      path: string
      principal: string
      source: string
      bits: number
      expires: number | null
    }
  | { act: 'clear-access'; home: number; path: string; below: boolean }
  | { act: 'row'; home: number; name: string; until: number | null; remove: boolean }
  | { act: 'create-home'; home: number; payer: boolean }
  | {
      act: 'alter-home'
      home: number
      set: 'owner' | 'replica' | 'active' | 'ended' | 'ends' | 'base' | 'bytes' | 'records' | 'payer'
      value: number
    }
  | { act: 'bump'; home: number }
  | { act: 'enqueue'; home: number; name: string; topic?: string; expires: number; size: number }
  | { act: 'dequeue'; home: number; name: string; which: number }
  | { act: 'stage'; home: number; batch: string; expires: number; items: { id: string; n: number }[] }
  | { act: 'apply-staged' | 'drop-staged'; home: number; batch: string; path: string }

/** A precondition; `right` says whether its number is what is stored when the act begins. */
export type When =
  | ({ is: 'record-absent' | 'record-exists' } & Placed)
  | ({ is: 'record-revision'; of: 'modified' | 'seq'; right: boolean } & Placed)
  | ({ is: 'record-not-newer'; right: boolean } & Placed)
  | {
      is: 'collection-clock' | 'collection-not-newer' | 'collection-present'
      home: number
      path: string
      right: boolean
    }
  | { is: 'collection-absent'; home: number; path: string }
  | { is: 'no-record-at-ancestor'; home: number; path: string }
  | { is: 'permissions'; home: number; right: boolean }
  | { is: 'row-absent' | 'row-exists' | 'row-has'; home: number; name: string }

export interface StepActs {
  when: When[]
  acts: Act[]
}

export interface Request {
  steps: StepActs[]
  /** Refused as a whole (`commitStep`, the first step alone) or step by step. */
  alone: boolean
  /** The version of the rights it was decided under: none, the present one, an old one. */
  decided: 'no' | 'right' | 'wrong'
}

/** Looks at one place with one query. */
export interface Look {
  home: number
  path: string
  id: string
  filters: Filter[]
  sort: { field: string; descending: boolean }[]
  limit: number
  deleted: boolean
}

export type Move =
  /** In one turn of the event loop, so that they share transactions; perhaps with a sweep beside them. */
  | { move: 'group'; requests: Request[]; sweep: boolean; look: Look }
  | { move: 'session'; parts: (Request | Look)[]; throws: boolean }
  | { move: 'tick'; ms: number }
  | { move: 'sweep' }
  | { move: 'look'; look: Look }

/** One history. The limits are those of the first home in bytes and of the last in records. */
export interface Run {
  maxBytes: number | null
  maxRecords: number | null
  moves: Move[]
}
