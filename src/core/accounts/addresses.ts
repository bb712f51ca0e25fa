/** A person's e-mail addresses. One that is not verified gives nothing; a verified one is one account's alone. */
import { randomBase32 } from '../../lib/ids.ts'
import { readMailAddress } from '../../lib/mail-address.ts'
import { type Language, Refusal, type Row, type Session } from '../ports.ts'
import { accountById, alter, type Context, fail } from './context.ts'
import { lettersToAll, letterChanges } from './letters.ts'
import { failMail, findLink, linkVoid, newLink } from './links.ts'
import { logChange } from './log.ts'
import { askedLimit, countMail } from './mail-limits.ts'
import type { Account } from './types.ts'
import type { Origin } from './ways.ts'

/** Addresses of one account. */
const maxAddresses = 5

export interface Address {
  id: string
  address: string
  /** When it was; null: not yet. */
  verified: number | null
  created: number
}

export interface AddressPart {
  /** The oldest first. */
  addresses(account: string): Promise<Address[]>
  /**
   * Adds an address and asks it by mail whether it is hers; asks again where it is not verified yet.
   * Errors: `mail-off`, `address-malformed`, `too-many`, `mail-throttled`, `account-absent`.
   */
  addAddress(account: string, text: string, from: Origin & { language: Language }): Promise<Address>
  /** What the link in that mail does. Errors: `link-void`, `address-taken`. */
  verifyAddress(token: string, from: Origin): Promise<Address>
  /** Errors: `address-absent`. */
  removeAddress(account: string, id: string, from: Origin): Promise<void>
  /** Whose verified address this is. */
  byAddress(text: string): Promise<Account | undefined>
}

export function createAddresses(context: Context): AddressPart {
  const { store, clock, mail } = context

  const rowsOf = (account: string) => store.rows('address', { account_id: account })

  return {
    addresses: async (account) =>
      (await rowsOf(account)).map(addressOf).toSorted((a, b) => a.created - b.created),

    async addAddress(id, text, { language, ...from }) {
      if (mail === undefined) throw failMail('mail-off', 'the server sends no mail')
      const read = readMailAddress(text)
      if (read === undefined) throw failMail('address-malformed', 'not an e-mail address')
      let result: Row = {}
      await alter(context, id, async (account) => {
        const rows = await rowsOf(id)
        const known = rows.find((row) => row['folded'] === read.folded)
        const now = clock.now()
        result = known ?? {
          address_id: randomBase32(80),
          account_id: id,
          ...read,
          verified: null,
          created: now,
          taken: null,
        }
        if (known && known['verified'] !== null) return undefined
        if (!known && rows.length >= maxAddresses)
          throw fail('too-many', 'the account has too many addresses', { max: maxAddresses })
        const { wait, beside } = await countMail(context, `verify ${read.folded}`, askedLimit)
        const busy = !(await mail.hasRoom())
        if (wait > 0 || busy)
          throw failMail('mail-throttled', 'too many mails', { retryAfter: busy ? 600 : wait })
        const { token, change } = newLink('verify-address', id, now, {
          address: String(result['address_id']),
        })
        const letter = { kind: 'verify', token } as const
        return {
          when: beside.when,
          changes: [
            ...beside.changes,
            { kind: 'row', table: 'address', put: result },
            change,
            ...(await letterChanges(context, account, [
              { letter, to: read.address, language: account.language ?? language },
            ])),
            ...(known
              ? []
              : [
                  logChange(now, {
                    account: id,
                    act: 'address-added',
                    details: { address: read.address },
                    ...from,
                  }),
                ]),
          ],
        }
      }).catch((error: unknown) => {
        // Somebody else counted a mail to this address at the same time.
        if (error instanceof Refusal) throw failMail('mail-throttled', 'too many mails', { retryAfter: 60 })
        throw error
      })
      return addressOf(result)
    },

    async verifyAddress(token, from) {
      const now = clock.now()
      const first = await findLink(store, 'verify-address', token, now)
      if (first === undefined) throw linkVoid()
      let result: Row = {}
      await alter(context, first.account, async (account) => {
        const link = await findLink(store, 'verify-address', token, now)
        const where = { address_id: String(link?.data['address']) }
        const [row] = await store.rows('address', where)
        if (!link || row?.['account_id'] !== account.id) throw linkVoid()
        const folded = row['folded'] ?? null
        result = { ...row, verified: now, taken: folded }
        if (row['verified'] !== null) return { changes: link.use.changes }
        const details = { address: String(row['address']) }
        return {
          when: [
            ...link.use.when,
            { is: 'row-has', table: 'address', where, has: { account_id: account.id } },
            { is: 'row-absent', table: 'address', where: { taken: folded } },
          ],
          changes: [
            ...link.use.changes,
            { kind: 'row', table: 'address', put: result },
            logChange(now, { account: account.id, act: 'address-verified', details, ...from }),
            ...(await lettersToAll(
              context,
              account,
              { kind: 'notice', act: 'address-verified', details, at: now },
              { without: details.address },
            )),
          ],
        }
      }).catch((error: unknown) => {
        if (error instanceof Refusal && error.code === 'row-exists')
          throw failMail('address-taken', 'another account has this address')
        throw error
      })
      return addressOf(result)
    },

    async removeAddress(id, addressId, from) {
      await alter(context, id, async (account) => {
        const where = { address_id: addressId }
        const [row] = await store.rows('address', where)
        if (row?.['account_id'] !== id) throw failMail('address-absent', 'there is no such address')
        const details = { address: String(row['address']) }
        const now = clock.now()
        const verified = row['verified'] !== null
        return {
          changes: [
            { kind: 'row', table: 'address', remove: where },
            logChange(now, { account: id, act: 'address-removed', details, ...from }),
            // To the removed one too: somebody else may have taken it away.
            ...(verified
              ? await lettersToAll(context, account, {
                  kind: 'notice',
                  act: 'address-removed',
                  details,
                  at: now,
                })
              : []),
          ],
        }
      })
    },

    byAddress: async (text) => (await findVerified(store, text))?.account,
  }
}

/**
 * Whose verified address this is, and how she wrote it: mails go to what was proved, not to what a stranger typed, which
 * another person's server may take for another box.
 */
export async function findVerified(
  reads: Pick<Session, 'rows'>,
  text: string,
): Promise<{ account: Account; address: string; folded: string } | undefined> {
  const read = readMailAddress(text)
  if (read === undefined) return undefined
  const [row] = await reads.rows('address', { taken: read.folded })
  const account = row && (await accountById(reads, String(row['account_id'])))
  return account && { account, address: String(row['address']), folded: read.folded }
}

const addressOf = (row: Row): Address => ({
  id: String(row['address_id']),
  address: String(row['address']),
  verified: row['verified'] == null ? null : Number(row['verified']),
  created: Number(row['created']),
})
