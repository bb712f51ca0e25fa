/** Signing in by a link in a mail, for who wants it. It never counts as a fresh proof. */
import { randomBase32 } from '../../lib/ids.ts'
import type { Language } from '../ports.ts'
import { findVerified } from './addresses.ts'
import { both } from './both.ts'
import { accountById, alter, type Beside, type Context } from './context.ts'
import { letterChanges, lettersToAll } from './letters.ts'
import { findLink, linkVoid, newLink, voidLinks } from './links.ts'
import { logChange } from './log.ts'
import { askedLimit, commitAsked, countMail } from './mail-limits.ts'
import type { Account } from './types.ts'
import type { Origin } from './ways.ts'

/** A credential's row of this kind says that she wants it: it goes with her other ways in. */
const kind = 'mail'

export interface MailSignInPart {
  /** Whether an account may be signed in to by mail; off until its person turns it on. */
  mailSignIn(account: string): Promise<boolean>
  setMailSignIn(account: string, on: boolean, from: Origin): Promise<void>
  /** Mails a link, where the address is verified, its account wants it, and not too many were asked for. */
  askMailSignIn(address: string, language: Language): Promise<void>
  /** Whom a link signs in, and what uses it up. Errors: `link-void`. */
  mailSignInLink(token: string): Promise<{ account: Account; beside: Required<Beside> }>
}

export function createMailSignIn(context: Context): MailSignInPart {
  const { store, clock, mail } = context

  const rowOf = async (account: string) => (await store.rows('credential', { account_id: account, kind }))[0]

  return {
    mailSignIn: async (account) => (await rowOf(account)) !== undefined,

    async setMailSignIn(id, on, from) {
      await alter(context, id, async (account) => {
        const row = await rowOf(id)
        if ((row !== undefined) === on) return undefined
        const now = clock.now()
        const act = on ? 'mail-sign-in-on' : 'mail-sign-in-off'
        const put = {
          credential_id: row?.['credential_id'] ?? randomBase32(80),
          account_id: id,
          kind,
          data: '{}',
          version: account.authSeq + 1,
          created: now,
          last_used: null,
        }
        return {
          changes: [
            on
              ? { kind: 'row', table: 'credential', put }
              : { kind: 'row', table: 'credential', remove: { credential_id: put.credential_id } },
            ...(on ? [] : await voidLinks(store, id, 'mail-sign-in')),
            logChange(now, { account: id, act, ...from }),
            ...(await lettersToAll(context, account, { kind: 'notice', act, details: {}, at: now })),
          ],
        }
      })
    },

    async askMailSignIn(text, language) {
      const found = mail && (await findVerified(store, text))
      if (found?.account.state !== 'active') return
      const { account, address: to, folded } = found
      if ((await rowOf(account.id)) === undefined) return
      const { wait, beside } = await countMail(context, `sign-in ${folded}`, askedLimit)
      if (wait > 0) return
      const now = clock.now()
      const { token, change } = newLink('mail-sign-in', account.id, now, { folded })
      const letters = await letterChanges(context, account, [
        { letter: { kind: 'sign-in', token }, to, language: account.language ?? language },
      ])
      if (letters.length === 0) return
      await commitAsked(store, both(beside, { changes: [change, ...letters] }))
    },

    async mailSignInLink(token) {
      const link = await findLink(store, 'mail-sign-in', token, clock.now())
      const account = link && (await accountById(store, link.account))
      if (!link || account?.state !== 'active' || (await rowOf(account.id)) === undefined) throw linkVoid()
      const [address] = await store.rows('address', { taken: String(link.data['folded']) })
      if (address?.['account_id'] !== account.id) throw linkVoid()
      return { account, beside: link.use }
    },
  }
}
