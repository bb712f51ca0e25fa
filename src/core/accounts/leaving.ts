/** Accounts that are deleted stay for a time of grace, in which nothing but their own page opens; then they are purged. */
import { alter, type Context, fail } from './context.ts'
import { createEnding } from './ending.ts'
import { logChange } from './log.ts'
import { createPeople } from './people.ts'
import type { Actor } from './people.ts'
import { endings } from './sessions.ts'
import { createSettings } from './settings.ts'
import { forgetGone } from './traces.ts'
import type { Account } from './types.ts'
import type { Origin } from './ways.ts'

const day = 86_400_000
/** Accounts that one pass purges at most. */
const perPass = 100

export interface LeavingAct {
  /** Who does it: she herself, an administrator, or the operator. */
  by: Actor
  from?: Origin
  /** Her session that goes on; all others end. */
  session?: string
}

export interface LeavingPart {
  /**
   * Deletes an account: it is purged after the days of grace of the settings. One that was suspended stays so; any
   * other may be kept by the person herself. Errors: `forbidden`, `owner-stays`, `account-absent`.
   */
  leave(id: string, act: LeavingAct): Promise<Account>
  /** Takes the deletion back. Errors: `forbidden`, `not-leaving`, `account-absent`. */
  keep(id: string, act: LeavingAct): Promise<Account>
  /**
   * Purges the accounts whose time has come, and returns how many; then takes those that ended, however they did, out of
   * the homes of others. One that fails is reported, and tried again by the next call.
   */
  purgeDue(): Promise<number>
}

export function createLeaving(context: Context): LeavingPart {
  const { store, clock } = context
  const { settings } = createSettings(context)
  const { checkActor } = createPeople(context)
  const { remove } = createEnding(context)

  function noted(account: Account, act: string, details: { ends?: number }, { by, from }: LeavingAct) {
    const own = by?.id === account.id
    return logChange(clock.now(), {
      account: account.id,
      area: own ? 'person' : 'server',
      act,
      actor: by?.id ?? null,
      details: own ? details : { login: account.login, ...details },
      ...from,
    })
  }

  return {
    async leave(id, act) {
      const { graceDays } = await settings()
      return alter(context, id, async (account) => {
        if (account.role === 'owner') throw fail('owner-stays', 'the owner cannot be deleted')
        if (act.by?.id !== id) checkActor(act.by, account)
        if (account.state === 'waiting') throw fail('forbidden', 'the account waits for approval')
        if (account.ends !== null) return undefined
        const ends = clock.now() + graceDays * day
        const sessions = await store.rows('session', { account_id: id })
        return {
          set: { state: account.state === 'suspended' ? 'suspended' : 'leaving', ends },
          shown: true,
          changes: [
            ...endings(sessions.filter((row) => row['session_id'] !== act.session)),
            noted(account, 'leaving', { ends }, act),
          ],
        }
      })
    },

    async keep(id, act) {
      return alter(context, id, (account) => {
        if (act.by?.id !== id) checkActor(act.by, account)
        if (account.ends === null) throw fail('not-leaving', 'the account is not about to end')
        return {
          set: { state: account.state === 'leaving' ? 'active' : account.state, ends: null },
          shown: true,
          changes: [noted(account, 'kept', {}, act)],
        }
      })
    },

    async purgeDue() {
      const upTo = { column: 'ends', value: clock.now() }
      const due = await store.rows('account', {}, { upTo, limit: perPass })
      let purged = 0
      for (const { account_id: id } of due) {
        try {
          await remove(String(id))
          purged++
        } catch (error) {
          context.onError(error)
        }
      }
      await forgetGone(context)
      return purged
    },
  }
}
