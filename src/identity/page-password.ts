/**
 * Proofs of what a browser derives from a page password or from recovery words. Only the derived secret (`auth`: 32
 * bytes in base64url) is ever seen here. A refusal does not tell whether the name is unknown, the secret wrong or the
 * account suspended; it costs the same work and is counted the same way.
 */
import { fold, maxLogin } from '../core/accounts/index.ts'
import type { Account, Accounts, Credential, PageData, PageParameters } from '../core/accounts/index.ts'
import type { Clock } from '../core/ports.ts'
import { CodedError } from '../lib/coded-error.ts'
import { secretsEqual, sha256Hex } from '../lib/hash.ts'
import type { Passwords } from './password.ts'
import type { Throttle } from './throttle.ts'

/** No client may stretch with less (OWASP's least for argon2id), nor with more than a device can bear. */
export const parametersFloor = { memory: 19_456, passes: 2, lanes: 1 } as const
export const parametersBound = { memory: 1_048_576, passes: 16, lanes: 16 } as const

/** Whether parameters ask for less work than new passwords take today. */
export const areOld = ({ memory, passes }: PageParameters, today: Omit<PageParameters, 'salt'>): boolean =>
  memory < today.memory || passes < today.passes

/** Who tries, and from where. */
export interface Try {
  login: string
  auth: string
  /** By which strangers are counted. */
  address: string
  /** Text of the browser's cookie. */
  browser: string | undefined
}

export interface Proofs {
  /** Errors: `wrong`; `throttled` and `busy` with `details.retryAfter` in seconds. The account may wait or leave. */
  password(tried: Try): Promise<Account>
  words(tried: Try): Promise<Account>
  /** Anew by somebody who is signed in with session `session`. Errors: as above. */
  passwordAgain(account: Account, session: string, auth: string): Promise<void>
  wordsAgain(account: Account, session: string, auth: string): Promise<void>
  /** Counts a stranger's question; one of a known browser about its own account by itself. Errors: `throttled`. */
  question(asked: { address: string; login?: string; browser?: string | undefined }): Promise<void>
}

export interface ProofParts {
  accounts: Pick<Accounts, 'byLogin' | 'page' | 'words' | 'rehashed' | 'knowsBrowser'>
  passwords: Pick<Passwords, 'verify' | 'hash' | 'isOld'>
  throttle: Throttle
  clock: Clock
}

/** What words are stored as. */
export const wordsHash = (auth: string): string => sha256Hex(auth)

type Look = (account: Account | undefined, auth: string, isKnown: boolean) => Promise<boolean>

const wrong = () => new CodedError('wrong', 'the proof does not hold')
const throttled = (retryAfter: number) => new CodedError('throttled', 'too many failures', { retryAfter })

export function createProofs({ accounts, passwords, throttle, clock }: ProofParts): Proofs {
  const renew = async (page: Credential<PageData>, auth: string) =>
    accounts.rehashed(page, await passwords.hash(auth))

  const byPassword: Look = async (account, auth, isKnown) => {
    const page = account && (await accounts.page(account.id))
    const turn = isKnown ? 'first' : 'usual'
    const right = await passwords.verify(page?.data.hash, auth, turn)
    if (right && page && passwords.isOld(page.data.hash)) await renew(page, auth).catch(ignoreBusy)
    return right
  }

  // 128 random bits are behind them: no slow hash would make guessing any harder.
  const byWords: Look = async (account, auth) => {
    const words = account && (await accounts.words(account.id))
    return secretsEqual(words?.data.hash ?? '', wordsHash(auth))
  }

  /** The counter of a browser that has signed in to this account before. */
  const ownOf = async (account: Account | undefined, browser: string | undefined) =>
    account && browser !== undefined && (await accounts.knowsBrowser(account.id, browser))
      ? `browser ${sha256Hex(browser)}`
      : undefined

  const accountOf = (folded: string) =>
    folded.length <= maxLogin ? accounts.byLogin(folded) : Promise.resolve(undefined)

  async function counted(look: Look, { account, folded, address, own, auth }: Counted): Promise<Account> {
    const wait = throttle.begin(folded, address, clock.now(), own)
    if (wait > 0) throw throttled(wait)
    const right = await look(account, auth, own !== undefined).catch((error: unknown) => {
      // Nobody looked at the secret.
      throttle.unseen(folded, address, clock.now(), own)
      throw error
    })
    if (!right || !account || account.state === 'suspended') throw wrong()
    throttle.right(folded, address, clock.now(), own)
    return account
  }

  const prove =
    (look: Look) =>
    async ({ login, auth, address, browser }: Try): Promise<Account> => {
      const folded = fold(login)
      const account = await accountOf(folded)
      return counted(look, { account, folded, address, own: await ownOf(account, browser), auth })
    }

  const again = (look: Look) => async (account: Account, session: string, auth: string) => {
    const own = `session ${session}`
    await counted(look, { account, folded: account.folded, address: '', own, auth })
  }

  return {
    password: prove(byPassword),
    words: prove(byWords),
    passwordAgain: again(byPassword),
    wordsAgain: again(byWords),

    async question({ address, login, browser }) {
      const wait = throttle.ask(address, clock.now())
      if (wait === 0) return
      const own = login === undefined ? undefined : await ownOf(await accountOf(fold(login)), browser)
      if (own === undefined || throttle.ask(own, clock.now()) > 0) throw throttled(wait)
    },
  }
}

interface Counted {
  account: Account | undefined
  folded: string
  address: string
  own: string | undefined
  auth: string
}

/** The password was right: that its hash could not be renewed now is no reason to refuse. */
function ignoreBusy(error: unknown): void {
  if (!(error instanceof CodedError && error.code === 'busy')) throw error
}
