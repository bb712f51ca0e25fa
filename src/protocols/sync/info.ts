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
