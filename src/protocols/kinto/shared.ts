/** What is shared with whoever makes a request, beyond what the permission model lists by itself. */
import { CREATE, has, imply, type Shared } from '../../core/permissions/index.ts'
import type { Row } from '../../core/ports.ts'
import { compareBytes, isBelow, prefixRange, splitPath } from '../../lib/paths.ts'
import type { Call } from './call.ts'
import { bucketPath, collectionList, groupList } from './kinds.ts'

/** Rows looked at for one list. */
const maxRows = 10_000
const pageRows = 1000

/** Behind all paths of a home. */
const lastPath = '\u{10ffff}'

/** Collections of a home in which whoever asks may make records: they are seen though they may not be read. */
export async function creatableIn(call: Call, home: number): Promise<string[]> {
  const { subject } = call.who
  const found = new Set<string>()
  for (const principal of subject.principals) {
    let after: Row | undefined
    for (let seen = 0; seen < maxRows; seen += pageRows) {
      const rows: Row[] = await call.scope.reads.rows(
        'shared_with',
        { principal, home_id: home },
        {
          limit: pageRows,
          prefix: { column: 'path', value: `${collectionList}/` },
          ...(after && { after }),
        },
      )
      for (const row of rows) {
        const parts = splitPath(String(row['path']))
        if (parts.length === 4 && parts[3] === 'records' && isInForce(row, call.now) && creates(row))
          found.add(parts[2]!)
      }
      if (rows.length < pageRows) break
      after = rows.at(-1)
    }
  }
  if (subject.grant === undefined) return [...found]
  const allowed: string[] = []
  for (const id of found)
    if (await call.scope.permissions.may(subject, CREATE, home, `${collectionList}/${id}/records`))
      allowed.push(id)
  return allowed
}

const isInForce = (row: Row, now: number) => row['expires'] === null || Number(row['expires']) > now
const creates = (row: Row) => has(imply(Number(row['bits'])), CREATE)

/** Where to look on: behind the bucket's own entries there may be thousands for what is in it. */
function goOn(path: string): string {
  if (isBelow(path, collectionList)) return prefixRange(collectionList)[1]
  return path > groupList ? lastPath : path
}

/** Homes, other than her own, where something says that a bucket may be seen; at most `max`. */
export async function bucketsShared(call: Call, max: number): Promise<number[]> {
  const homes: number[] = []
  let after: { home: number; path: string } | undefined
  while (homes.length < max) {
    const page: Shared[] = await call.scope.permissions.reachable(call.who.subject, {
      ...(after && { after }),
      limit: 100,
    })
    if (page.length === 0) return homes
    for (const { home, path } of page) {
      if (after && after.home === home && compareBytes(path, after.path) <= 0) continue
      after = { home, path: goOn(path) }
      if (path !== '' && path !== bucketPath && path !== collectionList && path !== groupList) continue
      if (homes.at(-1) !== home) homes.push(home)
    }
  }
  return homes
}
