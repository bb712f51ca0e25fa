/** What is kept for a person: how much, by which door, in which collections; to look at, never to change. */
import { accountPrincipal } from '../../core/permissions/index.ts'
import type { Account } from '../../core/accounts/index.ts'
import type { Citizen, CollectionRow, HomeRow } from '../../core/ports.ts'
import type { Api, MyCall } from './api.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

/** Collection rows that are added up for one door; a person may have 100,000. */
const countedRows = 10_000
const pageRows = 1_000
/** Spaces, collections and records of one page. */
const pageSize = 50
const maxBytes = 262_144
/** Characters that are shown of one record. */
const shown = 4_096

export function dataRoutes(api: Api, parts: PagesParts): void {
  const { store, doors } = parts
  const keeping = doors.filter(({ paths }) => paths.length > 0)

  /** Who leaves may look at what she leaves. */
  const options = { anyState: true }

  api.mine(
    'GET',
    '/me/data',
    async ({ account, language, query }) => {
      const home = await store.home(account.home)
      const spaces = await store.homes({
        payer: account.home,
        limit: pageSize,
        ...(query['after'] === undefined ? {} : { after: number(query['after'], 'after') }),
      })
      const told = account.language ?? language
      return {
        home: account.home,
        quota: { bytes: home?.bytes ?? 0, most: home?.maxBytes ?? null },
        records: home?.records ?? 0,
        doors: await Promise.all(
          keeping.map(async (door) => ({
            name: door.name,
            title: door.title[told],
            paths: door.paths.map(({ prefix, title }) => ({ prefix, title: title[told] })),
            ...(await countedBelow(account.home, door)),
          })),
        ),
        spaces: await Promise.all(
          spaces
            .filter((space) => space.state === 'active')
            .map(async (space) => ({
              home: space.id,
              name: await spaceName(space.id),
              records: space.records,
              bytes: space.bytes,
              created: space.created,
              ends: space.ends,
              readable: isHers(space, account),
            })),
        ),
        ...(spaces.length < pageSize ? {} : { next: String(spaces.at(-1)?.id) }),
      }
    },
    options,
  )

  api.mine(
    'GET',
    '/me/data/collections',
    async ({ account, query }) => {
      const home = await readable(account, query)
      const { below = '', after } = query
      const page = { limit: pageSize, ...(after ? { after } : {}) }
      const found = await store.collections(home, { below }, page)
      const last = found.length < pageSize ? undefined : found.at(-1)?.path
      return {
        collections: found.filter(isThere).map(({ path, name, records, bytes, clock }) => ({
          path,
          name,
          records,
          bytes,
          modified: clock,
        })),
        ...(last === undefined ? {} : { next: last }),
      }
    },
    options,
  )

  api.mine(
    'GET',
    '/me/data/records',
    async ({ account, query }) => {
      const home = await readable(account, query)
      const { path = '', after } = query
      const { records, more } = await store.list(home, path, {
        filters: [],
        sort: [],
        limit: pageSize,
        maxBytes,
        deleted: false,
        ...(after ? { after: [[after]] } : {}),
      })
      const last = more ? records.at(-1)?.id : undefined
      return {
        records: records.map(({ id, modified, type, size, expires, data }) => ({
          id,
          modified,
          type,
          size,
          expires,
          data: data.slice(0, shown),
          cut: data.length > shown,
          locked: isEncrypted(data),
        })),
        ...(last === undefined ? {} : { next: last }),
      }
    },
    options,
  )

  /** The home that is asked for, if all in it is hers to read: what she only pays for may be another's. */
  async function readable(account: Account, query: MyCall['query']): Promise<number> {
    for (const member of ['below', 'path', 'after'])
      if ((query[member]?.length ?? 0) > 2_048) throw refuse('malformed', { member })
    const asked = query['home'] === undefined ? account.home : number(query['home'], 'home')
    const row = await store.home(asked)
    if (row === undefined || row.state !== 'active' || !isHers(row, account)) throw refuse('absent')
    return asked
  }

  async function spaceName(home: number): Promise<string | null> {
    for (const door of doors) {
      const name = await door.spaceName?.(store, home)
      if (name !== undefined) return name
    }
    return null
  }

  /** From the rows of the collections, which carry their counts. `more`: there are further ones. */
  async function countedBelow(home: number, { paths }: Citizen) {
    const sum = { records: 0, bytes: 0, collections: 0, more: false }
    for (const { prefix } of paths) {
      const { collection: own } = await store.collection(home, prefix)
      if (own && isThere(own)) add(sum, own)
      let after: string | undefined
      for (let seen = 0; seen < countedRows; seen += pageRows) {
        const page = { limit: pageRows, ...(after === undefined ? {} : { after }) }
        const found = await store.collections(home, { below: prefix }, page)
        for (const row of found.filter(isThere)) add(sum, row)
        after = found.length < pageRows ? undefined : found.at(-1)?.path
        if (after === undefined) break
      }
      sum.more ||= after !== undefined
    }
    return sum
  }
}

const isThere = ({ cid }: CollectionRow): boolean => cid !== null

const isHers = ({ id, owner }: HomeRow, account: Account): boolean =>
  id === account.home || owner === accountPrincipal(account.id)

function add(sum: { records: number; bytes: number; collections: number }, row: CollectionRow): void {
  sum.records += row.records
  sum.bytes += row.bytes
  sum.collections++
}

/** Records that were locked in the client begin so, whatever their members' order: the server sees that, and no more. */
const isEncrypted = (data: string): boolean => /"e2e":1\b/.test(data.slice(0, 200))

function number(text: string, member: string): number {
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text))) throw refuse('malformed', { member })
  return Number(text)
}
