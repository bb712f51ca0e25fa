/**
 * Letting a telephone's Firefox in by a picture on the screen of one that is signed in. The browser on the computer
 * shows the picture, speaks with the telephone, and wraps the keys; this page asks its person. On the telephone it is
 * this page that speaks.
 */
import { html, type TemplateResult } from 'lit'
import { takeFragment } from '../navigation.ts'
import { Part } from '../page.ts'
import { narrow } from '../parts/frame.ts'
import { notice } from '../parts/notices.ts'
import { firefoxPairWords } from '../words/firefox/pair.ts'
import './pair-allow.ts'
import './pair-join.ts'
import './pair-start.ts'

/** `<essaim-firefox-pair>`: which of the pages of pairing it is stands in the address. */
class FirefoxPair extends Part {
  readonly #fragment = takeFragment()

  protected override render(): TemplateResult {
    const query = new URLSearchParams(location.search.slice(0, 4_000))
    const channel = query.get('channel_id')
    if (channel !== null) return html`<essaim-firefox-pair-allow></essaim-firefox-pair-allow>`
    if (this.#fragment.includes('channel_id='))
      return query.has('client_id')
        ? html`<essaim-firefox-pair-join .offer=${this.#fragment}></essaim-firefox-pair-join>`
        : this.#byCamera()
    return html`<essaim-firefox-pair-start></essaim-firefox-pair-start>`
  }

  /** The picture is an address too: a camera opens it in whatever browser there is, which can do nothing with it. */
  #byCamera(): TemplateResult {
    const words = firefoxPairWords()
    return narrow(words.cameraTitle, notice('info', words.camera))
  }
}
customElements.define('essaim-firefox-pair', FirefoxPair)
