/** The things that an app can be allowed to use one by one: a bucket (`recipes`), or a collection in one (`default/notes`). */
import { accountPrincipal } from '../../core/permissions/index.ts'
import type { DoorTargets, TargetOwner, TargetReads, Words } from '../../core/ports.ts'
import { splitPath } from '../../lib/paths.ts'
import { bucketRow } from './directory.ts'
import { bucketPath, collectionList, collectionPath, isId } from './kinds.ts'
import { defaultBucket } from './place.ts'

/** Characters of a target's names: longer ids can be used, but not be named by a scope. */
const maxName = 60

/** Spaces and groups that are looked through for what she can choose. */
const most = 500

/** What the default bucket is called. */
const own = { en: 'all of your own', fr: 'tout ce qui est à vous' }

const isName = (text: string | undefined) => text !== undefined && text.length <= maxName && isId(text)

/** Where buckets are that she has, or that are shared with her or a group of hers. */
async function reaches(reads: TargetReads, { id, home: own }: TargetOwner, home: number): Promise<boolean> {
  const row = await reads.home(home)
  if (!row || row.state === 'ended') return false
  const principal = accountPrincipal(id)
  if (row.owner === principal || row.payer === own) return true
  const groups = await reads.rows('membership', { principal }, { limit: most })
  for (const who of [principal, ...groups.map((group) => String(group['group_principal']))])
    if ((await reads.rows('shared_with', { principal: who, home_id: home }, { limit: 1 })).length > 0)
      return true
  return false
}

async function collectionsOf(reads: TargetReads, home: number, limit: number): Promise<string[]> {
  const { records } = await reads.list(home, collectionList, { filters: [], sort: [], limit, deleted: false })
  return records.map(({ id }) => id).filter(isName)
}

/** What a bucket, a group, a collection or a record is called, and the list of it that new ones are added to. */
function placeWords(path: string): Words | undefined {
  const [root, list, item, records, record, ...more] = splitPath(path)
  if (root !== bucketPath || more.length > 0) return undefined
  if (list === undefined) return { en: 'Everything in it', fr: 'Tout ce qui s’y trouve' }
  if (list === 'groups') {
    if (item === undefined) return { en: 'New groups', fr: 'De nouveaux groupes' }
    return { en: `The group “${item}”`, fr: `Le groupe « ${item} »` }
  }
  if (list !== 'collections') return undefined
  if (item === undefined) return { en: 'New collections', fr: 'De nouvelles collections' }
  if (records === undefined) return { en: `The collection “${item}”`, fr: `La collection « ${item} »` }
  if (record === undefined)
    return { en: `New records in “${item}”`, fr: `De nouvelles fiches dans « ${item} »` }
  return { en: `The record “${record}” in “${item}”`, fr: `La fiche « ${record} » dans « ${item} »` }
}

export const targets: DoorTargets = {
  question: {
    en: 'Which collection may it use?',
    fr: 'Quelle collection peut-elle utiliser ?',
  },

  begins: `${defaultBucket}/`,

  isTarget(text) {
    const [bucket, collection, more] = text.split('/')
    return isName(bucket) && more === undefined && (collection === undefined || isName(collection))
  },

  async find(reads, person, target) {
    const [bucket = '', collection] = target.split('/')
    const path = collection === undefined ? bucketPath : collectionPath(collection)
    // What is not there yet comes into being with the first write to it.
    if (bucket === defaultBucket) return { home: person.home, path }
    const [found] = await reads.rows('bucket', { bucket_id: bucket })
    const row = found && bucketRow(found)
    if (!row || row.deleted || !(await reaches(reads, person, row.home))) return undefined
    return { home: row.home, path }
  },

  async list(reads, person, limit) {
    const choices = (await collectionsOf(reads, person.home, limit)).map((id) => ({
      target: `${defaultBucket}/${id}`,
      title: id,
    }))
    for (const { id: home, owner } of await reads.homes({ payer: person.home, limit: most })) {
      if (choices.length >= limit) break
      if (owner !== accountPrincipal(person.id)) continue
      const rows = (await reads.rows('bucket', { home_id: home })).map(bucketRow)
      const bucket = rows.find(({ deleted }) => !deleted)?.id
      if (!isName(bucket)) continue
      for (const id of await collectionsOf(reads, home, limit - choices.length))
        choices.push({ target: `${bucket}/${id}`, title: `${bucket}: ${id}` })
    }
    return choices.slice(0, limit)
  },

  titleOf(target, language) {
    const [bucket = '', collection] = target.split('/')
    if (collection === undefined) return bucket === defaultBucket ? own[language] : bucket
    return bucket === defaultBucket ? collection : `${bucket}: ${collection}`
  },

  placeOf: placeWords,

  nameOf: (path) => (path.startsWith(`${collectionList}/`) ? path.split('/')[2] : undefined),
}

/** A module's things are the collection of its name in the default bucket. */
export const modulePaths = (module: string): readonly string[] => [collectionPath(module)]
