/** Reading collections and objects. */
import type { CollectionRow } from '../../core/ports.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { childPath } from '../../lib/paths.ts'
import { checkRead } from './access.ts'
import { bsoJson, isBsoId } from './bso.ts'
import type { Answer, Call, Handler, Headers } from './call.ts'
import { unread } from './conditions.ts'
import { StorageError } from './errors.ts'
import { readWanted, writeOffset } from './query.ts'

/** Where a collection is. */
export const collectionPath = ({ owner, collection }: Call): string => childPath(owner.path, collection)

/** When a collection was last changed; 0 for one that is not there, or not any more. */
export const clockOf = (row: CollectionRow | undefined): number => (row && row.cid !== null ? row.clock : 0)

export const getCollection: Handler = async (door, call) => {
  const { store } = door
  const { home } = call.owner
  const path = collectionPath(call)
  const newlines = wantsNewlines(call.headers)
  const { list, order, full } = readWanted(call.query)
  if (call.headers['x-if-modified-since'] !== undefined) {
    const looked = await store.collection(home, path)
    await checkRead(door, call.owner, looked.home)
    const answer = unread(call, clockOf(looked.collection))
    if (answer) return answer
  }
  // A list of nothing is not asked for.
  const query = list.limit === 0 ? { ...list, limit: 1 } : list
  let page = door.pages.writer({ newlines, full })
  const begin = () => {
    page.release()
    page = door.pages.writer({ newlines, full })
    return list.limit === 0 ? () => {} : page.show
  }
  try {
    const read = await store.each(home, path, query, begin)
    await checkRead(door, call.owner, read.home)
    const modified = clockOf(read.collection)
    unread(call, modified)
    const last = read.more ? page.last() : undefined
    return {
      status: 200,
      modified,
      body: page.done(),
      headers: [
        'X-Weave-Records',
        String(page.count()),
        ...(last ? ['X-Weave-Next-Offset', writeOffset(order, last)] : []),
        ...(newlines ? ['Content-Type', 'application/newlines'] : []),
      ],
    }
  } catch (error) {
    page.release()
    // A place that is not of this order: not one that we gave.
    if (error instanceof CodedError && error.code.startsWith('filter-')) throw new StorageError(400)
    throw error
  }
}

export const getItem: Handler = async (door, call) => {
  const { owner, id } = call
  if (!isBsoId(id)) throw new StorageError(404)
  const { home, record } = await door.store.record(owner.home, collectionPath(call), id)
  await checkRead(door, owner, home)
  if (!record || record.deleted) {
    unread({ ...call, headers: withoutModifiedSince(call.headers) }, 0)
    throw new StorageError(404)
  }
  return (
    unread(call, record.modified) ??
    ({ status: 200, modified: record.modified, body: bsoJson(record) } as Answer)
  )
}

/** What is not there was not left unchanged either: it is 404. */
const withoutModifiedSince = ({ 'x-if-modified-since': _since, ...headers }: Headers): Headers => headers

/** Whether lines are wanted in place of a list. Throws 406 for a type that there is not. */
function wantsNewlines({ accept }: Headers): boolean {
  if (typeof accept !== 'string') return false
  let acceptable = false
  for (const one of accept.split(',')) {
    const [type = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase())
    if (parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) continue
    if (type === 'application/newlines') return true
    acceptable ||= type === '' || type === '*/*' || type === 'application/*' || type === 'application/json'
  }
  if (!acceptable) throw new StorageError(406)
  return false
}
