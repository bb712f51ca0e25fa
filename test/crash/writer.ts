/**
 * One of several people who write at the same time. Nobody else touches her records, so she knows what must be stored:
 * what was acknowledged, and for the one request that was on its way when the server died, either all of it or nothing.
 */
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Random } from '../support/random.ts'
import type { Homes } from './examine.ts'

/** A record as she knows it; `modified` is undefined where no answer told it. */
export interface Known {
  deleted: boolean
  modified: number | undefined
  data: Readonly<Record<string, unknown>>
  /** Who besides her may read it: the permission entry that was written with it. */
  reader: string | undefined
}

/** What is known of records, by their address (`/buckets/…/records/…`); undefined: no trace of it. */
export type Knowledge = Map<string, Known | undefined>

export interface Writer {
  readonly certain: Knowledge
  /** What the unanswered request would have done. */
  readonly pending: Knowledge | undefined
  /** Writes until the server is gone. */
  run(): Promise<void>
  /** Takes for certain what was found of the unanswered request. */
  settle(found: Knowledge): void
  /** Acknowledged requests so far. */
  readonly acknowledged: number
  /** The latest time that an answer told, by collection. */
  readonly clocks: ReadonlyMap<string, number>
}

/** Checks what is stored of a writer's records, and tells her what became of the unanswered request. */
export function checkWriter(writer: Writer, homes: Homes): void {
  for (const [at, known] of writer.certain) {
    if (!writer.pending?.has(at)) assert.deepEqual(storedAt(homes, at), known, at)
  }
  const { pending } = writer
  const found: Knowledge = new Map([...(pending ?? [])].map(([at]) => [at, storedAt(homes, at)]))
  const nothing = [...found].every(([at, one]) => fits(writer.certain.get(at), one))
  const all = [...found].every(([at, one]) => fits(pending?.get(at), one))
  assert.ok(nothing || all, `half of a request is there: ${JSON.stringify([...found])}`)
  writer.settle(found)
  for (const [collection, time] of writer.clocks) {
    const [home, path] = listOf(homes, `${collection}/records/x`)
    assert.ok(
      (home.places.get(path)?.row.clock ?? 0) >= time,
      `the clock of ${collection} is behind an answer`,
    )
  }
}

function fits(expected: Known | undefined, found: Known | undefined): boolean {
  if (!expected || !found) return expected === found
  const { modified = found.modified } = expected
  return isDeepStrictEqual({ ...expected, modified }, found)
}

/** The home and the path of the list in which a record is. */
function listOf(homes: Homes, address: string): [home: Homes[keyof Homes], path: string] {
  const [, , bucket, , collection] = address.split('/')
  return [homes[bucket as keyof Homes], `kinto/collections/${collection}/records`]
}

function storedAt(homes: Homes, address: string): Known | undefined {
  const [home, path] = listOf(homes, address)
  const id = address.slice(address.lastIndexOf('/') + 1)
  const record = home.places.get(path)?.records.get(id)
  if (!record) return undefined
  const reader = home.access.get(`${path}/${id}`)?.find((principal) => principal.startsWith('name:'))
  return {
    deleted: record.deleted,
    modified: record.modified,
    data: JSON.parse(record.data),
    reader: reader?.slice('name:'.length),
  }
}

interface Request {
  method: string
  path: string
  body?: Record<string, unknown>
  headers?: Record<string, string>
}

/** One request, what it does, and where in its answer the times stand. */
interface Act {
  request: Request
  effects: Knowledge
}

const shared = [
  '/buckets/default/collections/notes',
  '/buckets/default/collections/tasks',
  '/buckets/club/collections/notes',
]

export interface WriterOptions {
  number: number
  url: string
  authorization: string
  random: Random
}

/** The collection that she alone writes, and sometimes deletes. */
export const ownCollection = (number: number) => `/buckets/club/collections/own-${number}`

export function createWriter({ number, url, authorization, random }: WriterOptions): Writer {
  const certain: Knowledge = new Map()
  const clocks = new Map<string, number>()
  const own = ownCollection(number)
  const places = [...shared, own]
  let pending: Knowledge | undefined
  let turn = 0
  let acknowledged = 0

  const alive = (address: string) => certain.get(address)?.deleted === false
  const address = (place = random.pick(places)) => `${place}/records/w${number}-${random.upTo(12)}`

  function put(at: string): Act {
    const data = { writer: number, turn: ++turn, text: 'é'.repeat(random.upTo(800)) }
    const before = certain.get(at)
    const shares = random.upTo(4) === 0
    const reader = shares ? `account:reader-${turn}` : before?.deleted === false ? before.reader : undefined
    const body = { data, ...(shares ? { permissions: { read: [reader] } } : {}) }
    const stale = before?.deleted === false && before.modified !== undefined && random.upTo(3) === 0
    const headers = stale ? { 'If-Match': `"${before.modified}"` } : {}
    return {
      request: { method: 'PUT', path: at, body, headers },
      effects: new Map([[at, { deleted: false, modified: undefined, data, reader }]]),
    }
  }

  function patch(at: string): Act {
    const before = certain.get(at)!
    const change = { patched: ++turn }
    const after = { ...before, modified: undefined, data: { ...before.data, ...change } }
    return {
      request: { method: 'PATCH', path: at, body: { data: change } },
      effects: new Map([[at, after]]),
    }
  }

  const gone: Known = { deleted: true, modified: undefined, data: {}, reader: undefined }

  const remove = (at: string): Act => ({
    request: { method: 'DELETE', path: at },
    effects: new Map([[at, gone]]),
  })

  function single(at: string): Act {
    if (!alive(at)) return put(at)
    return random.pick([put, put, patch, patch, remove])(at)
  }

  /** All of her records in one place. */
  function removeList(): Act {
    const place = random.pick(places)
    const mine = [...certain.keys()].filter((at) => at.startsWith(`${place}/records/`) && alive(at))
    return {
      request: { method: 'DELETE', path: `${place}/records?writer=${number}` },
      effects: new Map(mine.map((at) => [at, gone])),
    }
  }

  function batch(): Act {
    const addresses = new Set(Array.from({ length: 1 + random.upTo(9) }, () => address()))
    return together([...addresses].map(single))
  }

  /** Her own collection goes and comes again, with one record. */
  function renew(): Act {
    const inIt = [...certain.keys()].filter((at) => at.startsWith(`${own}/`))
    const last = put(address(own))
    // With the collection went the entries of its records: what is put now has its own alone.
    const [at, known] = [...last.effects][0]!
    const shares = 'permissions' in (last.request.body ?? {})
    const effects: Knowledge = new Map(inIt.map((one) => [one, undefined]))
    effects.set(at, { ...known!, reader: shares ? known!.reader : undefined })
    const { headers: _, ...fresh } = last.request
    return together([
      { request: { method: 'DELETE', path: own }, effects: new Map() },
      { request: { method: 'PUT', path: own }, effects: new Map() },
      { request: fresh, effects },
    ])
  }

  function together(acts: readonly Act[]): Act {
    return {
      request: { method: 'POST', path: '/batch', body: { requests: acts.map(({ request }) => request) } },
      effects: new Map(acts.flatMap(({ effects }) => [...effects])),
    }
  }

  function choose(): Act {
    const chance = random.upTo(100)
    if (chance < 60) return single(address())
    if (chance < 88) return batch()
    return chance < 95 ? renew() : removeList()
  }

  /** Sends a request; undefined if the server went away before its answer was complete. */
  async function send({
    method,
    path,
    body,
    headers,
  }: Request): Promise<{ status: number; body: Answer } | undefined> {
    try {
      const answer = await fetch(`${url}/v1${path}`, {
        method,
        headers: { Authorization: authorization, 'Content-Type': 'application/json', ...headers },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      return { status: answer.status, body: (await answer.json()) as Answer }
    } catch {
      return undefined
    }
  }

  return {
    certain,
    clocks,
    get pending() {
      return pending
    },
    get acknowledged() {
      return acknowledged
    },
    async run() {
      for (;;) {
        const { request, effects } = choose()
        pending = effects
        const answer = await send(request)
        if (answer === undefined) return
        const said = `${request.method} ${request.path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`
        assert.ok(answer.status === 200 || answer.status === 201, said)
        const times = timesOf(request, answer.body)
        for (const [at, known] of effects) {
          const modified = times.get(at)
          const collection = at.slice(0, at.indexOf('/records/'))
          clocks.set(collection, Math.max(clocks.get(collection) ?? 0, modified ?? 0))
          assert.ok(known === undefined || modified !== undefined, said)
          certain.set(at, known && { ...known, modified })
        }
        pending = undefined
        acknowledged++
      }
    },
    settle(found) {
      for (const [at, known] of found) certain.set(at, known)
      pending = undefined
    },
  }
}

interface Stamped {
  id: string
  last_modified: number
}

type Answer = { data?: Stamped | Stamped[]; responses?: { status: number; body: Answer }[] }

/** The times that an answer tells, by address. */
function timesOf({ method, path, body }: Request, answer: Answer): Map<string, number> {
  if (answer.responses) {
    const requests = (body as { requests: Request[] }).requests
    return new Map(
      answer.responses.flatMap((one, i) => {
        assert.ok(one.status === 200 || one.status === 201, JSON.stringify(one).slice(0, 300))
        return [...timesOf(requests[i]!, one.body)]
      }),
    )
  }
  const list = path.split('?')[0]!
  if (method === 'DELETE' && Array.isArray(answer.data))
    return new Map(answer.data.map(({ id, last_modified }) => [`${list}/${id}`, last_modified]))
  return new Map([[path, (answer.data as Stamped).last_modified]])
}
