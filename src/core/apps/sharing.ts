/** What of a person's others may reach, over her home and the spaces that are hers: in one list, and taken back. */
import type { Account } from '../accounts/index.ts'
import type { Context } from '../accounts/context.ts'
import { logChange } from '../accounts/log.ts'
import { createSubjects } from '../accounts/subjects.ts'
import type { Origin } from '../accounts/ways.ts'
import {
  accessChanges,
  accountPrincipal,
  ADMIN,
  bitNames,
  type Bits,
  has,
  imply,
  ownership,
  parsePrincipal,
  type Permissions,
} from '../permissions/index.ts'
import { type AccessRow, type Citizen, type HomeRow, type Language, Refusal, type Store } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { isBelow, parentPath, pathName } from '../../lib/paths.ts'

/** Entries after which a page ends; those of one place are never torn apart. */
export const pageShared = 100
const readAtOnce = 200
/** Reads for one page: where nothing is shared in hundreds of spaces, a page may be empty and not the last. */
const maxReads = 100
/** Spaces that are looked through. */
const maxSpaces = 1_000
/** Entries that are taken back in one commit. */
const endedAtOnce = 500
const attempts = 5

/** With whom something is shared. `name`: a login or a group's name; empty where it has none. */
export interface SharedWhom {
  kind: 'everyone' | 'authenticated' | 'person' | 'group' | 'sender'
  name: string
}

/** One permission entry of the list: what it is found by, and what it says. */
export interface SharedEntry {
  home: number
  path: string
  principal: string
  source: string
}

export interface SharedLine extends SharedEntry {
  /** The space's name; null: her own home. */
  space: string | null
  /** What is shared, in words. */
  thing: string
  whom: SharedWhom
  /** The names of rights, with what they imply. */
  may: string[]
  until: number | null
  /** Why: the other made it, or it was given by whoever may decide about it. */
  why: 'made' | 'given'
}

export interface Sharing {
  /** What is shared, by home and path, behind the place where the page before ended. */
  shared(
    account: Account,
    page: { after?: SharedPlace; language: Language },
  ): Promise<{ shared: SharedLine[]; next?: SharedPlace }>
  /**
   * Takes one back. Errors: `absent` also where she may not decide about it, and for what the list never shows, such as
   * her own rights; `busy` where the rights change faster than they can be read.
   */
  takeBack(account: Account, entry: SharedEntry, from: Origin): Promise<void>
  /** Takes back all that one principal was given in what is hers, and returns how many entries there were. */
  takeBackAll(account: Account, principal: string, from: Origin): Promise<number>
}

/** A place in the list; without a path, the end of a home. */
export interface SharedPlace {
  home: number
  path?: string
}

interface SharingInput {
  store: Context['store'] & Pick<Store, 'home' | 'access' | 'accessBelow'>
  clock: Context['clock']
  permissions: Pick<Permissions, 'rights' | 'forget'>
  doors: readonly Pick<Citizen, 'paths' | 'targets' | 'spaceName'>[]
}

/** A home of which she sees what is shared, from this path down. */
interface Root {
  row: HomeRow
  path: string
}

const absent = () => new CodedError('absent', 'nothing of yours is shared so')

export function createSharing({ store, clock, permissions, doors }: SharingInput): Sharing {
  const subjects = createSubjects({ store })

  /** Her home, the spaces that she owns, and those that she was given the right to decide about as a whole. */
  async function roots({ id, home }: Account): Promise<Root[]> {
    const principal = accountPrincipal(id)
    const own = await store.home(home)
    const found = new Map<number, Root>(own ? [[home, { row: own, path: '' }]] : [])
    for (const row of await store.homes({ payer: home, limit: maxSpaces }))
      if (row.owner === principal) found.set(row.id, { row, path: '' })
    const entries = await store.rows('shared_with', { principal }, { limit: maxSpaces })
    for (const { home_id, path, bits, expires } of entries) {
      const [at, space] = [String(path), Number(home_id)]
      const inForce = expires == null || Number(expires) > clock.now()
      if (at.includes('/') || !has(imply(Number(bits)), ADMIN) || !inForce || found.has(space)) continue
      const row = await store.home(space)
      // What another shows her of his own home stays his to look after.
      if (row?.kind === 'space') found.set(space, { row, path: row.owner === principal ? '' : at })
    }
    return [...found.values()]
      .filter(({ row }) => row.state === 'active')
      .toSorted((a, b) => a.row.id - b.row.id)
  }

  /** Whether an entry lets somebody else in: not her, not the owner of it all, not a name that nobody has. */
  const opens = ({ principal, bits, expires }: AccessRow, owner: string | null, self: string) =>
    bits !== 0 &&
    (expires === null || expires > clock.now()) &&
    principal !== self &&
    principal !== owner &&
    parsePrincipal(principal).kind !== 'name'

  async function whomOf(principal: string): Promise<SharedWhom> {
    const parsed = parsePrincipal(principal)
    switch (parsed.kind) {
      case 'account':
        return { kind: 'person', name: (await subjects.loginOf(parsed.account)) ?? '' }
      case 'group':
        return { kind: 'group', name: pathName(parsed.path) }
      case 'vapid':
        return { kind: 'sender', name: parsed.thumbprint.slice(0, 8) }
      case 'name':
        return { kind: 'person', name: parsed.name }
      default:
        return { kind: parsed.kind, name: '' }
    }
  }

  async function spaceName(home: number): Promise<string> {
    for (const door of doors) {
      const name = await door.spaceName?.(store, home)
      if (name !== undefined) return name
    }
    return ''
  }

  function thingOf(path: string, language: Language): string {
    for (const { targets } of doors) {
      const words = targets?.placeOf?.(path)
      if (words) return words[language]
    }
    const part = doors
      .flatMap(({ paths }) => paths)
      .find(({ prefix }) => path === prefix || isBelow(path, prefix))
    return part?.title[language] ?? path
  }

  const nameOf = (path: string) =>
    doors.map(({ targets }) => targets?.nameOf(path)).find((one) => one !== undefined)

  /** What takes these entries of one home away; with its ownership, the owner of what he made goes as well. */
  function removals(home: number, entries: readonly AccessRow[]): Change[] {
    return entries.flatMap((entry): Change[] => {
      const { path, source, principal } = entry
      const changes: Change[] = accessChanges(home, [entry], [path], [], source)
      const list = parentPath(path)
      if (source !== ownership || list === undefined) return changes
      return [
        ...changes,
        {
          kind: 'patch',
          home,
          path: list,
          id: pathName(path),
          patch(stored) {
            if (stored?.owner !== principal) return null
            const { data, body, type, blob, size } = stored
            return { data, body, type, blob: blob === null ? null : { hash: blob, size }, owner: null }
          },
        },
      ]
    })
  }

  async function logged(account: Account, entries: readonly AccessRow[], from: Origin): Promise<Change> {
    const { kind, name } = await whomOf(entries[0]?.principal ?? '')
    const label = entries.length === 1 ? nameOf(entries[0]?.path ?? '') : undefined
    const details = { kind, who: name, count: entries.length, ...(label === undefined ? {} : { label }) }
    return logChange(clock.now(), { account: account.id, act: 'sharing-taken-back', details, ...from })
  }

  /** Takes back what `wanted` says of the entries at these paths, all of which she must have the right to decide about. */
  async function end(
    account: Account,
    home: number,
    paths: readonly string[],
    wanted: (entry: AccessRow) => boolean,
    from: Origin,
  ): Promise<number> {
    const self = accountPrincipal(account.id)
    for (let attempt = 0; attempt < attempts; attempt++) {
      const [subject, row] = await Promise.all([subjects.subject(account), store.home(home)])
      if (row?.state !== 'active') throw absent()
      const { permSeq, entries } = await store.access(home, paths)
      const found = entries.filter((entry) => wanted(entry) && opens(entry, row.owner, self))
      if (found.length === 0) return 0
      const decisions = await Promise.all(
        [...new Set(found.map(({ path }) => path))].map((path) => permissions.rights(subject, home, path)),
      )
      if (decisions.some(({ bits }) => !has(bits, ADMIN))) throw absent()
      if (decisions.some((one) => one.permSeq !== permSeq)) continue
      const changes = [...removals(home, found), await logged(account, found, from)]
      try {
        await commitStep(store, { changes }, [{ home, permSeq }])
        return found.length
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'stale-permissions') throw error
        permissions.forget(home)
      }
    }
    throw new CodedError('busy', 'the rights change too fast')
  }

  return {
    async shared(account, { after, language }) {
      const self = accountPrincipal(account.id)
      const found: { root: Root; entry: AccessRow }[] = []
      let place: SharedPlace | undefined
      let reads = 0
      const isFull = () => found.length >= pageShared || reads >= maxReads
      const done = async () => ({ shared: await lines(found, account, language) })
      for (const root of await roots(account)) {
        const { id, owner } = root.row
        if (after && (id < after.home || (id === after.home && after.path === undefined))) continue
        let behind = after?.home === id ? after.path : undefined
        for (let more = true; more;) {
          if (isFull() && place) return { ...(await done()), next: place }
          reads++
          const page = { limit: readAtOnce, ...(behind === undefined ? {} : { after: behind }) }
          const entries = await store.accessBelow(id, root.path, page)
          for (const entry of entries) if (opens(entry, owner, self)) found.push({ root, entry })
          more = entries.length >= readAtOnce
          behind = entries.at(-1)?.path
          place = more && behind !== undefined ? { home: id, path: behind } : { home: id }
        }
      }
      return done()
    },

    async takeBack(account, { home, path, principal, source }, from) {
      const isIt = (entry: AccessRow) => entry.principal === principal && entry.source === source
      if ((await end(account, home, [path], isIt, from)) === 0) throw absent()
    },

    async takeBackAll(account, principal, from) {
      let ended = 0
      for (const { row, path } of await roots(account)) {
        let after: Readonly<Record<string, string | number | null>> | undefined
        do {
          const where = { principal, home_id: row.id }
          const rows = await store.rows('shared_with', where, {
            limit: endedAtOnce,
            ...(after ? { after } : {}),
          })
          const paths = rows
            .map((one) => String(one['path']))
            .filter((at) => at === path || isBelow(at, path))
          if (paths.length > 0)
            ended += await end(account, row.id, paths, (entry) => entry.principal === principal, from)
          after = rows.length < endedAtOnce ? undefined : rows.at(-1)
        } while (after)
      }
      return ended
    },
  }

  async function lines(
    found: readonly { root: Root; entry: AccessRow }[],
    { home: own }: Account,
    language: Language,
  ): Promise<SharedLine[]> {
    const whoms = new Map<string, SharedWhom>()
    const spaces = new Map<number, string | null>([[own, null]])
    const told: SharedLine[] = []
    for (const { entry } of found) {
      const { home, path, principal, source, bits, expires } = entry
      const whom = whoms.get(principal) ?? (await whomOf(principal))
      whoms.set(principal, whom)
      const space = spaces.has(home) ? (spaces.get(home) ?? null) : await spaceName(home)
      spaces.set(home, space)
      told.push({
        home,
        path,
        principal,
        source,
        space,
        thing: thingOf(path, language),
        whom,
        may: bitNames(imply(bits as Bits)),
        until: expires,
        why: source === ownership ? 'made' : 'given',
      })
    }
    return told
  }
}
