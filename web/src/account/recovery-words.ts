/** The twelve recovery words: shown once, typed back, and only then in force. */
import { slotSecret, type Bytes } from '@essaim/client'
import { newEntropy, parseWords, wordsAuth, wordsOf } from '@essaim/client/words'
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { needKeys } from '../keys.ts'
import { ask } from '../parts/dialog.ts'
import { area, button, submit, submitted } from '../parts/forms.ts'
import { section } from '../parts/notices.ts'
import { prove } from '../proof.ts'
import { isFresh, me } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { keysWords } from '../words/account/keys.ts'
import { day, language } from '../words/language.ts'
import { removeWay, SecurityPart, setWay } from './security-part.ts'

type Step =
  | { at: 'start' }
  | { at: 'write' | 'check'; entropy: Bytes; words: readonly string[]; wrong: string }

/** `<essaim-recovery-words>` */
class RecoveryWords extends SecurityPart {
  static override properties = { ...SecurityPart.properties, step: { state: true } }
  declare step: Step

  constructor() {
    super()
    this.step = { at: 'start' }
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete
    this.querySelector<HTMLElement>(selector)?.focus()
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
      const entropy = newEntropy()
      this.step = { at: 'write', entropy, words: await wordsOf(entropy, language()), wrong: '' }
      await this.#focus('h3')
    })
  }

  #check(typed: string): void {
    const { step } = this
    if (step.at === 'start') return
    void this.run(async () => {
      const { entropy } = await parseWords(typed)
      if (entropy.some((byte, i) => byte !== step.entropy[i])) {
        this.step = { ...step, wrong: keysWords().words.differ }
        return this.#focus('#recovery-words')
      }
      const auth = await wordsAuth(entropy)
      const secret = await slotSecret('words', entropy)
      const slot = { secret }
      await setWay(
        slot,
        (keys) => call('PUT', '/me/words', { auth, ...keys }),
        ({ slots }) => ({
          add: [slot],
          remove: slots.filter(({ kind }) => kind === 'words').map(({ id }) => id),
        }),
      )
      this.step = { at: 'start' }
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

  #write(words: readonly string[]): TemplateResult {
    const { words: said } = keysWords()
    const cancel = () => (this.step = { at: 'start' })
    return html`<h3 tabindex="-1">${said.write}</h3>
      <p>${said.writeText}</p>
      <ol class="words" translate="no">
        ${words.map((word) => html`<li>${word}</li>`)}
      </ol>
      <div class="actions">
        ${button({ label: said.written, kind: 'primary', onClick: () => this.#go('check') })}
        ${button({ label: baseWords().cancel, onClick: cancel })}
      </div>`
  }

  #go(at: 'write' | 'check'): void {
    if (this.step.at === 'start') return
    this.error = ''
    this.step = { ...this.step, at, wrong: '' }
    void this.#focus(at === 'check' ? '#recovery-words' : 'h3')
  }

  #typeBack(wrong: string): TemplateResult {
    const { words: said } = keysWords()
    return html`<h3>${said.check}</h3>
      <form @submit=${submitted((values) => this.#check(values['recovery-words'] ?? ''))}>
        ${area({
          name: 'recovery-words',
          label: said.field,
          hint: said.checkText,
          wrong: this.error || wrong,
          autocomplete: 'off',
          required: true,
          maxlength: 2000,
        })}
        <div class="actions">
          ${submit(said.save, { busy: this.busy })}
          ${button({ label: said.back, disabled: this.busy, onClick: () => this.#go('write') })}
        </div>
      </form>`
  }

  #start(): TemplateResult {
    const { words } = keysWords()
    const { set, created } = this.security.words
    return html`<p>${set ? words.set(created ? day(created) : '…') : words.unset}</p>
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
    const { step } = this
    const content =
      step.at === 'start'
        ? this.#start()
        : step.at === 'write'
          ? this.#write(step.words)
          : this.#typeBack(step.wrong)
    return section(words.title, content, words.text)
  }
}
customElements.define('essaim-recovery-words', RecoveryWords)
