/** What the rest of the server knows of a door: what of a home is its, what it may be allowed, what it leaves behind. */
import type { Reads, Session, Store } from './store.ts'
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

/**
 * Something that an app or a device can be allowed to do at a door: written `door:verb` for all of it, and
 * `door:target:verb` for one thing in it.
 */
export interface DoorScope {
  /** `r` reads, `rw` changes as well; else a word of the door's own. Unique in the door. */
  verb: string
  /** What else apps that speak another protocol's language call it; an absolute address. */
  alias?: string
  /** Of all of the door, relative to every home in which the person has rights. */
  path: string
  /** A bit mask of core/permissions. */
  bits: number
  /** For the pages of consent and of one's apps: what it is called, and what it comes to. */
  title: Words
  description: Words
  /** The same for one thing, whose name stands for `{target}`; absent: it is for all of the door only. */
  one?: { title: Words; description: Words }
  /** What it can be limited to (`?fields=a,b`); absent: it cannot. */
  fields?: readonly { name: string; title: Words }[]
}

/** What a door may look at to find a target. */
export type TargetReads = Pick<Store, 'rows' | 'home' | 'homes' | 'list'>

/** Whose targets are looked for. */
export interface TargetOwner {
  id: string
  home: number
}

/** The things of a door that a scope can be about. */
export interface DoorTargets {
  /** What a person is asked where an app left it open (`door:pick:verb`). */
  question: Words
  /** What stands before the name of a thing that she may begin with her answer; absent: only what is there can be chosen. */
  begins?: string
  /** Whether a text is written as a target is. */
  isTarget(text: string): boolean
  /** Where it is; undefined: not within her reach, or not there and not hers to make. */
  find(
    reads: TargetReads,
    person: TargetOwner,
    target: string,
  ): Promise<{ home: number; path: string } | undefined>
  /** What she can choose from, at most `limit`. */
  list(reads: TargetReads, person: TargetOwner, limit: number): Promise<{ target: string; title: string }[]>
  /** What a person calls a target. */
  titleOf(target: string, language: Language): string
  /** How a person knows what is at a path of a home: the name of the nearest thing that has one. */
  nameOf(path: string): string | undefined
  /** What is at a path of a home, in words to stand in a list; undefined: nothing of this door's. */
  placeOf?(path: string): Words | undefined
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
  /** What people call it. */
  title: Words
  paths: readonly DoorPath[]
  scopes: readonly DoorScope[]
  /** Absent: its scopes are for all of it. */
  targets?: DoorTargets
  /** Where it keeps what belongs to a module (`notes:rw`), in a person's home. Storage doors alone. */
  modulePaths?(module: string): readonly string[]
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
