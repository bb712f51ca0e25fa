/**
 * Accounts elsewhere that open an account here. One is (issuer, subject), and nothing else finds it: no e-mail address,
 * no name. It is attached by the owner of the account alone.
 */
import { Refusal, type Row } from '../ports.ts'
import { both } from './both.ts'
import { type Context, fail } from './context.ts'
import { createWays, isOffered, type Origin, type Part } from './ways.ts'

export interface Identity {
  /** Who vouches for it. */
  issuer: string
  /** What the issuer calls her, for ever the same. */
  subject: string
  account: string
  /** The provider's id in the settings; it may be gone. */
  provider: string
  /** A name for people's own lists. */
  label: string
  created: number
  lastUsed: number | null
}

export type NewIdentity = Pick<Identity, 'issuer' | 'subject' | 'provider' | 'label'>

export const maxIdentities = 20
/** Characters of an issuer, a subject (OpenID Connect Core section 2), and a label. */
export const maxIssuer = 1_024
export const maxSubject = 255
export const maxIdentityLabel = 100

const identityOf = (row: Row): Identity => ({
  issuer: String(row['issuer']),
  subject: String(row['subject']),
  account: String(row['account_id']),
  provider: String(row['provider']),
  label: String(row['label']),
  created: Number(row['created']),
  lastUsed: row['last_used'] == null ? null : Number(row['last_used']),
})

const identityRow = ({ account, created, lastUsed, ...same }: Identity): Row => ({
  ...same,
  account_id: account,
  created,
  last_used: lastUsed,
})

/** What attaches an identity, for a commit that may do more, such as making its account. */
export function newIdentityChange(
  account: string,
  { issuer, subject, provider, label }: NewIdentity,
  now: number,
): Required<Part> {
  const put = identityRow({ issuer, subject, provider, label, account, created: now, lastUsed: now })
  return {
    when: [{ is: 'row-absent', table: 'identity', where: { issuer, subject } }],
    changes: [{ kind: 'row', table: 'identity', put }],
  }
}

/** What notes that an identity opened its account: refused when it was taken away meanwhile. */
export function identityUsedChange(identity: Identity, label: string, now: number): Required<Part> {
  const { issuer, subject, account } = identity
  return {
    when: [{ is: 'row-has', table: 'identity', where: { issuer, subject }, has: { account_id: account } }],
    changes: [{ kind: 'row', table: 'identity', put: identityRow({ ...identity, label, lastUsed: now }) }],
  }
}

export interface IdentityPart {
  identity(issuer: string, subject: string): Promise<Identity | undefined>
  /** Oldest first. */
  identities(account: string): Promise<Identity[]>
  /**
   * Attaches an identity; nothing where it is attached to her already. Errors: `identity-taken`, `too-many`,
   * `account-absent`; `row-exists` where what is `beside` was used before.
   */
  linkIdentity(account: string, wanted: NewIdentity, from: Origin, beside?: Part): Promise<void>
  /** Errors: `identity-absent`, `last-way`. */
  unlinkIdentity(account: string, issuer: string, subject: string, from: Origin): Promise<void>
}

const taken = () => fail('identity-taken', 'it opens another account')

export function createIdentities(context: Context): IdentityPart {
  const { store, clock } = context
  const { changeWays } = createWays(context)

  async function one(issuer: string, subject: string): Promise<Identity | undefined> {
    if (issuer.length > maxIssuer || subject.length > maxSubject) return undefined
    const [row] = await store.rows('identity', { issuer, subject })
    return row && identityOf(row)
  }

  const mine = async (account: string): Promise<Identity[]> =>
    (await store.rows('identity', { account_id: account }))
      .map(identityOf)
      .toSorted((a, b) => a.created - b.created)

  async function hers(account: string, issuer: string, subject: string): Promise<Identity> {
    const known = await one(issuer, subject)
    if (known?.account !== account) throw fail('identity-absent', 'there is no such identity')
    return known
  }

  return {
    identity: one,
    identities: mine,

    async linkIdentity(id, wanted, from, beside) {
      const { issuer, subject, provider, label } = wanted
      const link = changeWays(id, {
        from,
        act: 'identity-added',
        details: { provider, label },
        async make() {
          const known = await one(issuer, subject)
          if (known && known.account !== id) throw taken()
          if (known) return undefined
          if ((await mine(id)).length >= maxIdentities)
            throw fail('too-many', `an account has at most ${maxIdentities} of them`, { max: maxIdentities })
          return both(newIdentityChange(id, wanted, clock.now()), beside)
        },
      })
      await link.catch(async (error: unknown) => {
        if (error instanceof Refusal && (await one(issuer, subject))) throw taken()
        throw error
      })
    },

    async unlinkIdentity(id, issuer, subject, from) {
      const { provider, label } = await hers(id, issuer, subject)
      const isWayIn = await isOffered(store, provider)
      await changeWays(id, {
        from,
        act: 'identity-removed',
        details: { provider, label },
        ...(isWayIn ? { removes: 'identity' as const } : {}),
        async make() {
          await hers(id, issuer, subject)
          return { changes: [{ kind: 'row', table: 'identity', remove: { issuer, subject } }] }
        },
      })
    },
  }
}
