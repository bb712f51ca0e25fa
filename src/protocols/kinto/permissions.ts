/** `/permissions`: what whoever asks may do, and where. */
import {
  anyHome,
  type Bits,
  CREATE,
  has,
  imply,
  KINTO_READ,
  NONE,
  READ,
  WRITE,
} from '../../core/permissions/index.ts'
import {
  afterKey,
  compareBy,
  compileFilter,
  keepFirst,
  type Sort,
  type SortKey,
} from '../../lib/filter/index.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { parentPath, pathName, splitPath } from '../../lib/paths.ts'
import { jsonAnswer, revisionHeaders } from './answer.ts'
import { checkAccept } from './body.ts'
import { mayMakeAccounts } from './account.ts'
import type { Call, Door, Handler, Route } from './call.ts'
import { bucketRow, clockRow } from './directory.ts'
import { unavailable } from './errors.ts'
import { bucketPath, collectionList, groupList } from './kinds.ts'
import { pageLimit, type PagePlace } from './page.ts'
import { projector } from './projection.ts'
import { readListParameters } from './query.ts'
import { isOneOf, mayCreateBucket } from './rights.ts'
import { totals } from './verbs/list.ts'
import { refuse } from './verbs/object.ts'

/** Fields of an entry; others can't be asked for. */
export const permissionFields = new Set([
  'uri',
  'resource_name',
  'permissions',
  'bucket_id',
  'collection_id',
  'group_id',
  'record_id',
  'account_id',
  'id',
  'last_modified',
])

/** Most entries of one answer's making: each is held while they are sorted. */
const maxEntries = 100_000
const pageRows = 1000

const getPermissions: Handler = async (door, call) => {
  checkAccept(call.headers)
  const parameters = readListParameters(call.address.query, call.now, permissionFields)
  if (!(await isOneOf(door, call, door.settings.permissionsRead))) refuse(call)
  const sorts = ownSorts(parameters.sorts)
  const page: PagePlace = {
    list: 'permissions',
    path: call.address.path,
    deletes: false,
    now: call.now,
    unique: 'uri',
  }
  const after = door.pages.start(page, { ...parameters, sorts }) as SortKey | undefined
  const limit = pageLimit(parameters.limit, door.settings)
  // Entries have no time: filters and orders that speak of it leave everything as it is.
  const passes = compileFilter(parameters.filters.filter(({ field }) => field !== 'last_modified'))
  const follows = after && afterKey(sorts, after, 'uri')
  const first = keepFirst<JsonObject>(limit + 1, compareBy(sorts, 'uri'))
  let total = 0
  for (const entry of await entriesOf(door, call)) {
    if (!passes(entry)) continue
    total++
    if (!follows || follows(entry)) first.add(entry)
  }
  const headers = [...revisionHeaders(0), 'Cache-Control', 'no-cache, no-store']
  if (call.method === 'HEAD')
    return { status: 200, headers: [...headers, ...totals(total)], body: '{"data":[]}' }
  const found = first.sorted()
  const shown = found.slice(0, limit)
  if (found.length > limit)
    headers.push(...door.pages.next(page, { ...parameters, sorts }, limit, shown.at(-1)!))
  const project = parameters.fields && projector(parameters.fields)
  return jsonAnswer(200, { data: project ? shown.map(project) : shown }, headers)
}

function ownSorts(sorts: readonly Sort[]): Sort[] {
  const own = sorts.filter(({ field }) => field !== 'last_modified')
  return own.some(({ field }) => field === 'uri') ? own : [...own, { field: 'uri', descending: true }]
}

interface Thing {
  home: number
  path: string
  bits: Bits
  creates: Set<string>
}

/** Everything that is collected for one object, by its path in a home. */
type Collected = Map<string, Thing>

async function entriesOf(door: Door, call: Call): Promise<JsonObject[]> {
  const entries: JsonObject[] = []
  const root: string[] = []
  if (await mayCreateBucket(door, call, WRITE)) root.push('bucket:create')
  if (await mayMakeAccounts(door, call)) root.push('account:create')
  if (root.length > 0) entries.push({ uri: '/', resource_name: 'root', permissions: root })
  const { name, subject } = call.who
  if (name?.startsWith('account:') && subject.grant === undefined) {
    const id = name.slice('account:'.length)
    const uri = `/accounts/${id}`
    entries.push({ uri, resource_name: 'account', permissions: ['read', 'write'], id, account_id: id })
  }
  const collected: Collected = new Map()
  await collectOwn(call, collected)
  await collectShared(call, collected)
  await collectConfigured(door, call, collected)
  await collectAllowed(call, collected)
  for (const { home, path, bits, creates } of collected.values()) {
    const bucket = await call.scope.directory.inHome(home)
    if (!bucket) continue
    // What she may do in all of a bucket, she may do where something is shared with others as well.
    const own = (await call.scope.permissions.rights(subject, home, bucketPath)).bits
    const limited = await withinGrant(call, { home, path, bits: bits | own, creates })
    const entry = entryOf(bucket.id, path, limited.bits, limited.creates)
    if (entry) entries.push(entry)
  }
  return entries
}

/** What of it the app may do that asks: it learns nothing of the rest, not even that it is there. */
async function withinGrant(call: Call, thing: Thing): Promise<Pick<Thing, 'bits' | 'creates'>> {
  const { subject } = call.who
  if (subject.grant === undefined) return thing
  const { home, path, bits, creates } = thing
  const rightsAt = async (at: string) => (await call.scope.permissions.rights(subject, home, at)).bits
  const left = new Set<string>()
  for (const name of creates) if (has(await rightsAt(listOf(path, name)), CREATE)) left.add(name)
  return { bits: imply(bits) & (await rightsAt(path)), creates: left }
}

/** The path of the list in which a permission lets one create. */
const listOf = (path: string, permission: string): string =>
  permission === 'group:create'
    ? groupList
    : permission === 'collection:create'
      ? collectionList
      : `${path}/records`

/** What an app was allowed of the person's own bucket, thing by thing. */
async function collectAllowed(call: Call, collected: Collected): Promise<void> {
  const { account, grant } = call.who.subject
  if (!account || !grant) return
  for (const { home, path } of grant.scopes) {
    if ((home !== anyHome && home !== account.home) || !path.startsWith(`${bucketPath}/`)) continue
    const { bits } = await call.scope.permissions.rights(call.who.subject, account.home, path)
    const { record } = await call.scope.reads.record(account.home, parentPath(path) ?? '', pathName(path))
    if (has(bits, READ) && record && !record.deleted) collect(collected, account.home, path, bits)
  }
}

function collect(collected: Collected, home: number, path: string, bits: Bits, creates?: string): void {
  const key = `${home} ${path}`
  const known = collected.get(key) ?? { home, path, bits: NONE, creates: new Set<string>() }
  known.bits |= bits
  if (creates !== undefined) known.creates.add(creates)
  collected.set(key, known)
  if (collected.size > maxEntries) throw unavailable('There are too many permissions to list', 3600)
}

/** The default bucket, with its groups and collections: its person owns all of it without a word. */
async function collectOwn(call: Call, collected: Collected): Promise<void> {
  const { account } = call.who.subject
  if (!account || !(await call.scope.directory.inHome(account.home))) return
  const { bits } = await call.scope.permissions.rights(call.who.subject, account.home, bucketPath)
  if (has(bits, READ)) await collectAll(call, collected, account.home, bits)
}

async function collectAll(call: Call, collected: Collected, home: number, bits: Bits): Promise<void> {
  collect(collected, home, bucketPath, bits)
  for (const list of [groupList, collectionList]) await collectIn(call, collected, home, list, bits)
}

async function collectIn(
  call: Call,
  collected: Collected,
  home: number,
  list: string,
  bits: Bits,
): Promise<void> {
  let after: [string] | undefined
  for (;;) {
    const { records, more } = await call.scope.reads.list(home, list, {
      filters: [],
      sort: [{ field: 'id', descending: false }],
      limit: pageRows,
      deleted: false,
      ...(after && { after: [after] }),
    })
    for (const { id } of records) collect(collected, home, `${list}/${id}`, bits)
    const last = records.at(-1)
    if (!more || !last) return
    after = [last.id]
  }
}

/** What entries give: on buckets, groups and collections, and on records that were shared one by one. */
async function collectShared(call: Call, collected: Collected): Promise<void> {
  let after: { home: number; path: string } | undefined
  for (;;) {
    const page = await call.scope.permissions.reachable(call.who.subject, {
      ...(after && { after }),
      limit: pageRows,
    })
    for (const { home, path, bits } of page) {
      const at = listOwner(path)
      if (at === undefined) collect(collected, home, path, bits)
      else if (has(bits, CREATE)) collect(collected, home, at.path, NONE, at.permission)
    }
    const last = page.at(-1)
    if (page.length < pageRows || !last) return
    after = { home: last.home, path: last.path }
  }
}

/** The object that a list belongs to, and the permission that an entry at the list stands for. */
function listOwner(path: string): { path: string; permission: string } | undefined {
  if (path === groupList) return { path: bucketPath, permission: 'group:create' }
  if (path === collectionList) return { path: bucketPath, permission: 'collection:create' }
  const parts = splitPath(path)
  return parts.length === 4 && parts[3] === 'records'
    ? { path: path.slice(0, -'/records'.length), permission: 'record:create' }
    : undefined
}

/** What settings give in all buckets: foreign test suites alone ask for it. */
async function collectConfigured(door: Door, call: Call, collected: Collected): Promise<void> {
  if (!door.configured) return
  const { configured } = door
  const { principals } = call.who.subject
  const bitsAt = (path: string) =>
    configured(path).reduce(
      (bits, one) => (principals.includes(one.principal) ? bits | one.bits : bits),
      NONE,
    )
  const atBucket = bitsAt(bucketPath)
  const atGroups = bitsAt(`${groupList}/any`)
  const atCollections = bitsAt(`${collectionList}/any`)
  const creates = [groupList, collectionList].filter((list) => has(bitsAt(list), CREATE))
  if (!(atBucket | atGroups | atCollections) && creates.length === 0) return
  let after: { bucket_id: string } | undefined
  for (;;) {
    const rows = await call.scope.reads.rows('bucket', {}, { limit: pageRows, ...(after && { after }) })
    for (const { id, home, deleted } of rows.map(bucketRow)) {
      if (deleted || id === clockRow) continue
      if (atBucket) collect(collected, home, bucketPath, atBucket)
      for (const list of creates) collect(collected, home, bucketPath, NONE, listOwner(list)!.permission)
      if (atGroups) await collectIn(call, collected, home, groupList, atGroups)
      if (atCollections) await collectIn(call, collected, home, collectionList, atCollections)
    }
    if (rows.length < pageRows) return
    after = { bucket_id: String(rows.at(-1)!['bucket_id']) }
  }
}

/** The permissions on a kind of object that one of them brings along. */
const implied = {
  bucket: ['read:attributes', 'read', 'collection:create', 'group:create', 'write'],
  group: ['read', 'write'],
  collection: ['read:attributes', 'read', 'record:create', 'write'],
  record: ['read', 'write'],
} as const

function entryOf(
  bucket: string,
  path: string,
  bits: Bits,
  creates: ReadonlySet<string>,
): JsonObject | undefined {
  const [root, list, item, records, record, ...rest] = splitPath(path)
  if (root !== bucketPath || rest.length > 0) return undefined
  const base = `/buckets/${bucket}`
  if (list === undefined) return entry('bucket', base, { bucket_id: bucket, id: bucket }, bits, creates)
  if (item === undefined) return undefined
  if (list === 'groups' && records === undefined)
    return entry(
      'group',
      `${base}/groups/${item}`,
      { bucket_id: bucket, group_id: item, id: item },
      bits,
      creates,
    )
  if (list !== 'collections') return undefined
  const uri = `${base}/collections/${item}`
  const ids = { bucket_id: bucket, collection_id: item }
  if (records === undefined) return entry('collection', uri, { ...ids, id: item }, bits, creates)
  if (record === undefined) return undefined
  return entry('record', `${uri}/records/${record}`, { ...ids, record_id: record, id: record }, bits, creates)
}

function entry(
  kind: keyof typeof implied,
  uri: string,
  ids: JsonObject,
  bits: Bits,
  creates: ReadonlySet<string>,
): JsonObject | undefined {
  // An app may write without sharing: to a client that is writing.
  const writes = has(imply(bits), WRITE)
  const reads = has(imply(bits), KINTO_READ)
  const permissions = implied[kind].filter((name) => {
    if (writes) return true
    if (name === 'read') return reads
    if (name === 'read:attributes') return reads || creates.size > 0
    return creates.has(name)
  })
  return permissions.length === 0 ? undefined : { uri, resource_name: kind, permissions, ...ids }
}

export const permissionsRoute: Route = {
  path: '/permissions',
  methods: { HEAD: getPermissions, GET: getPermissions },
}
