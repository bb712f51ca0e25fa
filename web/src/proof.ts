/** Asks the person to prove that it is she, and unlocks her key with what she proves it by. */
import './proof-dialog.ts'
import { openDialog } from './parts/dialog.ts'
import { html } from 'lit'
import { baseWords } from './words/base/index.ts'

let asking: Promise<boolean> | undefined

/**
 * True when the server was convinced; with `unlock` also that the key is at hand. Two who ask at one time get the
 * same answer.
 */
export function prove({ unlock = false } = {}): Promise<boolean> {
  asking ??= openDialog<boolean>(
    () => baseWords().proof.title,
    (done) =>
      html`<essaim-proof
        ?unlock=${unlock}
        @proved=${() => done(true)}
        @dropped=${() => done(false)}
      ></essaim-proof>`,
  )
    .then((answer) => answer ?? false)
    .finally(() => (asking = undefined))
  return asking
}
