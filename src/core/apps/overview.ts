/** All that a person has allowed, in one list: what it may do, since when and until when, and what it did. */
import type { ClientTrust, Grant, GrantedScope } from '../accounts/index.ts'
import { ownGrant, readGrant } from '../accounts/grants.ts'
import { grantOf } from '../accounts/rows.ts'
import { createSubjects } from '../accounts/subjects.ts'
import { accountById } from '../accounts/context.ts'
import { anyHome, bitNames, type Explanation, imply, type Permissions } from '../permissions/index.ts'
import type { Language, Row } from '../ports.ts'
import { heldScopes } from './decide.ts'
import type { AppsContext } from './grants.ts'
import type { ScopeDoor, ScopeRegistry } from './registry.ts'
import { dayOf, type GrantUses } from './use.ts'

/** Grants of a page, and days that the list looks back. */
export const pageGrants = 100
const days = 7

/** One thing that is allowed, in words. */
export interface AllowedThing {
  /** As it is written; empty for app passwords, which can not be narrowed. */
  scope: string
  title: string
  description: string
  since: number
  until: number | null
}

export interface AppLine {
  id: string
  kind: Grant['kind']
  label: string
  /** The door of an app password. */
  door?: string
  /** Of an app: its host name, and how far that is known to be true. */
  origin?: string
  verified?: ClientTrust
  created: number
  expires: number | null
  /** Up to an hour old, save what this process has counted itself. */
  lastUsed: number | null
  paused: boolean
  /** It may act while the person is away. */
  offline: boolean
  allowed: AllowedThing[]
  /** Requests of the last seven days, the present one last. */
  uses: number[]
  /** What it touched on these days: the name of a space (null: her own home), and of the thing in it. */
  touched: { space: string | null; name: string }[]
}

/** Why an app may do something, or may not: for one thing that it was allowed. */
export interface WhyAllowed extends AllowedThing {
  /** Whether it can really do it: she herself has to be able to. */
  holds: boolean
  /** What she may do there herself, and what the app was allowed, as the names of rights. */
  person: string[]
  app: string[]
  reasons: Explanation['reasons']
}

export interface Overview {
  /** At most `pageGrants` behind the grant `after`, by id. */
  apps(
    accountId: string,
    page: { after?: string; language: Language },
  ): Promise<{ apps: AppLine[]; next?: string }>
  /** The grants that were not used (or, never used, not made) since a moment. */
  unusedSince(accountId: string, since: number): Promise<string[]>
  /** Errors: `grant-absent`. */
  why(accountId: string, grantId: string, language: Language): Promise<WhyAllowed[]>
}

export function createOverview(
  { store, clock, registry }: AppsContext,
  uses: GrantUses,
  { explain, spaceName }: OverviewParts,
): Overview {
  const subjects = createSubjects({ store })

  async function line(row: Row, language: Language, home: number, since: number): Promise<AppLine> {
    const id = String(row['grant_id'])
    const found = await readGrant(store, id)
    const grant = found?.grant ?? grantOf(row, [])
    const used = await uses.ofGrant(id, since)
    const perDay = Array.from(
      { length: days },
      (_, at) => used.find(({ day }) => day === since + at)?.count ?? 0,
    )
    const places = [...new Set(used.flatMap((one) => one.places))]
    const last = Math.max(grant.lastUsed ?? 0, ...used.map((one) => one.last))
    const { kind, label, door, created, expires, suspended, data } = grant
    return {
      id,
      kind,
      label,
      ...(door === '' ? {} : { door }),
      ...(data?.origin === undefined ? {} : { origin: data.origin }),
      ...(data?.verified === undefined ? {} : { verified: data.verified }),
      created,
      expires,
      lastUsed: last === 0 ? null : last,
      paused: suspended,
      offline: data?.claims?.includes('offline_access') ?? false,
      allowed: allowedThings(registry, grant, clock.now(), language),
      uses: perDay,
      touched: await Promise.all(places.map((place) => touched(place, home))),
    }
  }

  async function touched(place: string, own: number): Promise<{ space: string | null; name: string }> {
    const at = place.indexOf(':')
    const [home, path] = [Number(place.slice(0, at)), place.slice(at + 1)]
    const name = registry.doors.map(({ targets }) => targets?.nameOf(path)).find((one) => one !== undefined)
    return { space: home === own ? null : ((await spaceName(home)) ?? ''), name: name ?? '' }
  }

  return {
    async apps(accountId, { after, language }) {
      const account = await accountById(store, accountId)
      const rows = await store.rows(
        'app_grant',
        { account_id: accountId },
        { limit: pageGrants + 1, ...(after === undefined ? {} : { after: { grant_id: after } }) },
      )
      const shown = rows.slice(0, pageGrants)
      const since = dayOf(clock.now()) - days + 1
      const apps = await Promise.all(shown.map((row) => line(row, language, account?.home ?? 0, since)))
      const last = shown.at(-1)?.['grant_id']
      return { apps, ...(rows.length > pageGrants && last != null ? { next: String(last) } : {}) }
    },

    async unusedSince(accountId, since) {
      const rows = await store.rows('app_grant', { account_id: accountId })
      return rows
        .filter((row) => Number(row['last_used'] ?? row['created']) < since)
        .map((row) => String(row['grant_id']))
    },

    async why(accountId, grantId, language) {
      const { grant } = await ownGrant(store, accountId, grantId)
      const account = await accountById(store, accountId)
      if (!account) return []
      const subject = await subjects.subject(account, grant)
      const told: WhyAllowed[] = []
      for (const scope of live(grant, clock.now())) {
        // A right in every home is explained by her own.
        const home = scope.home === anyHome ? account.home : scope.home
        const found = await explain(subject, imply(scope.bits), home, scope.path)
        told.push({
          ...inWords(registry, scope, grant, language),
          holds: found.allowed,
          person: bitNames(found.user),
          app: bitNames(found.app),
          reasons: found.reasons,
        })
      }
      return told
    },
  }
}

/** What the overview asks others for. */
export interface OverviewParts {
  explain: Permissions['explain']
  /** What a person calls a space, by its home. */
  spaceName(home: number): Promise<string | undefined>
}

const live = ({ scopes }: Grant, now: number) =>
  scopes.filter(({ expires }) => expires === undefined || expires > now)

/** What a grant allows now, each thing once. */
function allowedThings(
  registry: ScopeRegistry,
  grant: Grant,
  now: number,
  language: Language,
): AllowedThing[] {
  const scopes = live(grant, now)
  const claims = (grant.data?.claims ?? []).map((text) => told(registry, text, grant, undefined, language))
  const written = heldScopes({ ...grant, data: {} }, now).map((text) => {
    const scope = scopes.find((one) => one.scope === text)
    return told(registry, text, grant, scope, language)
  })
  const others = scopes.filter(({ scope }) => scope === undefined)
  return [...claims, ...written, ...others.map((scope) => inWords(registry, scope, grant, language))]
}

const inWords = (
  registry: ScopeRegistry,
  scope: GrantedScope,
  grant: Grant,
  language: Language,
): AllowedThing =>
  scope.scope === undefined
    ? ofPath(registry.doors, scope, grant, language)
    : told(registry, scope.scope, grant, scope, language)

function told(
  registry: ScopeRegistry,
  text: string,
  grant: Grant,
  scope: GrantedScope | undefined,
  language: Language,
): AllowedThing {
  const known = knownTo(registry, text)
  const { title, description } = known ? registry.describe(known, language) : { title: text, description: '' }
  const until = scope?.expires ?? grant.expires
  return { scope: text, title, description, since: scope?.since ?? grant.created, until }
}

function knownTo(registry: ScopeRegistry, text: string) {
  try {
    return registry.one(text)
  } catch {
    // A door that is there no more: its name has to do.
    return undefined
  }
}

/** What was never written as a scope is found among what the doors declare. */
function ofPath(
  doors: readonly ScopeDoor[],
  { path, bits, since, expires }: GrantedScope,
  grant: Grant,
  language: Language,
): AllowedThing {
  const declared = doors.flatMap(({ scopes }) => scopes).find((one) => one.path === path && one.bits === bits)
  return {
    scope: '',
    title: declared?.title[language] ?? path,
    description: declared?.description[language] ?? '',
    since: since ?? grant.created,
    until: expires ?? grant.expires,
  }
}
