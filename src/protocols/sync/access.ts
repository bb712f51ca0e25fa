/** Whether whoever makes a request may read or write the storage that it is for. */
import { type Bits, has, READ, WRITE } from '../../core/permissions/index.ts'
import { type CommitRequest, type HomeRow, Refusal } from '../../core/ports.ts'
import type { Door, Owner } from './call.ts'
import { preconditionFailed } from './conditions.ts'
import { StorageError, unavailable, weave } from './errors.ts'

const refused = () => new StorageError(401, weave.unknown, ['WWW-Authenticate', 'Hawk'])

/** Throws 401 unless she may read what was read together with this row of her home. */
export async function checkRead(
  { permissions }: Door,
  { subject, path }: Owner,
  home: HomeRow | undefined,
): Promise<void> {
  if (!home) throw refused()
  if (!subject) return
  const bits: Bits =
    permissions.cached(subject, home, path) ?? (await permissions.rights(subject, home, path)).bits
  if (!has(bits, READ)) throw refused()
}

/** Times that a write is decided anew, where rights change faster than it is carried out. */
const attempts = 4

/** Commits what she may write, under the rights that were looked at. Throws what clients are told. */
export async function commit<T>(door: Door, owner: Owner, request: CommitRequest<T>): Promise<T> {
  const { permissions, settings, store } = door
  const { subject, home, path } = owner
  if (settings.readonly) throw unavailable()
  for (let attempt = 0; attempt < attempts; attempt++) {
    const decision = subject && (await permissions.decide(subject, WRITE, home, path))
    if (decision && !has(decision.bits, WRITE)) throw refused()
    try {
      return await store.commit({
        ...request,
        ...(decision ? { permissions: [{ home, permSeq: decision.permSeq }] } : {}),
      })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code !== 'stale-permissions') throw refusalError(error)
      permissions.forget(home)
    }
  }
  throw unavailable()
}

/** A refusal of the store, as clients are told. */
function refusalError(refusal: Refusal): unknown {
  switch (refusal.code) {
    case 'collection-newer':
      return preconditionFailed(refusal.collection?.clock ?? 0)
    case 'record-newer':
      return preconditionFailed(refusal.existing?.modified ?? 0)
    case 'record-absent':
      return new StorageError(404)
    case 'quota-bytes':
    case 'quota-records':
    case 'quota-collections':
      return overQuota()
    case 'home-absent':
      return refused()
    case 'home-replica':
      return unavailable()
    default:
      return refusal
  }
}

export const overQuota = () => new StorageError(403, weave.quota)
