/** Adding a device: a new one shows a code and waits, one that is signed in lets it in. */
import { html } from 'lit'
import { takeFragment } from '../navigation.ts'
import { Part } from '../page.ts'
import { state } from '../session.ts'
import './pair-new.ts'
import './pair-old.ts'

class Pair extends Part {
  readonly #code = takeFragment()
  readonly #isOld = state().me?.state === 'active'

  protected override render() {
    // As it was when the page began: the new device is signed in at its end.
    return this.#isOld
      ? html`<essaim-pair-old .code=${this.#code}></essaim-pair-old>`
      : html`<essaim-pair-new ?invited=${this.#code !== ''}></essaim-pair-new>`
  }
}
customElements.define('essaim-pair', Pair)
