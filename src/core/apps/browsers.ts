/**
 * Browsers that are signed in to an account of their own, as Firefox is: each has a grant, for the scopes that it was let
 * in with. Nothing widens one; a browser that signs in again gets another in the place of the one it had.
 */
import { CodedError } from '../../lib/coded-error.ts'
import { randomBase32 } from '../../lib/ids.ts'
import { alter, type Beside } from '../accounts/context.ts'
import { checkLabel, checkRoom, grantEntry, ofGrant, readGrant, removals } from '../accounts/grants.ts'
import type { Account, Grant, Origin } from '../accounts/index.ts'
import type { Row } from '../ports.ts'
import type { Change, Precondition } from '../records/index.ts'
import { type AppsContext, checkActive, claimsOf, grantChanges, resolveAll } from './grants.ts'

/** Browsers of one account. */
export const maxBrowsers = 200

export interface NewBrowser {
  /** Which one it is, as its own protocol calls it. */
  client: string
  /** 1 to 100 characters, shown in the list of browsers; null: what it was called before, else `otherwise`. */
  name: string | null
  otherwise: string
  /** As they are written. */
  scopes: readonly string[]
  /** The grant that the same browser had: it ends, and its name and what it can be reached by are kept. */
  before: string | null
}

export interface Browsers {
  /**
   * Lets a browser in, together with what `beside` adds to the commit (asked again where something changed meanwhile).
   * Errors: `account-absent`, `forbidden`, `too-many`, `label-malformed`, those of scopes and of `beside`.
   */
  letIn(
    accountId: string,
    browser: NewBrowser,
    beside: (grant: Grant, account: Account) => Promise<Beside>,
    from?: Origin,
  ): Promise<Grant>
}

export function createBrowsers(context: AppsContext): Browsers {
  const { store, clock, registry } = context

  /** A browser's grant of this account, with what it is reached by. */
  async function former(accountId: string, grantId: string | null) {
    const found = grantId === null ? undefined : await readGrant(store, grantId)
    if (found?.grant.account !== accountId || found.grant.kind !== 'browser') return undefined
    return { grant: found.grant, devices: await store.rows('fxa_device', { grant_id: found.grant.id }) }
  }

  return {
    async letIn(accountId, { client, name, otherwise, scopes: texts, before }, beside, from) {
      if (name !== null) checkLabel(name)
      const scopes = registry.parseAll(texts)
      let made: Grant | undefined
      await alter(context, accountId, async (account) => {
        checkActive(account)
        const old = await former(accountId, before)
        await checkBrowsers(accountId, old ? 1 : 0)
        const now = clock.now()
        const grant: Grant = {
          id: randomBase32(80),
          account: accountId,
          kind: 'browser',
          client,
          door: '',
          label: name ?? old?.grant.label ?? otherwise,
          created: now,
          expires: null,
          lastUsed: null,
          suspended: false,
          version: 1,
          scopes: await resolveAll(context, account, scopes),
          data: { verified: 'configured', claims: claimsOf(scopes) },
        }
        made = grant
        const { when = [], changes = [] } = await beside(grant, account)
        const gone = old ? removals(ofOthers, { grant_id: old.grant.id }) : []
        const kept = (old?.devices ?? []).map((row): Change => ({
          kind: 'row',
          table: 'fxa_device',
          put: { ...row, grant_id: grant.id },
        }))
        const details = { scopes: scopes.map(({ text }) => text), ...(old ? { again: true } : {}) }
        return {
          // What a browser says of itself at the same moment is not lost: then all is read anew.
          when: [...when, ...(old?.devices ?? []).map(asRead)],
          changes: [
            ...gone,
            ...kept,
            ...grantChanges(grant, null),
            grantEntry(now, 'added', grant, from, details),
            ...changes,
          ],
        }
      })
      return made!
    },
  }

  async function checkBrowsers(accountId: string, leaving: number): Promise<void> {
    await checkRoom(store, accountId)
    const rows = await store.rows('app_grant', { account_id: accountId })
    if (rows.filter(({ kind }) => kind === 'browser').length - leaving >= maxBrowsers)
      throw new CodedError('too-many', 'the account has too many browsers', { max: maxBrowsers })
  }
}

/** Holds while a device is as it was read. */
const asRead = (row: Row): Precondition => ({
  is: 'row-has',
  table: 'fxa_device',
  where: { device_id: row['device_id'] ?? null },
  has: row,
})

/** What goes with a grant whose browser stays. */
const ofOthers = ofGrant.filter((table) => table !== 'fxa_device')
