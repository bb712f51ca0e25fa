/** What apps and devices were allowed, and the app passwords they show for it. */
import { randomBase32 } from '../../lib/ids.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { createLru } from '../../lib/lru.ts'
import { Refusal, type Row } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { accountById, alter, type Context, fail } from './context.ts'
import { logChange } from './log.ts'
import { grantOf, grantRow, scopeRow } from './rows.ts'
import type { Accounts, Bearer, Grant } from './types.ts'
import type { Origin } from './ways.ts'

/** Most grants of one account, and most scopes of one grant. */
export const maxGrants = 200
const maxScopes = 100

/** Length of a grant's label, in characters. */
const maxLabel = 100

/** Four groups of seven letters and digits, 140 random bits, easy to type on a phone. */
const form = /^[a-z2-7]{7}(?:-[a-z2-7]{7}){3}$/

/** How often the last use of a grant is written, in milliseconds. */
const useEvery = 3_600_000

export const newAppPassword = (): string => randomBase32(140).replace(/.{7}(?=.)/g, '$&-')

/** What an app password is stored and found by; undefined for what has not its form and need not be looked up. */
export const appPasswordHash = (text: string): string | undefined =>
  form.test(text) ? sha256Hex(text) : undefined

type GrantPart = Pick<
  Accounts,
  'createAppPassword' | 'appPassword' | 'grants' | 'suspendGrant' | 'revokeGrant' | 'used'
>

export function createGrants(context: Context): GrantPart {
  const { store, clock } = context
  /** When a grant's use was last noted here. */
  const noted = createLru<string, number>({ max: 10_000 })

  async function read(grantId: string): Promise<{ grant: Grant; row: Row } | undefined> {
    const [[row], scopes] = await Promise.all([
      store.rows('app_grant', { grant_id: grantId }),
      store.rows('grant_scope', { grant_id: grantId }),
    ])
    return row && { grant: grantOf(row, scopes), row }
  }

  async function own(accountId: string, grantId: string): Promise<{ grant: Grant; row: Row }> {
    const found = await read(grantId)
    if (found?.grant.account !== accountId) throw fail('grant-absent', 'there is no such grant')
    return found
  }

  async function write({ account, grant }: Bearer, lastUsed: number): Promise<void> {
    const found = await read(grant.id)
    if (found === undefined) return
    await commitStep(store, {
      when: [
        {
          is: 'row-has',
          table: 'app_grant',
          where: { grant_id: grant.id },
          has: { version: found.grant.version, suspended: found.row['suspended'] ?? null },
        },
      ],
      changes: [{ kind: 'row', table: 'app_grant', put: { ...found.row, last_used: lastUsed } }],
      needs: [{ kind: 'collection', home: account.home, path: '' }],
    })
  }

  /** The line of her log; without `from` it was the operator at the command line. */
  const entry = (act: string, { account, door, label }: Grant, from: Origin | undefined): Change =>
    logChange(clock.now(), {
      account,
      act,
      actor: from ? account : null,
      details: { door, label },
      ...from,
    })

  return {
    async createAppPassword(accountId, { door, label, scopes, expires = null }, from) {
      if (scopes.length > maxScopes)
        throw fail('too-many', 'the grant has too many scopes', { max: maxScopes })
      if (label.trim() === '' || label.length > maxLabel) {
        throw fail('label-malformed', `a label has 1 to ${maxLabel} characters`, { max: maxLabel })
      }
      const id = randomBase32(80)
      const text = newAppPassword()
      const now = clock.now()
      const kind = 'app-password'
      const grant: Grant = {
        id,
        account: accountId,
        kind,
        door,
        label,
        created: now,
        expires,
        lastUsed: null,
        suspended: false,
        version: 1,
        scopes,
      }
      const token = {
        hash: sha256Hex(text),
        kind,
        grant_id: id,
        account_id: accountId,
        created: now,
        expires,
        data: null,
      }
      await alter(context, accountId, async () => {
        const present = await store.rows('app_grant', { account_id: accountId }, { limit: maxGrants })
        if (present.length >= maxGrants)
          throw fail('too-many', 'the account has too many grants', { max: maxGrants })
        const changes: Change[] = [
          { kind: 'row', table: 'app_grant', put: grantRow(grant, null) },
          { kind: 'row', table: 'token', put: token },
          ...scopes.map((scope): Change => ({ kind: 'row', table: 'grant_scope', put: scopeRow(id, scope) })),
          entry('app-password-added', grant, from),
        ]
        return { changes }
      })
      return { text, grant }
    },

    async appPassword(hash) {
      const [token] = await store.rows('token', { hash })
      if (token?.['kind'] !== 'app-password') return undefined
      const [found, account] = await Promise.all([
        read(String(token['grant_id'])),
        accountById(store, String(token['account_id'])),
      ])
      const now = clock.now()
      if (found === undefined || account === undefined) return undefined
      const { expires } = found.grant
      return expires !== null && expires <= now ? undefined : { account, grant: found.grant }
    },

    async grants(accountId) {
      const rows = await store.rows('app_grant', { account_id: accountId }, { limit: maxGrants })
      const scopes = rows.map((row) => store.rows('grant_scope', { grant_id: row['grant_id'] ?? null }))
      const all = await Promise.all(scopes)
      return rows.map((row, index) => grantOf(row, all[index] ?? []))
    },

    async suspendGrant(accountId, grantId, suspended, from) {
      await alter(context, accountId, async () => {
        const { grant } = await own(accountId, grantId)
        if (grant.suspended === suspended) return undefined
        const put = grantRow({ ...grant, version: grant.version + 1 }, suspended ? clock.now() : null)
        const act = suspended ? 'app-password-suspended' : 'app-password-resumed'
        return { changes: [{ kind: 'row', table: 'app_grant', put }, entry(act, grant, from)] }
      })
    },

    async revokeGrant(accountId, grantId, from) {
      await alter(context, accountId, async () => {
        const { grant } = await own(accountId, grantId)
        const where = { grant_id: grantId }
        const gone = removals(['token', 'grant_scope', 'app_grant'], where)
        return { changes: [...gone, entry('app-password-removed', grant, from)] }
      })
    },

    used(bearer) {
      const { id, lastUsed } = bearer.grant
      const now = clock.now()
      if (now - Math.max(lastUsed ?? 0, noted.get(id) ?? 0) < useEvery) return
      noted.set(id, now)
      // The request that used it does not wait, and nothing is lost but a time that people look at.
      write(bearer, now).catch((error: unknown) => {
        noted.delete(id)
        if (!(error instanceof Refusal)) context.onError(error)
      })
    },
  }
}

/** Removes the rows of several tables that one condition finds. */
export function removals(
  from: readonly (Change & { kind: 'row' })['table'][],
  where: Readonly<Record<string, string>>,
): Change[] {
  return from.map((table) => ({ kind: 'row', table, remove: where }))
}
