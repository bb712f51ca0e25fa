/** What apps were allowed: made by the first answer of a person, widened by later ones, narrowed by her alone. */
import { randomBase32 } from '../../lib/ids.ts'
import { CodedError } from '../../lib/coded-error.ts'
import type { Account, ClientTrust, Grant, GrantedScope, Origin } from '../accounts/index.ts'
import { alter } from '../accounts/context.ts'
import {
  checkLabel,
  checkRoom,
  grantEntry,
  maxScopes,
  ofGrant,
  ownGrant,
  readGrant,
  removals,
} from '../accounts/grants.ts'
import { grantRow, scopeRow } from '../accounts/rows.ts'
import type { Clock, Store, TargetReads } from '../ports.ts'
import type { Change } from '../records/index.ts'
import type { KnownScope, ScopeRegistry } from './registry.ts'
import { type Answer, answered, resolveScope } from './resolve.ts'

export interface AppsContext {
  store: TargetReads & Pick<Store, 'commit' | 'session' | 'forgetPerson'>
  clock: Clock
  registry: ScopeRegistry
  onError(error: unknown): void
}

/** An app as it is noted with what it was allowed. */
export interface AllowedClient {
  id: string
  /** 1 to 100 characters, shown in the list of apps. */
  name: string
  /** Its host name, for people. */
  origin: string
  trust: ClientTrust
}

/** Most answers that are remembered of one grant; the earliest go. */
const maxAnswers = 200

export interface AppGrants {
  /** What an account has allowed to an app; undefined: nothing, or it is revoked. */
  grantOf(accountId: string, client: string): Promise<Grant | undefined>
  /** A grant with its scopes, of whatever account. */
  grant(grantId: string): Promise<Grant | undefined>
  /**
   * Puts a person's answers into force: makes the grant, or widens it; what it holds already stays. A scope that is
   * answered anew (for a longer time, say) replaces itself. Returns the grant as it is then.
   * Errors: `account-absent`, `too-many`, `label-malformed`, `forbidden` (the account is not active), and those of
   * scopes (`ScopeErrorCode`).
   */
  allow(accountId: string, client: AllowedClient, answers: readonly Answer[], from?: Origin): Promise<Grant>
  /**
   * Takes one scope away, as it is written in the grant. The app is not told; its next request is refused.
   * Errors: `grant-absent`, `scope-unknown` where the grant has no such scope.
   */
  narrow(accountId: string, grantId: string, scope: string, from?: Origin): Promise<Grant>
}

export function createAppGrants(context: AppsContext): AppGrants {
  const { store, clock, registry } = context

  async function grantOf(accountId: string, client: string): Promise<Grant | undefined> {
    const rows = await store.rows('app_grant', { account_id: accountId, client }, { limit: 2 })
    const id = rows.find(({ kind }) => kind === 'app')?.['grant_id']
    return id == null ? undefined : (await readGrant(store, String(id)))?.grant
  }

  return {
    grantOf,
    grant: async (grantId) => (await readGrant(store, grantId))?.grant,

    async allow(accountId, client, answers, from) {
      checkLabel(client.name)
      const scopes = answers.map((answer) => (answer.allow ? answered(registry, answer) : null))
      let made: Grant | undefined
      await alter(context, accountId, async (account) => {
        checkActive(account)
        const present = await grantOf(accountId, client.id)
        const now = clock.now()
        // One that is over is begun anew: nothing of it comes back by itself.
        const over = present !== undefined && present.expires !== null && present.expires <= now
        if (!present) await checkRoom(store, accountId)
        const base = present && !over ? present : newGrant(account, client, now)
        const given = scopes.filter((scope) => scope !== null)
        const resolved = await resolveAll(context, account, given)
        const { data = {} } = base
        made = {
          ...base,
          label: client.name,
          version: base.version + 1,
          scopes: [...withoutScopes(base.scopes, given), ...resolved],
          data: {
            ...data,
            origin: client.origin,
            verified: client.trust,
            answered: remembered(data.answered, answers, scopes),
            claims: [...new Set([...(data.claims ?? []), ...claimsOf(given)])],
          },
        }
        checkScopes(made.scopes)
        const details = { scopes: given.map(({ text }) => text) }
        const act = present && !over ? 'widened' : 'added'
        const gone = over ? removals(ofGrant, { grant_id: present.id }) : []
        const entry = grantEntry(now, act, made, from, details)
        return {
          changes: [
            ...gone,
            ...scopeChanges(made, given),
            ...grantChanges(made, made.suspended ? now : null),
            entry,
          ],
        }
      })
      return made!
    },

    async narrow(accountId, grantId, scope, from) {
      let narrowed: Grant | undefined
      await alter(context, accountId, async () => {
        const { grant, row } = await ownGrant(store, accountId, grantId)
        const { data = {} } = grant
        const scopes = grant.scopes.filter((one) => one.scope !== scope)
        const claims = data.claims?.filter((one) => one !== scope) ?? []
        if (scopes.length === grant.scopes.length && claims.length === (data.claims?.length ?? 0))
          throw new CodedError('scope-unknown', 'the grant has no such scope', { scope })
        narrowed = { ...grant, version: grant.version + 1, scopes, data: { ...data, claims } }
        const suspended = row['suspended'] == null ? null : Number(row['suspended'])
        return {
          changes: [
            { kind: 'row', table: 'grant_scope', remove: { grant_id: grantId, scope } },
            { kind: 'row', table: 'app_grant', put: grantRow(narrowed, suspended) },
            grantEntry(clock.now(), 'narrowed', grant, from, { scopes: [scope] }),
          ],
        }
      })
      return narrowed!
    },
  }
}

/** Only who may use her account makes others use it. */
export function checkActive(account: Account): void {
  if (account.state !== 'active') throw new CodedError('forbidden', 'the account is not active')
}

/** The rights that scopes stand for, in one list. */
export async function resolveAll(
  { registry, store, clock }: AppsContext,
  account: Account,
  scopes: readonly KnownScope[],
): Promise<GrantedScope[]> {
  const now = clock.now()
  const all = await Promise.all(scopes.map((scope) => resolveScope(registry, store, account, scope, now)))
  return all.flat()
}

/** Errors: `too-many`. */
export function checkScopes(scopes: readonly GrantedScope[]): void {
  if (scopes.length > maxScopes)
    throw new CodedError('too-many', 'the grant has too many scopes', { max: maxScopes })
}

/** What of these is about no path. */
export const claimsOf = (scopes: readonly KnownScope[]): string[] =>
  scopes.filter(({ kind }) => kind === 'standard').map(({ text }) => text)

/** The changes that write a grant and all of its scopes. */
export const grantChanges = (grant: Grant, suspended: number | null): Change[] => [
  { kind: 'row', table: 'app_grant', put: grantRow(grant, suspended) },
  ...grant.scopes.map((scope): Change => ({
    kind: 'row',
    table: 'grant_scope',
    put: scopeRow(grant.id, scope),
  })),
]

/** Rows of scopes that are answered anew go first: they may have been about other places. */
const scopeChanges = ({ id }: Grant, given: readonly KnownScope[]): Change[] =>
  given.map(({ text }) => ({ kind: 'row', table: 'grant_scope', remove: { grant_id: id, scope: text } }))

const withoutScopes = (scopes: readonly GrantedScope[], given: readonly KnownScope[]) =>
  scopes.filter(({ scope }) => !given.some(({ text }) => text === scope))

function newGrant(account: Account, client: AllowedClient, now: number): Grant {
  return {
    id: randomBase32(80),
    account: account.id,
    kind: 'app',
    client: client.id,
    door: '',
    label: client.name,
    created: now,
    expires: null,
    lastUsed: null,
    suspended: false,
    version: 0,
    scopes: [],
  }
}

function remembered(
  before: Readonly<Record<string, string | null>> = {},
  answers: readonly Answer[],
  scopes: readonly (KnownScope | null)[],
): Record<string, string | null> {
  const all = new Map(Object.entries(before))
  for (const [index, { asked }] of answers.entries()) {
    all.delete(asked)
    all.set(asked, scopes[index]?.text ?? null)
  }
  return Object.fromEntries([...all].slice(-maxAnswers))
}
