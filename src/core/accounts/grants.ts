/** What apps and devices were allowed, and the app passwords they show for it. */
import { randomBase32 } from '../../lib/ids.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { createLru } from '../../lib/lru.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { Refusal, type Row, type Session } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { accountById, alter, type Context, fail } from './context.ts'
import { logChange } from './log.ts'
import { grantOf, grantRow, scopeRow } from './rows.ts'
import type { Accounts, Bearer, Grant } from './types.ts'
import type { Origin } from './ways.ts'

/** Most grants of one account, and most scopes of one grant. */
export const maxGrants = 10_000
export const maxScopes = 100

/** Grants that end in one commit. */
const revokedAtOnce = 500

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
  'createAppPassword' | 'appPassword' | 'grants' | 'suspendGrant' | 'revokeGrant' | 'revokeGrants' | 'used'
>

export function createGrants(context: Context): GrantPart {
  const { store, clock } = context
  /** When a grant's use was last noted here. */
  const noted = createLru<string, number>({ max: 10_000 })

  const read = (grantId: string) => readGrant(store, grantId)
  const own = (accountId: string, grantId: string) => ownGrant(store, accountId, grantId)

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

  const entry = (act: GrantAct, grant: Grant, from: Origin | undefined): Change =>
    grantEntry(clock.now(), act, grant, from)

  /** Ends these grants, at most `revokedAtOnce`, and returns how many there were. */
  async function revoke(accountId: string, ids: readonly string[], from: Origin | undefined) {
    let ended = 0
    await alter(context, accountId, async () => {
      const found = (await Promise.all(ids.map(read))).flatMap((one) =>
        one?.grant.account === accountId ? [one.grant] : [],
      )
      ended = found.length
      if (found.length === 0) return undefined
      const browsers = found.filter(({ kind }) => kind === 'browser')
      const devices = await Promise.all(browsers.map(({ id }) => store.rows('fxa_device', { grant_id: id })))
      const changes = found.flatMap((grant) => [
        ...removals(ofGrant, { grant_id: grant.id }),
        entry('removed', grant, from),
      ])
      return { changes: [...devices.flat().map(unqueued), ...changes] }
    })
    return ended
  }

  return {
    async createAppPassword(accountId, { door, label, scopes, expires = null }, from) {
      if (scopes.length > maxScopes)
        throw fail('too-many', 'the grant has too many scopes', { max: maxScopes })
      checkLabel(label)
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
        await checkRoom(store, accountId)
        const changes: Change[] = [
          { kind: 'row', table: 'app_grant', put: grantRow(grant, null) },
          { kind: 'row', table: 'token', put: token },
          ...scopes.map((scope): Change => ({ kind: 'row', table: 'grant_scope', put: scopeRow(id, scope) })),
          entry('added', grant, from),
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

    async grants(accountId, kind) {
      const all = await store.rows('app_grant', { account_id: accountId }, { limit: maxGrants })
      const rows = kind === undefined ? all : all.filter((row) => row['kind'] === kind)
      const scopes = rows.map((row) => store.rows('grant_scope', { grant_id: row['grant_id'] ?? null }))
      const found = await Promise.all(scopes)
      return rows.map((row, index) => grantOf(row, found[index] ?? []))
    },

    async suspendGrant(accountId, grantId, suspended, from) {
      await alter(context, accountId, async () => {
        const { grant } = await own(accountId, grantId)
        if (grant.suspended === suspended) return undefined
        const put = grantRow({ ...grant, version: grant.version + 1 }, suspended ? clock.now() : null)
        const act = suspended ? 'suspended' : 'resumed'
        return { changes: [{ kind: 'row', table: 'app_grant', put }, entry(act, grant, from)] }
      })
    },

    async revokeGrant(accountId, grantId, from) {
      if ((await revoke(accountId, [grantId], from)) === 0)
        throw fail('grant-absent', 'there is no such grant')
    },

    async revokeGrants(accountId, grantIds, from) {
      let ended = 0
      for (let at = 0; at < grantIds.length; at += revokedAtOnce)
        ended += await revoke(accountId, grantIds.slice(at, at + revokedAtOnce), from)
      return ended
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

/** The tables whose rows are a grant's own. */
export const ofGrant = ['token', 'grant_scope', 'grant_use', 'oidc', 'fxa_device', 'app_grant'] as const

/** What waits for a browser: a queue of its person's home. */
export const deviceQueue = (deviceId: string): string => `fxa/${deviceId}`

const unqueued = ({ home_id: home, device_id: id }: Row): Change => ({
  kind: 'dequeue',
  home: Number(home),
  name: deviceQueue(String(id)),
  ords: 'all',
})

/** What a grant and its scopes are now. */
export async function readGrant(
  reads: Pick<Session, 'rows'>,
  grantId: string,
): Promise<{ grant: Grant; row: Row } | undefined> {
  const [[row], scopes] = await Promise.all([
    reads.rows('app_grant', { grant_id: grantId }),
    reads.rows('grant_scope', { grant_id: grantId }),
  ])
  return row && { grant: grantOf(row, scopes), row }
}

/** A grant of this account. Errors: `grant-absent`. */
export async function ownGrant(
  reads: Pick<Session, 'rows'>,
  accountId: string,
  grantId: string,
): Promise<{ grant: Grant; row: Row }> {
  const found = await readGrant(reads, grantId)
  if (found?.grant.account !== accountId) throw fail('grant-absent', 'there is no such grant')
  return found
}

/** Errors: `too-many`. */
export async function checkRoom(reads: Pick<Session, 'rows'>, accountId: string): Promise<void> {
  const present = await reads.rows('app_grant', { account_id: accountId }, { limit: maxGrants })
  if (present.length >= maxGrants)
    throw fail('too-many', 'the account has too many grants', { max: maxGrants })
}

/** Errors: `label-malformed`. */
export function checkLabel(label: string): void {
  if (label.trim() === '' || label.length > maxLabel)
    throw fail('label-malformed', `a label has 1 to ${maxLabel} characters`, { max: maxLabel })
}

export type GrantAct = 'added' | 'widened' | 'narrowed' | 'suspended' | 'resumed' | 'removed'

/** The line of her log; without `from` it was the operator at the command line. */
export function grantEntry(
  now: number,
  act: GrantAct,
  { account, kind, door, label, data }: Grant,
  from: Origin | undefined,
  details: JsonObject = {},
): Change {
  const of = kind === 'app-password' ? { door } : data?.origin === undefined ? {} : { origin: data.origin }
  return logChange(now, {
    account,
    act: `${kind}-${act}`,
    actor: from ? account : null,
    details: { ...of, label, ...details },
    ...from,
  })
}

/** Removes the rows of several tables that one condition finds. */
export function removals(
  from: readonly (Change & { kind: 'row' })['table'][],
  where: Readonly<Record<string, string>>,
): Change[] {
  return from.map((table) => ({ kind: 'row', table, remove: where }))
}
