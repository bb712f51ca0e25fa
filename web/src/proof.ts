/** Asks the person to prove that it is she, and unlocks her key with what she proves it by. */
import './proof-dialog.ts'
import { openDialog } from './parts/dialog.ts'
import { html } from 'lit'
import { isFresh, me } from './session.ts'
import { baseWords } from './words/base/index.ts'

let asking: Promise<boolean> | undefined

/**
 * True when the server was convinced. With `unlock`: when the key is at hand, which by the passphrase (`passphrase`:
 * there is one) says nothing to the server. Two who ask at one time get the same answer.
 */
export function prove({ unlock = false, passphrase = false } = {}): Promise<boolean> {
  asking ??= openDialog<boolean>(
    () => baseWords().proof.title,
    (done) =>
      html`<essaim-proof
        ?unlock=${unlock}
        ?passphrase=${passphrase}
        @proved=${() => done(true)}
        @dropped=${() => done(false)}
      ></essaim-proof>`,
  )
    .then((answer) => answer ?? false)
    .finally(() => (asking = undefined))
  return asking
}

/**
 * Whether a proof that is needed now may take the page away, to a provider: then it comes before the key is unlocked,
 * which would be locked again afterwards.
 */
export function leavesToProve(): boolean {
  const { password, passkeys, identities } = me().ways
  return !isFresh() && !password && passkeys === 0 && identities > 0
}
