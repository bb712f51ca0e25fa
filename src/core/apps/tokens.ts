/** Opaque tokens: those that people make for scripts, and whom a token speaks for, whatever made it. */
import { sha256Hex } from '../../lib/hash.ts'
import { randomBase32, randomToken } from '../../lib/ids.ts'
import type { Account, Grant, Origin } from '../accounts/index.ts'
import { accountById, alter } from '../accounts/context.ts'
import { checkLabel, checkRoom, grantEntry, readGrant } from '../accounts/grants.ts'
import type { Row } from '../ports.ts'
import type { Change } from '../records/index.ts'
import { type AppsContext, checkActive, checkScopes, claimsOf, grantChanges, resolveAll } from './grants.ts'
import { maxDays, scopeError } from './syntax.ts'

/** What a token begins with, so that scanners for lost secrets know it. */
const prefix = 'essaim_'

export interface NewToken {
  /** 1 to 100 characters. */
  name: string
  /** As they are written; none may leave open which thing is meant. */
  scopes: readonly string[]
  /** 1 to 3,650; absent: until it is revoked. */
  days?: number
}

/** What an access token carries of its own: a part of its grant's scopes, as they are written. */
export interface TokenData {
  scopes?: readonly string[]
}

/**
 * Whom a token speaks for. `unknown`: never given, or its grant was revoked. `paused`: the person has paused the app.
 * `account`: her account is suspended, waits or leaves.
 */
export type TokenHolder =
  | { kind: 'known'; account: Account; grant: Grant; expires: number | null }
  | { kind: 'unknown' | 'expired' | 'paused' | 'account' }

export interface Tokens {
  /**
   * Makes a token; its text is told once and kept nowhere. Errors: `account-absent`, `forbidden`, `too-many`,
   * `label-malformed`, and those of scopes.
   */
  createToken(accountId: string, wanted: NewToken, from?: Origin): Promise<{ text: string; grant: Grant }>
  /** Whom a token speaks for, by the SHA-256 (hexadecimal) of its text. */
  holder(hash: string): Promise<TokenHolder>
  /** The same for a token that names its grant itself, and is proved to be ours: until the grant is over. */
  grantHolder(accountId: string, grantId: string): Promise<TokenHolder>
}

export function createTokens(context: AppsContext): Tokens {
  const { store, clock, registry } = context

  return {
    async createToken(accountId, { name, scopes: texts, days }, from) {
      checkLabel(name)
      if (texts.length === 0) throw scopeError('scope-malformed', 'a token needs a scope', '')
      if (days !== undefined && !(Number.isSafeInteger(days) && days >= 1 && days <= maxDays))
        throw scopeError('scope-malformed', `days are a number from 1 to ${maxDays}`, '')
      const scopes = registry.parseAll(texts)
      const text = prefix + randomToken()
      let made: Grant | undefined
      await alter(context, accountId, async (account) => {
        checkActive(account)
        await checkRoom(store, accountId)
        const now = clock.now()
        const expires = days === undefined ? null : now + days * 86_400_000
        const grant: Grant = {
          id: randomBase32(80),
          account: accountId,
          kind: 'token',
          door: '',
          label: name,
          created: now,
          expires,
          lastUsed: null,
          suspended: false,
          version: 1,
          scopes: await resolveAll(context, account, scopes),
          data: { claims: claimsOf(scopes) },
        }
        made = grant
        checkScopes(grant.scopes)
        const entry = grantEntry(now, 'added', grant, from, { scopes: scopes.map((one) => one.text) })
        return {
          changes: [
            ...grantChanges(grant, null),
            tokenChange(grant, { hash: sha256Hex(text), kind: 'personal', created: now, expires }),
            entry,
          ],
        }
      })
      return { text, grant: made! }
    },

    async holder(hash) {
      const [token] = await store.rows('token', { hash })
      if (token?.['kind'] !== 'personal' && token?.['kind'] !== 'access') return { kind: 'unknown' }
      return holderOf(String(token['account_id']), String(token['grant_id']), token)
    },

    grantHolder: (accountId, grantId) => holderOf(accountId, grantId),
  }

  async function holderOf(accountId: string, grantId: string, token: Row = {}): Promise<TokenHolder> {
    const [found, account] = await Promise.all([readGrant(store, grantId), accountById(store, accountId)])
    if (!found || !account || found.grant.account !== account.id) return { kind: 'unknown' }
    const expires = earlier(token['expires'], found.grant.expires)
    if (expires !== null && expires <= clock.now()) return { kind: 'expired' }
    if (account.state !== 'active') return { kind: 'account' }
    if (found.grant.suspended) return { kind: 'paused' }
    return { kind: 'known', account, grant: partOf(found.grant, token), expires }
  }
}

/** The row of a token, in the commit that makes it. */
export function tokenChange(
  grant: Pick<Grant, 'id' | 'account'>,
  token: {
    hash: string
    kind: 'access' | 'personal'
    created: number
    expires: number | null
    data?: TokenData
  },
): Change {
  const { hash, kind, created, expires, data } = token
  return {
    kind: 'row',
    table: 'token',
    put: {
      hash,
      kind,
      grant_id: grant.id,
      account_id: grant.account,
      created,
      expires,
      data: data ? JSON.stringify(data) : null,
    },
  }
}

const earlier = (one: Row[string] | undefined, other: number | null): number | null => {
  if (one == null) return other
  return other === null ? Number(one) : Math.min(Number(one), other)
}

/** A token may be for less than its grant. */
function partOf(grant: Grant, { data }: Row): Grant {
  const { scopes } = data == null ? {} : (JSON.parse(String(data)) as TokenData)
  if (!scopes) return grant
  return {
    ...grant,
    scopes: grant.scopes.filter(({ scope }) => scope !== undefined && scopes.includes(scope)),
    data: { ...grant.data, claims: grant.data?.claims?.filter((claim) => scopes.includes(claim)) ?? [] },
  }
}
