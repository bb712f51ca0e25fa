/** The page that a Firefox on a computer opens to begin: its own settings show the picture. */
import { html, type TemplateResult } from 'lit'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { firefoxPairWords } from '../words/firefox/pair.ts'
import { ask, askStatus, ChannelError } from './channel.ts'

/** `<essaim-firefox-pair-start>` */
class PairStart extends Page {
  static override properties = { ...Page.properties, shown: { state: true } }
  declare shown: boolean

  constructor() {
    super()
    this.shown = false
  }

  #show() {
    return this.run(async () => {
      try {
        const { signedInUser, capabilities } = await askStatus()
        if (!signedInUser || capabilities.pairing === false)
          throw new ChannelError('refused', 'fxaccounts:fxa_status')
        await ask('fxaccounts:pair_preferences', { entryPoint: 'essaim' })
        this.shown = true
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error
        this.error = firefoxPairWords().notHere
      }
    })
  }

  protected override render(): TemplateResult {
    const words = firefoxPairWords()
    return narrow(
      words.startTitle,
      html`<p>${words.start}</p>
        <p>${words.startServer} <a href="/firefox">${words.startHow}</a>.</p>
        ${this.shown ? notice('good', words.shown) : ''} ${alert(this.error)}
        <div class="ways">
          ${button({ label: words.show, kind: 'primary', busy: this.busy, onClick: () => void this.#show() })}
        </div>`,
    )
  }
}
customElements.define('essaim-firefox-pair-start', PairStart)
