/** The recovery words: made anew, typed back, and only then in force. */
import { slotSecret, type Bytes } from '@essaim/client'
import { wordsAuth } from '@essaim/client/words'
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { needKeys } from '../keys.ts'
import { ask } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { section } from '../parts/notices.ts'
import '../parts/recovery-words.ts'
import type { KeptEvent } from '../parts/recovery-words.ts'
import { prove } from '../proof.ts'
import { isFresh, me } from '../session.ts'
import { keysWords } from '../words/account/keys.ts'
import { baseWords } from '../words/base/index.ts'
import { day } from '../words/language.ts'
import { removeWay, SecurityPart, setWay } from './security-part.ts'

/** `<essaim-own-words>` */
class OwnWords extends SecurityPart {
  static override properties = { ...SecurityPart.properties, making: { state: true } }
  /** Whether new ones are shown. */
  declare making: boolean

  constructor() {
    super()
    this.making = false
  }

  #make(): void {
    void this.run(async () => {
      const { words } = keysWords()
      if (this.security.words.set) {
        const question = { title: words.remake, text: words.remakeAsk, confirm: words.remake }
        if (!(await ask(question))) return
      }
      // What has to be asked is asked before anything is written on paper.
      if (!isFresh() && !(await prove())) return
      if (me().keys) await needKeys()
      this.making = true
      await this.updateComplete
      this.querySelector<HTMLElement>('h3')?.focus()
    })
  }

  #keep(entropy: Bytes): void {
    void this.run(async () => {
      const auth = await wordsAuth(entropy)
      const slot = { secret: await slotSecret('words', entropy) }
      await setWay(
        slot,
        (keys) => call('PUT', '/me/words', { auth, ...keys }),
        ({ slots }) => ({
          add: [slot],
          remove: slots.filter(({ kind }) => kind === 'words').map(({ id }) => id),
        }),
      )
      this.making = false
      await this.done(() => keysWords().words.saved)
    })
  }

  #remove(): void {
    void this.run(async () => {
      const { words } = keysWords()
      if (!(await ask({ title: words.remove, text: words.removeAsk, confirm: words.remove, danger: true })))
        return
      await removeWay(
        ({ kind }) => kind === 'words',
        (keys) => call('DELETE', '/me/words', keys),
      )
      await this.done(() => keysWords().words.removed)
    })
  }

  #new(): TemplateResult {
    const { words } = keysWords()
    return html`<h3 tabindex="-1">${words.write}</h3>
      <essaim-recovery-words
        .login=${me().login}
        .label=${words.save}
        ?working=${this.busy}
        @kept=${({ entropy }: KeptEvent) => this.#keep(entropy)}
      ></essaim-recovery-words>
      ${this.trouble()}
      <p class="after">
        ${button({
          label: baseWords().cancel,
          disabled: this.busy,
          onClick: () => (this.making = false),
        })}
      </p>`
  }

  #now(): TemplateResult {
    const { words } = keysWords()
    const { set, created } = this.security.words
    return html`<p>${set && created ? words.set(day(created)) : words.unset}</p>
      ${this.trouble()}
      <div class="actions">
        ${button({
          label: set ? words.remake : words.make,
          kind: set ? 'plain' : 'primary',
          busy: this.busy,
          onClick: () => this.#make(),
        })}
        ${set ? button({ label: words.remove, disabled: this.busy, onClick: () => this.#remove() }) : nothing}
      </div>`
  }

  protected override render() {
    const { words } = keysWords()
    return this.making ? section(words.title, this.#new()) : section(words.title, this.#now(), words.text)
  }
}
customElements.define('essaim-own-words', OwnWords)
