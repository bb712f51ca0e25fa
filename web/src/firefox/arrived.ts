/** Where a telephone is led with its code. Its program takes the address before the page is seen; people rarely see it. */
import { html, type TemplateResult } from 'lit'
import { Part } from '../page.ts'
import { narrow } from '../parts/frame.ts'
import { firefoxWords } from '../words/firefox/sign-in.ts'

class Arrived extends Part {
  protected override render(): TemplateResult {
    const { arrived } = firefoxWords()
    return narrow(arrived.title, html`<p>${arrived.text}</p>`)
  }
}
customElements.define('essaim-firefox-arrived', Arrived)
