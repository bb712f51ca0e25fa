/** What is shared item by item: from the directory of entries in force, never from a check of each item. */
import { CodedError } from '../../lib/coded-error.ts'
import { compareBytes, isBelow, parentPath, pathName } from '../../lib/paths.ts'
import type { Clock, Row } from '../ports.ts'
import { type Bits, has, imply, LIST, NONE, READ } from './bits.ts'
import { accountPrincipal } from './principals.ts'
import type { Permissions, Readable, RightsReads, Shared, Subject } from './types.ts'
import { grantBits } from './walk.ts'

/** Most items that a list may be made of where the right to list is missing. */
const maxShared = 10_000

/** Rows read at once, and how often at most for one list. */
const pageRows = 1000
const maxPages = 100

interface From {
  reads: RightsReads
  clock: Clock
}

/** See `Permissions.readable`. */
export async function readable(
  { reads, clock, rights }: From & Pick<Permissions, 'rights'>,
  subject: Subject,
  home: number,
  path: string,
  need: Bits = READ,
): Promise<Readable> {
  const { bits, permSeq } = await rights(subject, home, path)
  if (permSeq < 0) return { kind: 'none' }
  if (has(bits, need | LIST)) return { kind: 'all' }
  const now = clock.now()
  const { grant, ...person } = subject
  const listed =
    grant && has((await rights({ ...person, key: `${subject.key} person` }, home, path)).bits, need | LIST)
  const items = listed
    ? grant.scopes.filter((scope) => scope.home === home || scope.home === 0).map((scope) => scope.path)
    : await sharedItems({ reads, clock }, subject, home, path, need)
  const ids = new Set<string>()
  for (const item of items) {
    if (parentPath(item) === path && has(grantBits(grant, home, item, now), need)) ids.add(pathName(item))
  }
  // What she owns among others' items; an app that was allowed single items gets none of these.
  const owns = !listed && subject.account && has(grantBits(grant, home, path, now), need)
  const owner = owns && subject.account ? accountPrincipal(subject.account.id) : null
  if (ids.size === 0 && owner === null) return { kind: 'none' }
  return { kind: 'some', ids: [...ids].sort(compareBytes), owner }
}

/** Paths directly below `path` for which an entry gives one of the principals what is needed. */
async function sharedItems(
  { reads, clock }: From,
  { principals }: Subject,
  home: number,
  path: string,
  need: Bits,
): Promise<Set<string>> {
  const now = clock.now()
  const above = path === '' ? '' : `${path}/`
  const found = new Map<string, Bits>()
  let pages = 0
  for (const principal of principals) {
    let after: Row | undefined
    do {
      if (++pages > maxPages + principals.length) throw tooMany()
      const rows = await reads.rows(
        'shared_with',
        { principal, home_id: home },
        {
          limit: pageRows,
          ...(above === '' ? {} : { prefix: { column: 'path', value: above } }),
          ...(after ? { after } : {}),
        },
      )
      for (const row of rows) {
        const at = String(row['path'])
        if (inForce(row, now) && parentPath(at) === path)
          found.set(at, (found.get(at) ?? NONE) | Number(row['bits']))
      }
      if (found.size > maxShared) throw tooMany()
      after = rows.length < pageRows ? undefined : behind(rows.at(-1), above)
    } while (after)
  }
  return new Set([...found].filter(([, bits]) => has(imply(bits), need)).map(([at]) => at))
}

/** Where to go on: behind the whole of the item that the last row belongs to, since what is deeper is not listed. */
function behind(last: Row | undefined, above: string): Row | undefined {
  if (last === undefined) return undefined
  const path = String(last['path'])
  const slash = path.indexOf('/', above.length)
  return slash < 0 ? last : { ...last, path: `${path.slice(0, slash)}/\u{10ffff}` }
}

const tooMany = () =>
  new CodedError('too-many-shared', 'too many single items are shared', { max: maxShared })

const inForce = (row: Row, now: number) => row['expires'] === null || Number(row['expires']) > now

/** See `Permissions.reachable`. Every principal's rows come in the order of the answer, so they are merged. */
export async function reachable(
  { reads, clock }: From,
  { principals, grant }: Subject,
  page: { after?: { home: number; path: string }; limit: number },
): Promise<Shared[]> {
  const limit = Math.min(Math.max(1, page.limit), 1000)
  const found: Shared[] = []
  let after = page.after
  for (let more = true; more && found.length < limit;) {
    const now = clock.now()
    const pages: Row[][] = []
    for (const principal of principals) {
      const from = after ? { after: { principal, home_id: after.home, path: after.path } } : {}
      pages.push(await reads.rows('shared_with', { principal }, { limit, ...from }))
    }
    const merged = merge(pages.flat())
    more = pages.some((rows) => rows.length === limit)
    // Behind the first full page's end, other principals may have rows that were not read.
    const sure = more ? merged.slice(0, limit) : merged
    for (const { home, path, rows } of sure) {
      after = { home, path }
      const bits = rows.reduce((sum, row) => (inForce(row, now) ? sum | Number(row['bits']) : sum), NONE)
      if (bits !== NONE && (imply(bits) & grantBits(grant, home, path, now)) !== 0)
        found.push({ home, path, bits })
      if (found.length === limit) return found
    }
  }
  return found
}

function merge(rows: Row[]): { home: number; path: string; rows: Row[] }[] {
  const groups = Map.groupBy(rows, (row) => `${row['home_id']} ${row['path']}`)
  return [...groups.values()]
    .map((group) => ({ home: Number(group[0]?.['home_id']), path: String(group[0]?.['path']), rows: group }))
    .sort((a, b) => a.home - b.home || compareBytes(a.path, b.path))
}

/**
 * The fields that an app may read of the record at `path`, by scopes that name fields: for doors that cut their
 * answers to them. Undefined: a whole scope covers it, or there is no grant. Empty: no scope covers it.
 */
export function readableFields(
  grant: Subject['grant'],
  home: number,
  path: string,
  now: number,
): ReadonlySet<string> | undefined {
  if (has(grantBits(grant, home, path, now), READ)) return undefined
  const fields = new Set<string>()
  for (const scope of grant?.scopes ?? []) {
    const covers =
      (scope.home === 0 || scope.home === home) && (scope.path === path || isBelow(path, scope.path))
    const inForce = scope.expires === undefined || scope.expires > now
    if (covers && inForce && has(imply(scope.bits), READ))
      for (const field of scope.fields ?? []) fields.add(field)
  }
  return fields
}
