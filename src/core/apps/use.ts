/**
 * How often grants are used, and where: counted in memory and written at most once a minute, never with a request. A
 * process that is killed loses at most the last minute of it.
 */
import { type Clock, Refusal, type Row, type Store } from '../ports.ts'
import { commitStep, commitSteps } from '../records/index.ts'
import type { Subject } from '../permissions/index.ts'

/** Milliseconds between two writings. */
export const flushEvery = 60_000
/** Grants that are counted at a time; past them the count is written early, and others are not counted until then. */
const maxCounted = 10_000
/** Places of one grant and day. */
const maxPlaces = 32
/** Days that are kept. */
export const daysKept = 35
const rowsAtOnce = 500
const writtenAtOnce = 50

export const dayOf = (time: number): number => Math.floor(time / 86_400_000)

interface Count {
  grant: string
  account: string
  day: number
  count: number
  last: number
  places: Set<string>
  /** The last place, which is likely to be the next one. */
  home: number
  path: string
}

/** What a grant did on a day. */
export interface DayOfUse {
  day: number
  count: number
  /** The last moment. */
  last: number
  /** Collections as `home:path`. */
  places: readonly string[]
}

export interface GrantUses {
  /** Notes a request; nothing for people who use no app. */
  note(subject: Subject): void
  /** Notes where a request was: a collection's path in a home. */
  place(subject: Subject, home: number, path: string): void
  /** The days since `since` (a day) on which a grant was used, what is not written yet included. */
  ofGrant(grantId: string, since: number): Promise<DayOfUse[]>
  /** Writes what was counted. */
  flush(): Promise<void>
  /** Forgets days that are over `daysKept` old; at most 500. Returns how many went. */
  sweep(): Promise<number>
  start(): void
  /** Writes what was counted, and ends. */
  stop(): Promise<void>
}

/** One count for each grant and day: each is a row. */
function merged(counts: readonly Count[]): Count[] {
  const rows = new Map<string, Count>()
  for (const one of counts) {
    const key = `${one.grant} ${one.day}`
    const other = rows.get(key)
    if (!other) rows.set(key, one)
    else {
      const places = new Set([...other.places, ...one.places])
      const last = Math.max(other.last, one.last)
      rows.set(key, { ...one, count: other.count + one.count, last, places })
    }
  }
  return [...rows.values()]
}

export function createGrantUses({
  store,
  clock,
  onError,
}: {
  store: Pick<Store, 'rows' | 'commit'>
  clock: Clock
  onError(error: unknown): void
}): GrantUses {
  /** Of the present day, by grant, and what is left of days before. */
  let counts = new Map<string, Count>()
  let before: Count[] = []
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> = Promise.resolve()
  let early: Promise<void> | undefined

  function countOf({ grant, account }: Subject): Count | undefined {
    if (!grant || !account) return undefined
    const now = clock.now()
    const count = counts.get(grant.id)
    if (count && dayOf(now) === count.day) {
      count.last = now
      return count
    }
    if (count) before.push(count)
    else if (counts.size >= maxCounted) {
      early ??= flush().finally(() => (early = undefined))
      return undefined
    }
    const empty = { places: new Set<string>(), home: -1, path: '' }
    const next = { grant: grant.id, account: account.id, day: dayOf(now), count: 0, last: now, ...empty }
    counts.set(grant.id, next)
    return next
  }

  async function writeOne(counted: Count): Promise<void> {
    const where = { grant_id: counted.grant, day: counted.day }
    const [[row], [grant]] = await Promise.all([
      store.rows('grant_use', where),
      store.rows('app_grant', { grant_id: where.grant_id }),
    ])
    // Revoked meanwhile: nothing is left to say about it.
    if (!grant) return
    const stored = row ? useOf(row) : { count: 0, last: 0, places: [] }
    const places = [...new Set([...stored.places, ...counted.places])].slice(0, maxPlaces)
    const last = Math.max(stored.last, counted.last)
    await commitStep(store, {
      when: [
        { is: 'row-exists', table: 'app_grant', where: { grant_id: where.grant_id } },
        row
          ? { is: 'row-has', table: 'grant_use', where, has: { count: row['count'] ?? null } }
          : { is: 'row-absent', table: 'grant_use', where },
      ],
      changes: [
        {
          kind: 'row',
          table: 'grant_use',
          put: {
            ...where,
            account_id: counted.account,
            count: stored.count + counted.count,
            places: JSON.stringify({ last, places }),
          },
        },
      ],
    })
  }

  async function flushNow(): Promise<void> {
    const taken = merged([...before, ...counts.values()])
    counts = new Map()
    before = []
    const write = (counted: Count) =>
      writeOne(counted).catch((error: unknown) => {
        // Another process wrote the same day, or the store is away: it waits for the next time.
        if (before.length < maxCounted) before.push(counted)
        if (!(error instanceof Refusal)) onError(error)
      })
    // Together, so that they share transactions and syncs; and few, so that requests are not kept waiting.
    for (let at = 0; at < taken.length; at += writtenAtOnce)
      await Promise.all(taken.slice(at, at + writtenAtOnce).map(write))
  }

  const flush = () => (flushing = flushing.then(flushNow))

  return {
    note(subject) {
      const count = countOf(subject)
      if (count) count.count++
    },
    place(subject, home, path) {
      const count = countOf(subject)
      if (!count || (count.home === home && count.path === path)) return
      count.home = home
      count.path = path
      if (count.places.size < maxPlaces) count.places.add(`${home}:${path}`)
    },

    async ofGrant(grantId, since) {
      const days = new Map<number, DayOfUse>()
      for (const row of await store.rows('grant_use', { grant_id: grantId }))
        if (Number(row['day']) >= since) days.set(Number(row['day']), useOf(row))
      const present = counts.get(grantId)
      for (const counted of [...before, ...(present ? [present] : [])]) {
        const { grant, day, count, last, places } = counted
        if (grant !== grantId || day < since) continue
        const known = days.get(day)
        days.set(day, {
          day,
          count: count + (known?.count ?? 0),
          last: Math.max(last, known?.last ?? 0),
          places: [...new Set([...(known?.places ?? []), ...places])],
        })
      }
      return [...days.values()].toSorted((a, b) => a.day - b.day)
    },

    flush,

    async sweep() {
      const upTo = { column: 'day', value: dayOf(clock.now()) - daysKept - 1 }
      const rows = await store.rows('grant_use', {}, { upTo, limit: rowsAtOnce })
      await commitSteps(
        store,
        rows.map(({ grant_id = null, day = null }) => ({
          changes: [{ kind: 'row', table: 'grant_use', remove: { grant_id, day } }],
        })),
      )
      return rows.length
    },

    start() {
      timer = setInterval(() => void flush(), flushEvery).unref()
    },
    async stop() {
      clearInterval(timer)
      await flush()
    },
  }
}

function useOf(row: Row): DayOfUse {
  const { last, places } = JSON.parse(String(row['places'])) as { last: number; places: string[] }
  return { day: Number(row['day']), count: Number(row['count']), last, places }
}
