/** Rounds of housekeeping: what is due is found without a lock, and done home by home under its lock. */
import { hiddenTombstoneAge, policyOf } from '../../core/records/index.ts'
import type { HomeEvent } from '../../core/ports/outside.ts'
import type { SweepReport } from '../../core/ports/store.ts'
import type { Writer } from './commits.ts'
import { isConflict, type Prepared, type Queries, translate } from './connection.ts'
import type { Locked } from './locked.ts'
import {
  buildIndex,
  end,
  expire,
  expireItems,
  forgetTombstones,
  piece,
  removeEnded,
  sweepDropped,
} from './pieces.ts'

/** How often old tombstones are looked for, in milliseconds: those that stay are looked at as well. */
const tombstonesEvery = 3_600_000

interface Swept {
  count: number
  /** Whether there is more of the kind to do now. */
  more: boolean
}

type Kind = Exclude<keyof SweepReport, 'more'>

/** How far the look for tombstones has come. */
type Place = [modified: number, home: number, cid: number, id: string]
const begin: Place = [-1, -1, -1, '']

const findExpired: Prepared = {
  name: 'find_expired',
  text: 'SELECT home_id, cid, id FROM record WHERE expires <= $1 ORDER BY expires LIMIT $2',
}
const findDropped: Prepared = {
  name: 'find_dropped',
  text: 'SELECT home_id, cid, field FROM dropped ORDER BY home_id, cid, field LIMIT $1',
}
const findTombstones: Prepared = {
  name: 'find_tombstones',
  text: `SELECT r.home_id, r.cid, r.id, r.seq, r.modified, c.path FROM record r
    LEFT JOIN collection c ON c.home_id = r.home_id AND c.cid >= 0 AND c.cid = r.cid
    WHERE r.deleted AND r.modified < $1 AND r.modified >= $2 AND (r.modified, r.home_id, r.cid, r.id) > ($2, $3, $4, $5)
    ORDER BY r.modified, r.home_id, r.cid, r.id LIMIT $6`,
}
const findQueued: Prepared = {
  name: 'find_queued',
  text: 'SELECT home_id, name, ord FROM queue WHERE expires <= $1 ORDER BY expires LIMIT $2',
}
const findStaged: Prepared = {
  name: 'find_staged',
  text: 'SELECT home_id, batch, ord FROM staged WHERE expires <= $1 ORDER BY expires LIMIT $2',
}
const findEnding: Prepared = {
  name: 'find_ending',
  text: 'SELECT home_id FROM home WHERE ends <= $1 ORDER BY ends LIMIT $2',
}
const findEnded: Prepared = {
  name: 'find_ended',
  text: "SELECT home_id FROM home WHERE state = 'ended' ORDER BY home_id LIMIT 1",
}
const findBuilding: Prepared = {
  name: 'find_building',
  text: `SELECT home_id, path FROM collection WHERE strpos(fields, '"building":') > 0 ORDER BY home_id, path LIMIT 1`,
}

/** Gives the port's `sweep`. Tombstones that protocols show go at `shownAge` milliseconds. */
export function createSweep(
  queries: Queries,
  locked: Locked,
  { clock, bus }: Pick<Writer, 'clock' | 'bus'>,
  shownAge: number,
): () => Promise<SweepReport> {
  let place: Place | undefined
  let nextLook = 0

  /** Does the same for each home of what was found, one transaction each. */
  async function byHome<T extends { home: number }>(
    found: readonly T[],
    act: (home: number, rows: T[]) => Promise<number>,
  ): Promise<Swept> {
    let count = 0
    for (const [home, rows] of Map.groupBy(found, (one) => one.home)) count += await act(home, rows)
    return { count, more: found.length >= piece }
  }

  async function items(what: 'queue' | 'staged', statement: Prepared, now: number): Promise<Swept> {
    const { rows } = await queries.query(statement, [now, piece])
    const found = rows.map(
      ([home, name, ord]) => ({ home, name, ord }) as { home: number; name: string; ord: number },
    )
    return byHome(found, (home, own) =>
      locked(home, (connection) => expireItems(connection, what, home, own, now)),
    )
  }

  const kinds: Readonly<Record<Kind, (now: number) => Promise<Swept>>> = {
    async expired(now) {
      const { rows } = await queries.query(findExpired, [now, piece])
      const found = rows.map(
        ([home, cid, id]) => ({ home, cid, id }) as { home: number; cid: number; id: string },
      )
      return byHome(found, (home, own) => locked(home, (connection) => expire(connection, home, own, now)))
    },

    async dropped(now) {
      let count = 0
      const { rows } = await queries.query(findDropped, [piece])
      for (const [home, cid, field] of rows as [number, number, number][]) {
        const most = piece - count
        count += await locked(home, (connection) => sweepDropped(connection, { home, cid, field }, now, most))
        if (count >= piece) break
      }
      return { count, more: count >= piece || rows.length >= piece }
    },

    async tombstones(now) {
      if (!place && now < nextLook) return { count: 0, more: false }
      if (!place) nextLook = now + tombstonesEvery
      const oldest = now - Math.min(hiddenTombstoneAge, shownAge)
      const { rows } = await queries.query(findTombstones, [oldest, ...(place ?? begin), piece])
      const found = (rows as [number, number, string, number, number, string | null][])
        .map(([home, cid, id, seq, modified, path]) => ({ home, cid, id, seq, modified, path }))
        .filter(({ modified, path }) => {
          const isShown = path !== null && policyOf(path).tombstones === 'shown'
          return modified < now - (isShown ? shownAge : hiddenTombstoneAge)
        })
      const { count } = await byHome(found, (home, own) =>
        locked(home, (connection) => forgetTombstones(connection, home, own)),
      )
      const last = rows.length < piece ? undefined : rows.at(-1)
      place = last && ([last[4], last[0], last[1], last[2]] as Place)
      return { count, more: place !== undefined }
    },

    queue: (now) => items('queue', findQueued, now),
    staged: (now) => items('staged', findStaged, now),

    async homes(now) {
      let count = 0
      const { rows: ending } = await queries.query(findEnding, [now, piece])
      for (const [home] of ending as [number][]) {
        const event = await locked(home, async (connection, row): Promise<HomeEvent | undefined> => {
          const permSeq = row && (await end(connection, home, now))
          return row && permSeq ? { home, epoch: row.epoch, seq: row.seq, permSeq } : undefined
        })
        if (!event) continue
        bus.publish(event)
        count++
      }
      const [ended] = (await queries.query(findEnded, [])).rows as [number][]
      if (!ended) return { count, more: false }
      const isGone = await locked(
        ended[0],
        async (connection, row) => row?.state !== 'ended' || removeEnded(connection, ended[0]),
      )
      return { count: count + Number(isGone), more: true }
    },

    async indexed() {
      const [found] = (await queries.query(findBuilding, [])).rows as [number, string][]
      if (!found) return { count: 0, more: false }
      const [home, path] = found
      return { count: await locked(home, (connection) => buildIndex(connection, home, path)), more: true }
    },
  }

  return async function sweep() {
    const report: SweepReport = {
      expired: 0,
      dropped: 0,
      tombstones: 0,
      queue: 0,
      staged: 0,
      homes: 0,
      indexed: 0,
      more: false,
    }
    const now = clock.now()
    for (const [kind, act] of Object.entries(kinds) as [Kind, (now: number) => Promise<Swept>][]) {
      try {
        const swept = await act(now)
        report[kind] = swept.count
        report.more ||= swept.more
      } catch (error) {
        // Another process was faster: what it left is found in the next round.
        if (!isConflict(error)) throw translate(error)
        report.more = true
      }
    }
    return report
  }
}
