/**
 * Everything of one person as JSON Lines, one piece after the other: nothing is held but a page of rows or a part of a
 * body. The format is described in docs/export.md.
 */
import { type Account, type Accounts, pairwiseSalt } from '../core/accounts/index.ts'
import { accountPrincipal } from '../core/permissions/index.ts'
import type { Blobs, Citizen, Clock, CollectionRow, HomeRow, Listed, Store } from '../core/ports.ts'
import type { KeyRing } from '../lib/sealed.ts'

/** Of the format. A reader refuses a higher one. */
export const archiveVersion = 1

export interface ArchiveParts {
  store: Store
  blobs: Blobs
  clock: Clock
  keys: KeyRing
  accounts: Pick<Accounts, 'logOf'>
  doors: readonly Citizen[]
  /** The server's public address, for whoever finds the file later. */
  publicUrl: string
}

/** Rows of a page, records of a page with their bytes, and bytes of a body in one line. */
const pageRows = 500
const recordRows = 100
const pageBytes = 1_048_576
const partBytes = 524_288

/** The lines of an archive, each with its end. The last one says how many there are before it: without it, it is cut. */
export async function* archive(parts: ArchiveParts, account: Account): AsyncGenerator<string> {
  const { clock, keys, publicUrl } = parts
  let lines = 0
  const line = (value: object): string => {
    lines++
    return `${JSON.stringify(value)}\n`
  }
  const { id, login, created } = account
  yield line({
    essaim: 'export',
    version: archiveVersion,
    made: clock.now(),
    server: publicUrl,
    account: { id, login, created, pairwise: pairwiseSalt(keys, account) },
  })
  for await (const home of homesOf(parts, account))
    for await (const one of ofHome(parts, home)) yield line(one)
  for await (const one of logOf(parts, account)) yield line(one)
  yield `${JSON.stringify({ kind: 'end', lines })}\n`
}

/** Her own home, then the spaces that she owns. */
async function* homesOf({ store }: ArchiveParts, account: Account): AsyncGenerator<HomeRow> {
  const own = await store.home(account.home)
  if (own) yield own
  const owner = accountPrincipal(account.id)
  for (let after: number | undefined; ;) {
    const page = { payer: account.home, limit: pageRows, ...(after === undefined ? {} : { after }) }
    const homes = await store.homes(page)
    for (const home of homes) if (home.owner === owner && home.state === 'active') yield home
    if (homes.length < pageRows) return
    after = homes.at(-1)?.id
  }
}

async function* ofHome(parts: ArchiveParts, row: HomeRow): AsyncGenerator<object> {
  const { store, doors } = parts
  const { id: home, kind, owner, epoch, seq, created } = row
  yield { kind: 'home', home, type: kind, owner, epoch, seq, created, maxBytes: row.maxBytes }
  for (const door of doors)
    for (const { table, row: found } of await door.directoryRows(store, home))
      yield { kind: 'row', home, door: door.name, table, row: found }
  for await (const collection of collectionsOf(parts, home)) {
    const { path, clock, born, fields } = collection
    yield { kind: 'collection', home, path, clock, born, ...(fields ? { fields } : {}) }
    for await (const record of recordsOf(parts, home, path)) yield record
  }
  for (let after: string | undefined; ;) {
    const entries = await store.accessBelow(home, '', {
      limit: pageRows,
      ...(after === undefined ? {} : { after }),
    })
    for (const { path, principal, source, bits, expires } of entries)
      yield { kind: 'access', home, path, principal, source, bits, expires }
    if (entries.length < pageRows) break
    after = entries.at(-1)?.path
  }
  yield* blobsOf(parts, home)
}

/** The root list first, then everything below it. */
async function* collectionsOf({ store }: ArchiveParts, home: number): AsyncGenerator<CollectionRow> {
  const { collection: root } = await store.collection(home, '')
  if (root && root.cid !== null) yield root
  for (let after: string | undefined; ;) {
    const page = { limit: pageRows, ...(after === undefined ? {} : { after }) }
    const found = await store.collections(home, { below: '' }, page)
    for (const collection of found) if (collection.cid !== null && collection.path !== '') yield collection
    if (found.length < pageRows) return
    after = found.at(-1)?.path
  }
}

async function* recordsOf(parts: ArchiveParts, home: number, path: string): AsyncGenerator<object> {
  const { store } = parts
  for (let last: string | undefined; ;) {
    const { records, more } = await store.list(home, path, {
      filters: [],
      sort: [],
      limit: recordRows,
      maxBytes: pageBytes,
      deleted: false,
      ...(last === undefined ? {} : { after: [[last]] }),
    })
    for (const record of records) yield await recordLine(parts, home, path, record)
    last = records.at(-1)?.id
    if (!more || last === undefined) return
  }
}

/** Lists have no bodies: a document's is read with its record. Past 64 KiB it is a blob, which comes by itself. */
async function recordLine({ store }: ArchiveParts, home: number, path: string, listed: Listed) {
  const { id, modified, owner, expires, type, data } = listed
  const line = { kind: 'record', home, path, id, modified, owner, expires, data: JSON.parse(data) as unknown }
  if (type === null) return line
  const { record } = await store.record(home, path, id)
  const body = record?.body == null ? {} : { body: Buffer.from(record.body).toString('base64') }
  return { ...line, type, ...body, ...(record?.blob == null ? {} : { blob: record.blob }) }
}

/** Each blob that something refers to, once, in parts of half a MiB. */
async function* blobsOf({ store, blobs }: ArchiveParts, home: number): AsyncGenerator<object> {
  for await (const { hash } of blobs.list(home)) {
    const row = await store.blob(home, hash)
    const open = row && row.refs > 0 ? await blobs.get(home, hash) : undefined
    if (!open) continue
    let at = 0
    for await (const body of partsOf(open.stream)) {
      yield { kind: 'blob', home, hash, size: open.size, at, body: body.toString('base64') }
      at += body.byteLength
    }
  }
}

async function* partsOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = []
  let length = 0
  for await (const bytes of stream)
    for (let at = 0; at < bytes.byteLength;) {
      const taken = bytes.subarray(at, at + partBytes - length)
      waiting.push(taken)
      length += taken.byteLength
      at += taken.byteLength
      if (length < partBytes) continue
      yield Buffer.concat(waiting)
      ;[waiting, length] = [[], 0]
    }
  if (length > 0) yield Buffer.concat(waiting)
}

/** What concerns herself; what administrators wrote of her is theirs as well, and stays here. */
async function* logOf({ accounts }: ArchiveParts, { id }: Account): AsyncGenerator<object> {
  for (let after: string | undefined; ;) {
    const entries = await accounts.logOf(id, { limit: 500, ...(after === undefined ? {} : { after }) })
    for (const { area, actor, act, details, address, agent, created } of entries)
      if (area === 'person') yield { kind: 'log', act, mine: actor === id, details, address, agent, created }
    if (entries.length < 500) return
    after = entries.at(-1)?.id
  }
}
