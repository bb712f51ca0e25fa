/** What is in a storage at large, and what may be: `info/…`. */
import { checkRead } from './access.ts'
import { frameBytes } from './bso.ts'
import type { Answer, Call, Door, Handler } from './call.ts'
import { unread } from './conditions.ts'
import { StorageError } from './errors.ts'
import { limits } from './limits.ts'
import { remainingBytes } from './quota.ts'
import type { CollectionInfo, StorageInfo } from './storages.ts'
import { stamp } from './time.ts'
import { storagePath } from './users.ts'

/** Bytes of the payloads in a collection: as they are kept, and an index counts as some of them. */
const payloadBytes = ({ bytes, records }: CollectionInfo) => Math.max(0, bytes - frameBytes * records)
const kilobytes = (bytes: number) => bytes / 1_024

/** A handler of what is known of the storage; the answer says when it was last changed. */
function about(tell: (info: StorageInfo, door: Door, call: Call) => string | Promise<string>): Handler {
  return async (door, call): Promise<Answer> => {
    const info = await door.storages.info(call.owner)
    await checkRead(door, call.owner, await door.store.home(call.owner.home))
    if (!info) throw new StorageError(401)
    const { modified } = info
    const answer = unread(call, modified)
    if (answer) return answer
    const body = await tell(info, door, call)
    return { status: 200, modified, body, headers: ['X-Weave-Records', String(info.collections.length)] }
  }
}

const object = (info: StorageInfo, valueOf: (one: CollectionInfo) => string | number) =>
  `{${info.collections.map((one) => `${JSON.stringify(one.name)}:${valueOf(one)}`).join(',')}}`

export const getCollections = about((info) => (info.text ??= object(info, ({ clock }) => stamp(clock))))

export const getUsage = about((info) => object(info, (one) => kilobytes(payloadBytes(one))))

export const getCounts = about(async (info, { store }, { owner }) => {
  const counts = new Map<string, number>()
  // What has expired may still be in the count that the row has.
  for (const { name, path } of info.collections)
    counts.set(name, await store.count(owner.home, path, { filters: [], deleted: false }))
  return object(info, ({ name }) => counts.get(name) ?? 0)
})

export const getQuota = about(async (info, { store }, { owner }) => {
  const used = kilobytes(info.collections.reduce((sum, one) => sum + payloadBytes(one), 0))
  const remaining = await remainingBytes(store, owner.home)
  return JSON.stringify([used, remaining === undefined ? null : used + kilobytes(remaining)])
})

const configuration = JSON.stringify(limits)

export const getConfiguration: Handler = async (door, call) => {
  await checkRead(door, call.owner, await door.store.home(call.owner.home))
  return { status: 200, body: configuration }
}

/** What is in a storage, as its owner is told at our pages. */
export interface Usage {
  collections: { name: string; count: number; bytes: number }[]
  /** Of all payloads. */
  bytes: number
  /** When it was last written to, in milliseconds; null: never. */
  last: number | null
}

/** Null where she has no storage. Whether she may be told is for who asks to know. */
export async function usageOf({ users, storages, store }: Door, account: string): Promise<Usage | null> {
  const user = await users.ofAccount(account)
  if (!user) return null
  const { uid, home } = user
  const info = await storages.info({ uid, home, path: storagePath(uid) })
  if (!info) return null
  const collections: Usage['collections'] = []
  for (const one of info.collections) {
    const count = await store.count(home, one.path, { filters: [], deleted: false })
    if (count > 0) collections.push({ name: one.name, count, bytes: payloadBytes(one) })
  }
  const bytes = collections.reduce((sum, one) => sum + one.bytes, 0)
  return { collections, bytes, last: info.modified || null }
}
