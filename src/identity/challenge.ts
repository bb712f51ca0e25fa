/**
 * Challenges that nobody keeps: signed, for one purpose and one browser or session, good for five minutes. Whoever
 * accepts one marks it as used, so that it opens one thing once.
 */
import { isUsed, useOnce } from '../core/accounts/index.ts'
import type { Part } from '../core/accounts/index.ts'
import type { Clock, Store } from '../core/ports.ts'
import { CodedError } from '../lib/coded-error.ts'
import { randomToken } from '../lib/ids.ts'
import { signUnder, verifyUnder } from '../lib/sealed.ts'
import type { KeyRing } from '../lib/sealed.ts'

/** What a challenge is for, and to whom it was given: a browser's cookie, a session's id, an account to be made. */
export interface ChallengeUse {
  purpose: 'sign-in' | 'fresh' | 'add' | 'begin'
  holder: string
}

/** Milliseconds that a challenge is good for. */
export const challengeLasts = 5 * 60_000

const use = 'passkey challenge'
const maxLength = 512

export interface Challenges {
  issue(wanted: ChallengeUse): string
  /**
   * Looks at what was signed, and returns the change that uses it up. Errors: `challenge-expired` for one that is older
   * than five minutes, used, of another use or not ours at all.
   */
  accept(text: string, wanted: ChallengeUse): Promise<Required<Part>>
}

/** The challenge is not, or not any more, one to answer. */
export const challengeExpired = () =>
  new CodedError('challenge-expired', 'the challenge is not good any more')

export function createChallenges({
  keys,
  clock,
  store,
}: {
  keys: KeyRing
  clock: Clock
  store: Pick<Store, 'rows'>
}): Challenges {
  const purposeOf = ({ purpose, holder }: ChallengeUse) => `${purpose} ${holder}`
  return {
    issue: (wanted) => signUnder(keys, use, purposeOf(wanted), [randomToken(128), clock.now()]),
    async accept(text, wanted) {
      const now = clock.now()
      const value = verifyUnder(keys, use, purposeOf(wanted), text, maxLength)
      const made = Array.isArray(value) ? Number(value[1]) : 0
      const mark = `challenge ${text}`
      if (now - made > challengeLasts || (await isUsed(store, mark))) throw challengeExpired()
      return useOnce(mark, made + challengeLasts, now)
    },
  }
}
