/** What the rest of the server knows of a door: what of a home is its, what it may be allowed, what it leaves behind. */
import type { Reads, Session } from './store.ts'
import type { Row, TableName } from './tables.ts'

/** The languages of the pages. */
export type Language = 'en' | 'fr'

/** The same sentence in every language of the pages. */
export type Words = Readonly<Record<Language, string>>

/** A part of every home that is a door's. */
export interface DoorPath {
  /** Collections at this path and below. */
  prefix: string
  /** How they behave: the name of their policy. */
  policy: 'list' | 'tree' | 'timeline' | 'log'
  /** What a person is told is there. */
  title: Words
}

/** Something that an app or a device can be allowed to do at a door. */
export interface DoorScope {
  /** Unique in the door; in addresses and on the command line. */
  name: string
  /** Relative to the home. */
  path: string
  /** A bit mask of core/permissions. */
  bits: number
  /** For the pages of consent and of one's apps: what it is called, and what it comes to. */
  title: Words
  description: Words
}

/** A row of the directory that an archive holds, because nothing else in it says the same. */
export interface DirectoryRow {
  table: TableName
  row: Row
}

/**
 * Where sealed values are: a column of a directory table. Whoever seals something names its column here, so that it is
 * sealed anew after a rotation of the key.
 */
export interface SealedColumn {
  table: TableName
  column: string
  /** Only the rows whose first key column begins so. */
  prefix?: string
  /** The members of a JSON object in the column that hold sealed texts; without, the column itself is one. */
  members?: readonly string[]
  /** The context that the row's values are sealed in; nothing in it may change while the row lives. */
  context(row: Row): string
}

export interface Citizen {
  /** As in the options and on the command line. */
  name: string
  paths: readonly DoorPath[]
  scopes: readonly DoorScope[]
  /** What the operator of the server can read of what it keeps, for the page that says so honestly. */
  operatorSees: Words
  /** What a person calls a space of this door's; undefined where it is none. */
  spaceName?(reads: Pick<Reads, 'rows'>, home: number): Promise<string | undefined>
  /** What the door seals. */
  sealed?: readonly SealedColumn[]
  /** The directory's rows about a home that are this door's. */
  directoryRows(reads: Pick<Reads, 'rows'>, home: number): Promise<DirectoryRow[]>
  /**
   * Removes what the door has outside of the home of an account that ends, in the transaction that ends it: the home's
   * own content goes with the home.
   */
  purge(session: Session, account: { id: string; home: number; login: string }): Promise<void>
}
