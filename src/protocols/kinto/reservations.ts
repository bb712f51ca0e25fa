/** Ids of deleted buckets stay with their owner for a time: what is shared or linked under them is not somebody else's. */
import { accountPrincipal } from '../../core/permissions/index.ts'
import type { HomeRow, Reads } from '../../core/ports.ts'
import type { Change, Precondition } from '../../core/records/index.ts'
import type { Call } from './call.ts'
import { bucketRow } from './directory.ts'
import { errno, KintoError } from './errors.ts'
import type { BucketPlace } from './place.ts'

/** How long an id stays, in milliseconds. */
const reservation = 365 * 86_400_000

/** Ids that are kept for one person; beyond that the oldest are let go. */
const mostKept = 1000

/** Keeps the id of a bucket that is deleted for its owner, on the account of the home that paid for it. */
export function reserve(id: string, { payer }: HomeRow, owner: string, now: number): Change {
  const put = { kind: 'bucket', name: id, home_id: payer, owner, until: now + reservation }
  return { kind: 'row', table: 'name', put }
}

/** Throws 403 for an id that was somebody else's and is kept for her. */
export async function checkReserved(call: Call, bucket: BucketPlace): Promise<void> {
  if (bucket.row === undefined) return
  const [name] = await call.scope.reads.rows('name', { kind: 'bucket', name: bucket.id })
  const { account } = call.who.subject
  if (!name || (name['until'] !== null && Number(name['until']) <= call.now)) return
  if (account && name['owner'] === accountPrincipal(account.id)) return
  throw new KintoError(403, errno.forbidden, 'This bucket id is reserved for its former owner.')
}

/** What lets go of the oldest ids that are kept on the account of a home's payer, and of their tombstones. */
export async function releaseOldest(
  reads: Pick<Reads, 'home' | 'rows'>,
  home: number,
): Promise<{ when: Precondition[]; changes: Change[] }> {
  const payer = (await reads.home(home))?.payer ?? null
  const released: { when: Precondition[]; changes: Change[] } = { when: [], changes: [] }
  if (payer === null) return released
  const names = (await reads.rows('name', { home_id: payer }, { limit: mostKept + 100 })).filter(
    ({ kind }) => kind === 'bucket',
  )
  const oldest = names.toSorted((a, b) => Number(a['until']) - Number(b['until']))
  for (const { name = null } of oldest.slice(0, Math.max(0, names.length - mostKept + 1))) {
    released.changes.push({ kind: 'row', table: 'name', remove: { kind: 'bucket', name } })
    const where = { bucket_id: name }
    const row = (await reads.rows('bucket', where)).map(bucketRow)[0]
    if (!row?.deleted) continue
    released.when.push({ is: 'row-has', table: 'bucket', where, has: { deleted: 1, modified: row.modified } })
    released.changes.push({ kind: 'row', table: 'bucket', remove: where })
  }
  return released
}
