/** The Sync passphrase: made, changed, taken away. It unlocks the key and signs in nowhere. */
import type { NewSlot } from '@essaim/client'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { needKeys, storedKeys } from '../keys.ts'
import { ask } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import '../parts/new-passphrase.ts'
import type { ChosenEvent } from '../parts/new-passphrase.ts'
import { section } from '../parts/notices.ts'
import { prove } from '../proof.ts'
import { isFresh, me } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { day } from '../words/language.ts'
import { passphraseWords } from '../words/passphrase.ts'
import { type KeysSent, removeWay, SecurityPart, setWay } from './security-part.ts'

const isPassphrase = ({ kind }: { kind: string }): boolean => kind === 'passphrase'
const store = (keys: KeysSent) => call('PUT', '/me/keys', keys)

/** `<essaim-passphrase>` */
class Passphrase extends SecurityPart {
  static override properties = {
    ...SecurityPart.properties,
    made: { state: true },
    open: { state: true },
  }
  /** When it was made; 0: there is none, undefined: not known yet. */
  declare made: number | undefined
  declare open: boolean

  constructor() {
    super()
    this.made = undefined
    this.open = false
  }

  /** Whatever changes on the page may have changed the key. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('security')) void this.#look()
  }

  async #look(): Promise<void> {
    try {
      const { bundle } = await storedKeys()
      this.made = bundle?.slots.find(isPassphrase)?.created ?? 0
    } catch (error) {
      this.fail(error)
    }
  }

  #begin(): void {
    void this.run(async () => {
      // What has to be asked is asked before anything is thought out.
      if (!isFresh() && !(await prove())) return
      if (me().keys) await needKeys()
      this.open = true
      await this.updateComplete
      this.querySelector<HTMLElement>('#passphrase')?.focus()
    })
  }

  #save(slot: NewSlot): void {
    void this.run(async () => {
      await setWay(slot, store, ({ slots }) => ({
        add: [slot],
        remove: slots.filter(isPassphrase).map(({ id }) => id),
      }))
      this.open = false
      await this.done(() => passphraseWords().saved)
    })
  }

  #remove(): void {
    void this.run(async () => {
      const words = passphraseWords()
      if (!(await ask({ title: words.remove, text: words.removeAsk, confirm: words.remove, danger: true })))
        return
      if (!isFresh() && !(await prove())) return
      await removeWay(isPassphrase, store)
      await this.done(() => passphraseWords().removed)
    })
  }

  #form(): TemplateResult {
    return html`<essaim-new-passphrase
        ?working=${this.busy}
        @chosen=${({ slot }: ChosenEvent) => this.#save(slot)}
      ></essaim-new-passphrase>
      ${this.trouble()}
      <p class="after">
        ${button({ label: baseWords().cancel, disabled: this.busy, onClick: () => (this.open = false) })}
      </p>`
  }

  #now(): TemplateResult {
    const words = passphraseWords()
    const { made } = this
    // Room for the sentence until it is known which one it is.
    return html`<p>${made === undefined ? '\u00a0' : made ? words.set(day(made)) : words.unset}</p>
      ${this.trouble()}
      <div class="actions">
        ${button({
          label: made ? words.replace : words.make,
          busy: this.busy,
          disabled: made === undefined,
          onClick: () => this.#begin(),
        })}
        ${made ? button({ label: words.remove, disabled: this.busy, onClick: () => this.#remove() }) : nothing}
      </div>`
  }

  protected override render() {
    const words = passphraseWords()
    return section(words.title, this.open ? this.#form() : this.#now(), words.text)
  }
}
customElements.define('essaim-passphrase', Passphrase)
