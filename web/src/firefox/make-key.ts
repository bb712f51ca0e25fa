/** A first key, made on the way to a browser's sign-in: twelve words that bring it to every browser. */
import { slotSecret, type Bytes } from '@essaim/client'
import { wordsAuth } from '@essaim/client/words'
import { html, nothing, type TemplateResult } from 'lit'
import { setWay } from '../account/security-part.ts'
import { call } from '../api.ts'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import { alert, notice } from '../parts/notices.ts'
import '../parts/recovery-words.ts'
import type { KeptEvent } from '../parts/recovery-words.ts'
import { prove } from '../proof.ts'
import { isFresh, me, reloadMe } from '../session.ts'
import { firefoxWords } from '../words/firefox/sign-in.ts'

/** `<essaim-firefox-key .app ?optional>`: `made` once the account has a key, `without` where she does without. */
class MakeKey extends Page {
  static override properties = {
    ...Page.properties,
    app: {},
    optional: { type: Boolean },
    making: { state: true },
  }
  declare app: string
  declare optional: boolean
  /** Whether the words are shown. */
  declare making: boolean

  constructor() {
    super()
    this.making = false
  }

  #make(): void {
    void this.run(async () => {
      // What has to be asked is asked before anything is written on paper.
      if (!isFresh() && !(await prove())) return
      this.making = true
      await this.updateComplete
      this.querySelector<HTMLElement>('h2')?.focus()
    })
  }

  #keep(entropy: Bytes): void {
    void this.run(async () => {
      const auth = await wordsAuth(entropy)
      const slot = { secret: await slotSecret('words', entropy) }
      await setWay(slot, (keys) => call('PUT', '/me/words', { auth, ...keys }))
      await reloadMe()
      this.dispatchEvent(new Event('made'))
    })
  }

  protected override render(): TemplateResult {
    const { keys: words } = firefoxWords()
    if (this.making)
      return html`<h2 tabindex="-1">${words.write}</h2>
        <essaim-recovery-words
          .login=${me().login}
          .label=${words.save}
          ?working=${this.busy}
          @kept=${({ entropy }: KeptEvent) => this.#keep(entropy)}
        ></essaim-recovery-words>
        ${this.error ? alert(this.error) : nothing}`
    return html`<p>${words.text(this.app)}</p>
      ${me().ways.words ? notice('info', words.replaced) : nothing} ${alert(this.error)}
      <div class="ways">
        ${button({ label: words.make, kind: 'primary', busy: this.busy, onClick: () => this.#make() })}
        ${
          this.optional
            ? button({
                label: words.without,
                disabled: this.busy,
                onClick: () => this.dispatchEvent(new Event('without')),
              })
            : nothing
        }
      </div>`
  }
}
customElements.define('essaim-firefox-key', MakeKey)
