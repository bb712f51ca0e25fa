/** Pages of lists: tokens that only this server can make, and the address of the next page. */
import { type SortKey, sortKeyOf, type Sort } from '../../lib/filter/index.ts'
import { isJsonObject, type Json, type JsonObject } from '../../lib/json/index.ts'
import { createLru } from '../../lib/lru.ts'
import { type KeyRing, signUnder, verifyUnder } from '../../lib/sealed.ts'
import { randomToken } from '../../lib/ids.ts'
import { fault } from './errors.ts'
import type { ListParameters } from './query.ts'
import type { KintoSettings } from './settings.ts'
import { writeParameters } from './url.ts'

/** How long the token of a deletion is good, in milliseconds. */
const deletionValidity = 600_000

/** Tokens of deletions that were used, remembered as long as they would be good. */
const maxUsed = 10_000

export interface Pages {
  /** Where the page begins that a request asks for; undefined at the start. Throws 400 for a token not made for it. */
  start(place: PagePlace, parameters: ListParameters): Json | undefined
  /** `Next-Page` for a page that ended with `last`. */
  next(place: PagePlace, parameters: ListParameters, limit: number, last: JsonObject): string[]
}

export interface PagePlace {
  /** What the list is, in words that stay the same between requests: a home and a path. */
  list: string
  /** Path of the request, as sent. */
  path: string
  /** A token of a deletion is good once, and for 10 minutes. */
  deletes: boolean
  now: number
  /** The field that makes the order total; `id` unless given. */
  unique?: string
}

/** What the keys that sign tokens are derived for. */
const use = 'kinto pages'

/** `keys` sign tokens; the same ones serve all processes of a server. */
export function createPages(keys: KeyRing, { publicUrl }: Pick<KintoSettings, 'publicUrl'>): Pages {
  const used = createLru<string, true>({ max: maxUsed, ttl: deletionValidity })

  const purpose = ({ list, deletes }: PagePlace, sorts: readonly Sort[]) =>
    `kinto-page ${deletes ? 'delete' : 'list'} ${list} ${sorts
      .map(({ field, descending }) => `${descending ? '-' : '+'}${encodeURIComponent(field)}`)
      .join()}`

  return {
    start(place, { token, sorts }) {
      if (token === undefined) return undefined
      const value = verifyUnder(keys, use, purpose(place, sorts), token)
      if (!isJsonObject(value)) throw fault('querystring', '_token', '_token has invalid content')
      if (!place.deletes) return value['after']
      const nonce = String(value['nonce'])
      if (Number(value['until']) <= place.now || used.get(nonce, place.now))
        throw fault('querystring', '_token', '_token was already used or has expired')
      used.set(nonce, true, place.now)
      return value['after']
    },

    next(place, { given, sorts }, limit, last) {
      const after: SortKey = sortKeyOf(last, sorts, place.unique)
      const value: JsonObject = place.deletes
        ? { after, nonce: randomToken(96), until: place.now + deletionValidity }
        : { after }
      const token = signUnder(keys, use, purpose(place, sorts), value)
      const kept = given.filter(([name]) => name !== '_limit' && name !== '_token')
      const query = writeParameters([...kept, ['_limit', String(limit)], ['_token', token]])
      return ['Next-Page', `${publicUrl}${place.path}?${query}`]
    },
  }
}

/** Most objects in a page: the client's wish within the server's bounds. */
export function pageLimit(
  wanted: number | undefined,
  { paginateBy, maxFetch }: Pick<KintoSettings, 'paginateBy' | 'maxFetch'>,
): number {
  const limit = wanted ?? paginateBy
  // COMPAT Kinto: `_limit=0` asks for all that one answer may hold.
  if (!limit) return maxFetch
  return Math.min(limit, paginateBy ?? limit, maxFetch)
}
