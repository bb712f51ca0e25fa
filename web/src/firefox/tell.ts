/** Tells the Firefox that shows these pages what became of the account that it is signed in with. */
import { callBare } from '../api.ts'
import { state } from '../session.ts'
import { askStatus, forgetAccount, tellChannel } from './channel.ts'
import type { Identity } from './let-in.ts'
import { kindOf } from './seen.ts'

/** Seconds for a browser that has its account elsewhere: it answers at once, if at all. */
const briefly = 3

/** The browser that shows this page, signed in as the person who is signed in here. */
interface OwnFirefox {
  /** Her name or picture is another one. */
  changed(): void
  /** The account is on its way out: the browser lets go of it. Never throws. */
  deleted(): Promise<void>
}

/** Undefined: no Firefox, or somebody else's. Ask before she leaves: nobody is told afterwards who she was. */
export async function ownFirefox(): Promise<OwnFirefox | undefined> {
  if (!state().firefox || kindOf(navigator.userAgent) === 'other') return undefined
  try {
    const { signedInUser } = await askStatus('sync', briefly)
    if (!signedInUser) return undefined
    const { uid } = await callBare<Identity>('GET', '/firefox')
    if (uid !== signedInUser.uid) return undefined
    return {
      changed: () => tellChannel('profile:change', { uid }),
      // Where it cannot, it hears of it at its next request.
      deleted: () =>
        forgetAccount('fxaccounts:delete', uid).then(
          () => undefined,
          () => undefined,
        ),
    }
  } catch {
    return undefined
  }
}

/** Her name or picture was changed. Nothing waits for it. */
export const tellChange = (): void => void ownFirefox().then((browser) => browser?.changed())
