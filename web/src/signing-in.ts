/** What follows a sign-in: the key is unlocked, this device kept if it is her own, an old stretching renewed. */
import { KeysError, slotSecret, type Bytes, type StretchParameters } from '@essaim/client'
import { ApiError, callBare } from './api.ts'
import { reportFault } from './faults.ts'
import type { Me } from './contract.ts'
import { changeKeys, keepDevice, keysAtHand, unlockWith, unlockWithDevice } from './keys.ts'
import { announceMe, takeMe } from './session.ts'
import { stretch, type Stretching } from './stretching.ts'

export interface SignedIn {
  me: Me
  /** Stretch again with these: the present ones are below what the server asks for today. */
  renew?: StretchParameters
}

export interface Secret {
  kind: 'password' | 'passkey' | 'words'
  bytes: Bytes
}

interface More {
  /** What the person came in with. */
  secret?: Secret | undefined
  /** Whether this is her own device. */
  keep: boolean
  /** For a renewal, and how its progress is shown. */
  password?: string
  how?: Stretching
}

/** What only says that this way does not unlock, and nothing about the server. */
const harmless: readonly string[] = ['no-slot', 'wrong-secret', 'unsupported']

/**
 * Takes the answer of a sign-in. The page changes with `announceMe`, which this calls at its end.
 * Errors: `KeysError` when what the server sent was refused; the person is signed in then, and nothing is announced.
 */
export async function signedIn(
  { me, renew }: SignedIn,
  { secret, keep, password, how }: More,
): Promise<void> {
  takeMe(me)
  if (me.state === 'active' && me.keys) {
    if (secret) await unlockWith(secret.kind, secret.bytes).catch(ignoreHarmless)
    if (!keysAtHand()) await unlockWithDevice().catch(ignoreHarmless)
    // That the device could not be kept is no reason not to come in.
    if (keep && keysAtHand()) await keepDevice().catch(complain)
  }
  // Before the page follows: the session's cookie changes with it, and a page that was left would lose it. Where it
  // fails, it is tried again at the next sign-in.
  if (renew && password !== undefined) await renewPassword(me.login, password, renew, how).catch(complain)
  announceMe()
}

/** The server's refusals, or a page that was left, are no faults of these pages. */
function complain(error: unknown): void {
  if (!(error instanceof ApiError)) reportFault(error)
}

function ignoreHarmless(error: unknown): undefined {
  if (error instanceof KeysError && harmless.includes(error.code)) return undefined
  throw error
}

/** The same password, stretched as the server asks today. */
async function renewPassword(
  login: string,
  password: string,
  parameters: StretchParameters,
  how?: Stretching,
): Promise<void> {
  if (!keysAtHand()) return
  const stretched = await stretch({ login, password, parameters }, how)
  const put = (bundle?: unknown, expected?: string) =>
    callBare('PUT', '/me/password', {
      parameters,
      auth: stretched.auth,
      endOthers: false,
      ...(bundle !== undefined && { bundle, expected }),
    })
  const secret = await slotSecret('password', stretched.secret)
  await changeKeys({ password: { secret } }, put)
}
