/** What a request may do: the core decides, this door adds what its settings grant to all homes. */
import {
  anyHome,
  type Bits,
  CREATE,
  type ExtraEntries,
  type ExtraEntry,
  has,
  imply,
  KINTO_READ,
  KINTO_WRITE,
  NONE,
} from '../../core/permissions/index.ts'
import type { HomeRow } from '../../core/ports.ts'
import type { Call, Door } from './call.ts'
import type { Directory } from './directory.ts'
import { unavailable } from './errors.ts'
import { bucketPath, collectionList, groupList } from './kinds.ts'
import { authenticatedName, everyoneName, type Names } from './names.ts'
import type { Place } from './place.ts'
import type { GrantName, KintoSettings } from './settings.ts'

/** How often a request is decided again when rights or data move under it. */
export const attempts = 6

/** How often a write is decided before its transaction begins; after that, nobody else writes between the two. */
export const hopeful = 3

/** A home that moves faster than a request can be decided. */
export function tooBusy({ retryAfter }: KintoSettings) {
  return unavailable('The data changes too fast just now, please retry', retryAfter)
}

/** Grants over all homes that an operator configured: for the permission model, and kept up to date by the door. */
export interface ConfiguredRights {
  /** Undefined where nothing is configured. */
  extra: ExtraEntries | undefined
  /** Looks up the accounts that settings name. */
  resolve(names: Names, directory: Directory): Promise<void>
}

const kinds = ['bucket', 'collection', 'group', 'record'] as const
const verbBits = { create: CREATE, read: KINTO_READ, write: KINTO_WRITE } as const
type Shape = `${(typeof kinds)[number]}_${keyof typeof verbBits}`

export function createConfiguredRights({ grants }: KintoSettings): ConfiguredRights {
  const shapes = kinds
    .flatMap((kind) => (['create', 'read', 'write'] as const).map((verb): Shape => `${kind}_${verb}`))
    .filter((shape) => shape !== 'bucket_create' && (grants[shape]?.length ?? 0) > 0)
  if (shapes.length === 0) return { extra: undefined, resolve: async () => {} }
  let entries = new Map<Shape, ExtraEntry[]>()
  const at = (...found: Shape[]) => found.flatMap((shape) => entries.get(shape) ?? [])
  const table = () => ({
    bucket: at('bucket_read', 'bucket_write'),
    groups: at('group_create'),
    group: at('group_read', 'group_write'),
    collections: at('collection_create'),
    collection: at('collection_read', 'collection_write'),
    records: at('record_create'),
    record: at('record_read', 'record_write'),
  })
  let byKind = table()
  return {
    extra(path) {
      if (!path.startsWith(bucketPath)) return []
      const parts = path.split('/')
      if (parts[0] !== bucketPath || parts.length > 5) return []
      const inGroups = parts[1] === 'groups'
      if (parts.length === 1) return byKind.bucket
      if (parts.length === 2) return inGroups ? byKind.groups : byKind.collections
      if (parts.length === 3) return inGroups ? byKind.group : byKind.collection
      return parts.length === 4 ? byKind.records : byKind.record
    },
    async resolve(names, directory) {
      const found = new Map<Shape, ExtraEntry[]>()
      for (const shape of shapes) {
        const bits = verbBits[shape.slice(shape.indexOf('_') + 1) as keyof typeof verbBits]
        const list: ExtraEntry[] = []
        for (const name of grants[shape] ?? [])
          list.push({ principal: await names.principal(directory, name), bits })
        found.set(shape, list)
      }
      entries = found
      byKind = table()
    },
  }
}

/** Whether a server-wide grant holds for whoever makes the request. */
export async function isGranted(door: Door, call: Call, grant: GrantName): Promise<boolean> {
  return isOneOf(door, call, door.settings.grants[grant] ?? [])
}

/** Whether whoever makes the request is one of these, written as clients do. */
export async function isOneOf(door: Door, call: Call, principals: readonly string[]): Promise<boolean> {
  const { name, subject } = call.who
  for (const one of principals) {
    if (one === everyoneName || one === name) return true
    if (one === authenticatedName && name !== undefined) return true
    if (one.startsWith('/buckets/')) {
      const principal = await door.names.principal(call.scope.directory, one)
      if (subject.principals.includes(principal)) return true
    }
  }
  return false
}

/** Whether whoever makes the request may make a bucket: by the settings, and `need` by the app's own scopes. */
export async function mayCreateBucket(door: Door, call: Call, need: Bits): Promise<boolean> {
  const { grant } = call.who.subject
  const scoped = grant?.scopes.some(
    ({ home, path, bits }) =>
      home === anyHome && (path === '' || path === bucketPath) && has(imply(bits), need),
  )
  if (grant && !scoped) return false
  return isGranted(door, call, 'bucket_create')
}

/** Rights that settings give where no home is: on buckets that are not there. */
export function configuredBits(door: Door, call: Call, path: string): Bits {
  let bits = NONE
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/'))))
    for (const { principal, bits: some } of door.configured?.(at) ?? [])
      if (call.who.subject.principals.includes(principal)) bits |= at === path ? some : some & ~CREATE
  return imply(bits)
}

/** The rights at a path in a home that was read, under exactly that version; undefined: read it again. */
export async function rightsUnder(
  call: Call,
  home: HomeRow,
  path: string,
  owner: string | null,
): Promise<Bits | undefined> {
  const { permissions } = call.scope
  const { subject } = call.who
  const known = permissions.cached(subject, home, path, owner)
  if (known !== undefined) return known
  const decision = await permissions.rights(subject, home, path, owner)
  return decision.permSeq === home.permSeq ? decision.bits : undefined
}

/**
 * Whether an object may be seen though it may not be read: who may create something in a bucket or a collection sees
 * what it is.
 */
export async function seesAttributes(call: Call, place: Place): Promise<boolean> {
  const { kind, home, path } = place
  const lists = kind.name === 'bucket' ? [groupList, collectionList] : kind.lists.map((below) => path + below)
  for (const list of lists)
    if (await call.scope.permissions.may(call.who.subject, CREATE, home, list)) return true
  return false
}
