/** The server, as its administrators see it: doors, options in force, room, and whether its address works. */
import type { HomeRow } from '../../../core/ports.ts'
import type { Api } from '../api.ts'
import type { PagesParts } from '../parts.ts'
import { administrators } from './people.ts'

/** Homes that are summed in one go, and how long a sum is good, in milliseconds. */
const piece = 1_000
const sumLasts = 60_000

interface Totals {
  people: number
  spaces: number
  bytes: number
  records: number
  at: number
}

export function serverRoutes(
  api: Api,
  { store, clock, facts, doors, accounts, contentUrl, publicUrl }: PagesParts,
) {
  let known: Promise<Totals> | undefined
  let knownAt = -Infinity

  /** One sum for everybody who asks within a minute. */
  function totals(): Promise<Totals> {
    const now = clock.now()
    if (known && now - knownAt < sumLasts) return known
    knownAt = now
    known = sum(now)
    known.catch(() => (known = undefined))
    return known
  }

  async function sum(at: number): Promise<Totals> {
    const all: Totals = { people: 0, spaces: 0, bytes: 0, records: 0, at }
    for (let after: number | undefined; ;) {
      const page = await store.homes({ limit: piece, ...(after === undefined ? {} : { after }) })
      for (const home of page) add(all, home)
      if (page.length < piece) return all
      after = page.at(-1)?.id
    }
  }

  api.role(administrators, 'GET', '/admin/server', async ({ language }) => ({
    ...(await facts()),
    totals: await totals(),
    owner: await accounts.hasOwner(),
    oneOrigin: publicUrl === contentUrl,
    doors: doors.map(({ name, title }) => ({ name, title: title[language] })),
  }))
}

function add(all: Totals, { kind, state, bytes, records }: HomeRow): void {
  if (state === 'ended') return
  if (kind === 'person') all.people++
  if (kind === 'space') all.spaces++
  all.bytes += bytes
  all.records += records
}
