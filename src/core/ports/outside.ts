/** What the core needs from outside besides the store: the time, large bodies, and word between processes. */
import type { Readable } from 'node:stream'

/** The time, in whole milliseconds since 1970. Tests give one that stands still or is set by hand. */
export interface Clock {
  now(): number
}

/**
 * Why an operation on blobs failed.
 * - `malformed`: the home is no whole number from 0 to 2^53 - 1, or the hash not 64 lower-case
 *   hexadecimal digits.
 * - `too-large`: the body went past `maxBytes`.
 * - `mismatch`: the body does not have the hash that the caller expected.
 * - `aborted`: the source failed before its end; `cause` says how.
 * - `no-space`: the disk or its quota is full.
 * - `range`: the range starts at or behind the end of the blob, or ends before its start.
 */
export type BlobErrorCode = 'malformed' | 'too-large' | 'mismatch' | 'aborted' | 'no-space' | 'range'

/** A failure that callers may act upon. Whatever else an adapter throws is the disk's own error. */
export class BlobError extends Error {
  readonly code: BlobErrorCode

  constructor(code: BlobErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BlobError'
    this.code = code
  }
}

/** A body's SHA-256 in 64 lower-case hexadecimal digits, and its length in bytes. */
export interface BlobName {
  hash: string
  size: number
}

/** A stored blob in a list; `modified` is when its bytes were last put, in ms since 1970. */
export interface BlobEntry extends BlobName {
  modified: number
}

/**
 * Offsets of the first and the last byte wanted, as in HTTP's `Range: bytes=start-end`; an `end`
 * that is missing or behind the last byte means the last byte.
 */
export interface BlobRange {
  start: number
  end?: number
}

/**
 * An open blob: `size` is that of the whole, the stream gives `length` bytes from offset `start`.
 * The stream has to be read to its end or destroyed, else a file stays open.
 */
export interface OpenBlob {
  size: number
  start: number
  length: number
  stream: Readable
}

/** Bounds of one `put`; `hash`, where given, is the one that the body must have. */
export interface PutLimits {
  maxBytes: number
  hash?: string
}

/**
 * Large bodies, addressed by home and SHA-256. Equal bodies are kept once inside a home and never
 * shared between homes: so nobody learns that somebody else has a file, and a home is counted,
 * exported and removed without looking at others.
 *
 * The port keeps bytes and does not know who refers to them: the store's `blob` rows do (home,
 * hash, size, refs, zero_since). Order holds the two together, not a transaction:
 *
 * 1. Bytes first. `put` answers when the bytes and their name would survive a power cut. Only then
 *    comes the commit that names the hash: it makes the row or raises its count in the transaction
 *    that writes the record. A process killed in between leaves a file without a row, never a row
 *    without a file. A commit names only what was put for it within the last `blobGrace`, or what
 *    has a row already.
 * 2. Rows go late. A count that falls to zero sets `zero_since`; a row with zero references for
 *    `blobGrace` is removed under the home's lock, so that no commit names it meanwhile.
 * 3. Files go last: those that have no row and were not put for `blobGrace` (`orphans`). This needs
 *    no lock, since every `put`, also of bytes that are there already, renews `modified`, and
 *    `remove` spares what was put since. So a file that waits for its commit is never taken away.
 */
export interface Blobs {
  /**
   * Stores a body and answers once it is durable. The source is read as fast as the disk takes it
   * and never held whole. A failure leaves nothing behind, and calls the source's `return`: a door
   * that still wants to answer gives `request.iterator({ destroyOnReturn: false })`.
   * Errors: `malformed`, `too-large`, `mismatch`, `aborted`, `no-space`.
   */
  put(home: number, source: AsyncIterable<Uint8Array>, limits: PutLimits): Promise<BlobName>

  /** Opens a blob or a part of it; undefined when it is not there. Errors: `malformed`, `range`. */
  get(home: number, hash: string, range?: BlobRange): Promise<OpenBlob | undefined>

  /** Errors: `malformed`. */
  has(home: number, hash: string): Promise<boolean>

  /**
   * Removes a blob that was last put before `putBefore` (ms since 1970), and says whether it did.
   * One that was put later stays, also when that put comes while this runs. Open streams read on.
   * Errors: `malformed`.
   */
  remove(home: number, hash: string, putBefore: number): Promise<boolean>

  /** All blobs of a home, in no order; what is put or removed meanwhile may be shown or not. */
  list(home: number): AsyncIterable<BlobEntry>

  /** All homes that may have blobs, in no order. */
  homes(): AsyncIterable<number>

  /** Removes everything of a home, new or old; one without blobs is no error. Errors: `malformed`. */
  removeHome(home: number): Promise<void>

  /**
   * Removes what killed processes left unfinished and nobody has written to since `writtenBefore`
   * (ms since 1970), and says how many. A process that is alone on its data gives the present when
   * it starts; beside others, the present less the longest time an upload may take.
   */
  sweepTemporary(writtenBefore: number): Promise<number>
}

/** How long a blob without references stays: 24 hours, in milliseconds. */
export const blobGrace = 24 * 60 * 60 * 1000

/**
 * The files of a piece of `Blobs.list` that nothing refers to: no row names their hash (one with
 * zero references still does), and they were last put before `putBefore`, which is the present less
 * `blobGrace`. A sweep goes in pieces of at most 500 files, asks the store which hashes of the piece
 * have rows, and gives each orphan to `Blobs.remove` with the same `putBefore`.
 */
export function orphans(
  files: readonly BlobEntry[],
  named: ReadonlySet<string>,
  putBefore: number,
): BlobEntry[] {
  return files.filter((file) => file.modified < putBefore && !named.has(file.hash))
}

/**
 * Home `home` of epoch `epoch` has reached sequence `seq` and permission version `permSeq`.
 * `collections` are the paths that changed, at most 16; undefined: ask the store which.
 */
export interface HomeEvent {
  home: number
  epoch: number
  seq: number
  permSeq: number
  collections?: string[]
}

/** What a listener is told: an event, or `look` where events may be lost and only the store knows. */
export type Wake = HomeEvent | 'look'

/**
 * Gets one wake-up at a time: while the promise that it returned is open, what arrives is merged,
 * to be given afterwards. One that throws or rejects is reported to the bus's `onError` and goes on
 * listening.
 */
export type BusListener = (wake: Wake) => void | Promise<void>

/**
 * Tells every process, this one included, that a home has moved. Only hints travel: the store is
 * the truth, delivery is at most once, and a lost event is repaired by the next one or by the
 * listener's own periodic look at the store.
 *
 * Merging bounds everything. Of the events of one home that wait, one remains, with the largest
 * epoch and, in it, the largest `seq` and `permSeq` and the collections of all; past 16 of them or
 * 2,048 characters the collections become unknown. Where events of more than 4,096 homes wait for
 * one listener, it gets `look` in place of what waited.
 */
export interface Bus {
  /** Never throws or blocks: delivery is in a later turn of the event loop. Ignored after `close`. */
  publish(event: HomeEvent): void

  /**
   * Listens to one home; returns the function that stops it. Where listening begins to hold only
   * after this call returned, a `look` follows. So whoever reads the store after this call and
   * after each wake-up misses nothing.
   */
  listen(home: number, listener: BusListener): () => void

  /** Listens to all homes. */
  listenAll(listener: BusListener): () => void

  /** Ends all listening and what the bus holds open; what waits is not delivered any more. */
  close(): Promise<void>
}
