/** A first key, made on the way to a browser's sign-in: with what brings it to every browser, words or a passphrase. */
import { slotSecret, type Bytes, type NewSlot } from '@essaim/client'
import { wordsAuth } from '@essaim/client/words'
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { adoptKeys, newKeys } from '../keys.ts'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import '../parts/new-passphrase.ts'
import type { ChosenEvent } from '../parts/new-passphrase.ts'
import { alert, notice } from '../parts/notices.ts'
import '../parts/recovery-words.ts'
import type { KeptEvent } from '../parts/recovery-words.ts'
import { prove } from '../proof.ts'
import { isFresh, me, reloadMe } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { firefoxWords } from '../words/firefox/sign-in.ts'
import { passphraseWords } from '../words/passphrase.ts'

type Wanted = 'words' | 'passphrase' | 'both'

/** `<essaim-firefox-key .app ?optional>`: `made` once the account has a key, `without` where she does without. */
class MakeKey extends Page {
  static override properties = {
    ...Page.properties,
    app: {},
    optional: { type: Boolean },
    wanted: { state: true },
    entropy: { state: true },
  }
  declare app: string
  declare optional: boolean
  /** What she makes; undefined: she has not chosen yet. */
  declare wanted: Wanted | undefined
  /** Of the words that she has written down, where a passphrase is still to come. */
  declare entropy: Bytes | undefined

  constructor() {
    super()
    this.wanted = undefined
    this.entropy = undefined
  }

  #make(wanted: Wanted): void {
    void this.run(async () => {
      // What has to be asked is asked before anything is written on paper.
      if (!isFresh() && !(await prove())) return
      this.wanted = wanted
      await this.#goToHeading()
    })
  }

  async #goToHeading(): Promise<void> {
    await this.updateComplete
    this.querySelector<HTMLElement>('h2')?.focus()
  }

  #keep(entropy: Bytes): void {
    if (this.wanted === 'words') return this.#store(entropy)
    this.entropy = entropy
    void this.#goToHeading()
  }

  /** With either or both: one bundle, stored at once. */
  #store(entropy: Bytes | undefined, passphrase?: NewSlot): void {
    void this.run(async () => {
      const slots = passphrase ? [passphrase] : []
      if (entropy) slots.unshift({ secret: await slotSecret('words', entropy) })
      const made = await newKeys(me().id, slots)
      const { bundle } = made
      if (entropy) await call('PUT', '/me/words', { auth: await wordsAuth(entropy), bundle })
      else await call('PUT', '/me/keys', { bundle })
      await adoptKeys(made, slots[0]?.secret)
      await reloadMe()
      this.dispatchEvent(new Event('made'))
    })
  }

  #cancel(): TemplateResult {
    const onClick = () => {
      this.wanted = this.entropy = undefined
    }
    return html`<p class="after">${button({ label: baseWords().cancel, disabled: this.busy, onClick })}</p>`
  }

  #words(): TemplateResult {
    const { keys: words } = firefoxWords()
    return html`<h2 tabindex="-1">${words.write}</h2>
      <essaim-recovery-words
        .login=${me().login}
        .label=${this.wanted === 'both' ? words.next : words.save}
        ?working=${this.busy}
        @kept=${({ entropy }: KeptEvent) => this.#keep(entropy)}
      ></essaim-recovery-words>
      ${this.error ? alert(this.error) : nothing} ${this.#cancel()}`
  }

  #passphrase(): TemplateResult {
    const { keys: words } = firefoxWords()
    const { title, text } = passphraseWords()
    return html`<h2 tabindex="-1">${title}</h2>
      <p>${text}</p>
      <essaim-new-passphrase
        .label=${words.save}
        ?working=${this.busy}
        @chosen=${({ slot }: ChosenEvent) => this.#store(this.entropy, slot)}
      ></essaim-new-passphrase>
      ${this.error ? alert(this.error) : nothing} ${this.#cancel()}`
  }

  #choice(): TemplateResult {
    const { keys: words } = firefoxWords()
    const choice = (wanted: Wanted, label: string) =>
      button({
        label,
        kind: wanted === 'words' ? 'primary' : 'plain',
        disabled: this.busy,
        onClick: () => this.#make(wanted),
      })
    return html`<p>${words.text(this.app)}</p>
      ${me().ways.words ? notice('info', words.replaced) : nothing} ${alert(this.error)}
      <div class="ways">
        ${choice('words', words.make)} ${choice('passphrase', passphraseWords().make)}
        ${choice('both', words.both)}
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

  protected override render(): TemplateResult {
    if (!this.wanted) return this.#choice()
    return this.wanted === 'passphrase' || this.entropy ? this.#passphrase() : this.#words()
  }
}
customElements.define('essaim-firefox-key', MakeKey)
