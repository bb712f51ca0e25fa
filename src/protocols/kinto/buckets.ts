/** `/buckets` and `/buckets/{id}`: the list goes over all homes that whoever asks can reach. */
import { has, READ, WRITE } from '../../core/permissions/index.ts'
import type { RecordRow } from '../../core/ports.ts'
import { afterKey, compareBy, compileFilter, keepFirst, type SortKey } from '../../lib/filter/index.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { jsonAnswer, notModified, objectValue, revisionHeaders, tombstoneValue } from './answer.ts'
import { checkAccept } from './body.ts'
import { cacheHeadersFor } from './cache.ts'
import type { Call, Door, Handler, Route } from './call.ts'
import { checkConditions, isUnchanged, readConditions } from './conditions.ts'
import { bucketRow, type BucketRow, clockRow } from './directory.ts'
import { bucketKind, bucketList, bucketPath } from './kinds.ts'
import { pageLimit, type PagePlace } from './page.ts'
import { type BucketPlace, bucketPlaceOf } from './place.ts'
import { projector } from './projection.ts'
import { type ListParameters, readListParameters } from './query.ts'
import { configuredBits, mayCreateBucket, rightsUnder, seesAttributes } from './rights.ts'
import { bucketsShared } from './shared.ts'
import { deleteIntent } from './verbs/delete.ts'
import { objectMethods } from './verbs/index.ts'
import { deprecation, totals } from './verbs/list.ts'
import { refuse } from './verbs/object.ts'
import { postObject } from './verbs/post.ts'
import { write } from './write.ts'

/** Spaces that one list looks at; one person pays for at most as many as the quota says. */
const maxReached = 10_000
const pageRows = 1000

/** A bucket that may be seen. */
interface Listed {
  value: JsonObject
  row: BucketRow
}

const listBuckets: Handler = async (door, call) => {
  checkAccept(call.headers)
  const conditions = readConditions(call.headers)
  const parameters = readListParameters(call.address.query, call.now)
  const page = pagePlace(call, false)
  const after = door.pages.start(page, parameters)
  const limit = pageLimit(parameters.limit, door.settings)
  const found = await findBuckets(door, call, parameters, { need: READ, after: after as SortKey, limit })
  const clock = await bucketsClock(call)
  if (isUnchanged(conditions, clock)) return notModified(clock)
  checkConditions(conditions, clock)
  const place = bucketPlaceOf({ id: '', home: undefined, row: undefined, implicit: false })
  const headers = [
    ...revisionHeaders(clock),
    ...(await cacheHeadersFor(door, call, place)),
    ...deprecation(parameters, door.settings),
  ]
  if (call.method === 'HEAD')
    return { status: 200, headers: [...headers, ...totals(found.total)], body: '{"data":[]}' }
  const shown = found.listed.slice(0, limit).map(({ value }) => value)
  if (found.listed.length > limit) headers.push(...door.pages.next(page, parameters, limit, shown.at(-1)!))
  const project = parameters.fields && projector(parameters.fields)
  return jsonAnswer(200, { data: project ? shown.map(project) : shown }, headers)
}

/** Deletes the buckets that may be written, one after the other: each of them whole or not at all. */
const deleteBuckets: Handler = async (door, call) => {
  checkAccept(call.headers)
  const conditions = readConditions(call.headers)
  const parameters = readListParameters(call.address.query, call.now)
  checkConditions(conditions, await bucketsClock(call))
  const page = pagePlace(call, true)
  const after = door.pages.start(page, parameters)
  const limit = pageLimit(parameters.limit, door.settings)
  const found = await findBuckets(door, call, parameters, { need: WRITE, after: after as SortKey, limit })
  const shown = found.listed.slice(0, limit)
  const tombstones: JsonObject[] = []
  for (const { row } of shown) {
    const place = bucketPlaceOf({ id: row.id, home: row.home, row, implicit: false })
    const bare = { ...call, headers: {}, address: { ...call.address, query: '' } }
    const answer = await write(door, bare, deleteIntent(door, bare, place))
    tombstones.push((JSON.parse(answer.body ?? '{}') as { data: JsonObject }).data)
  }
  const times = tombstones.map((tombstone) => Number(tombstone['last_modified']))
  const headers = revisionHeaders(times.length > 0 ? Math.max(...times) : await bucketsClock(call))
  if (found.listed.length > limit)
    headers.push(...door.pages.next(page, parameters, limit, shown.at(-1)!.value))
  return jsonAnswer(200, { data: tombstones }, headers)
}

/** The list has a clock of its own, which every bucket's time is drawn from. */
async function bucketsClock(call: Call): Promise<number> {
  const [row] = await call.scope.reads.rows('bucket', { bucket_id: clockRow })
  return Math.max(1, row ? bucketRow(row).modified : 0)
}

function pagePlace(call: Call, deletes: boolean): PagePlace {
  return { list: 'buckets', path: call.address.path, deletes, now: call.now }
}

interface Found {
  /** One more than the limit, where there are more. */
  listed: Listed[]
  total: number
}

async function findBuckets(
  door: Door,
  call: Call,
  { filters, sorts, timed }: ListParameters,
  { need, after, limit }: { need: typeof READ | typeof WRITE; after: SortKey | undefined; limit: number },
): Promise<Found> {
  const passes = compileFilter(filters)
  const follows = after && afterKey(sorts, after)
  const order = compareBy(sorts)
  const first = keepFirst<Listed>(limit + 1, (a, b) => order(a.value, b.value))
  let total = 0
  let seen = false
  const take = (row: BucketRow, value: JsonObject) => {
    seen = true
    if (!passes(value)) return
    if (!row.deleted) total++
    if (!follows || follows(value)) first.add({ row, value })
  }
  const everywhere = has(configuredBits(door, call, bucketPath), need)
  for await (const row of everywhere ? allRows(call) : reachedRows(call)) {
    if (row.deleted) {
      if (timed && everywhere && need === READ) take(row, tombstoneValue(row.id, row.modified))
      continue
    }
    const record = await readableBucket(call, row, need)
    if (record) take(row, objectValue(row.id, record.modified, record.data))
  }
  if (!seen && !everywhere && !(await mayCreateBucket(door, call, WRITE))) refuse(call)
  return { listed: first.sorted(), total }
}

/** The record of a bucket that may be seen, or written. */
async function readableBucket(
  call: Call,
  row: BucketRow,
  need: typeof READ | typeof WRITE,
): Promise<RecordRow | undefined> {
  const { home, record } = await call.scope.reads.record(row.home, bucketList, bucketPath)
  if (!home || !record || record.deleted) return undefined
  // Rights that move meanwhile leave the bucket out: the next request sees it.
  const bits = (await rightsUnder(call, home, bucketPath, record.owner)) ?? 0
  if (has(bits, need)) return record
  const place: BucketPlace = { id: row.id, home: row.home, row, implicit: false }
  return need === READ && (await seesAttributes(call, bucketPlaceOf(place))) ? record : undefined
}

async function* reachedRows(call: Call): AsyncGenerator<BucketRow> {
  const { who, scope } = call
  const own = who.subject.account?.home
  for (const home of new Set([
    ...(own === undefined ? [] : [own]),
    ...(await bucketsShared(call, maxReached)),
  ])) {
    const row = await scope.directory.inHome(home)
    if (row) yield row
  }
}

async function* allRows(call: Call): AsyncGenerator<BucketRow> {
  let after: { bucket_id: string } | undefined
  for (;;) {
    const rows = await call.scope.reads.rows('bucket', {}, { limit: pageRows, ...(after && { after }) })
    for (const row of rows.map(bucketRow)) if (row.id !== clockRow) yield row
    if (rows.length < pageRows) return
    after = { bucket_id: String(rows.at(-1)!['bucket_id']) }
  }
}

export const bucketRoutes: readonly Route[] = [
  {
    path: '/buckets',
    methods: { HEAD: listBuckets, GET: listBuckets, POST: postObject(bucketKind), DELETE: deleteBuckets },
  },
  {
    path: '/buckets/{bucket}',
    methods: objectMethods(bucketKind),
  },
]
