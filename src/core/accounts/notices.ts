/** Tells a person at her addresses what was done with her account: she may be the only one who does not know. */
import type { JsonObject } from '../../lib/json/index.ts'
import { Refusal } from '../ports.ts'
import { commitStep } from '../records/index.ts'
import { both } from './both.ts'
import { accountById, type Context } from './context.ts'
import { lettersToAll } from './letters.ts'
import { countMail, noticeLimit } from './mail-limits.ts'

export interface NoticePart {
  /**
   * Mails every verified address of an account that something was done, with act and details as in her log; at most
   * fifty times a day. Nothing happens where there is no address, or the server sends no mail.
   */
  tellByMail(account: string, act: string, details: JsonObject): Promise<void>
}

/** How often it is tried when another notice is counted at the same time. */
const attempts = 5

export function createNotices(context: Context): NoticePart {
  const { store, clock } = context
  return {
    async tellByMail(id, act, details) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const account = await accountById(store, id)
        if (account === undefined) return
        const letter = { kind: 'notice', act, details, at: clock.now() } as const
        const letters = await lettersToAll(context, account, letter)
        if (letters.length === 0) return
        const { wait, beside } = await countMail(context, `notices ${id}`, noticeLimit)
        if (wait > 0) return
        try {
          await commitStep(store, both(beside, { changes: letters }))
          return
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
        }
      }
    },
  }
}
