/** Shows twelve new recovery words once, and has three of them typed back. */
import { newEntropy, parseWords, wordsOf, type WordsLanguage } from '@essaim/client/words'
import type { Bytes } from '@essaim/client'
import { html, nothing, type TemplateResult } from 'lit'
import { Page } from '../page.ts'
import { baseWords } from '../words/base/index.ts'
import { language } from '../words/language.ts'
import { newAccountWords } from '../words/new-account.ts'
import { button, field, submit, submitted } from './forms.ts'
import { alert } from './notices.ts'

/** Fires `kept` when the words are written down, with their 16 bytes. */
export class KeptEvent extends Event {
  readonly entropy: Bytes
  constructor(entropy: Bytes) {
    super('kept')
    this.entropy = entropy
  }
}

/**
 * `<essaim-recovery-words .login=… ?optional=… .label=…>`: events `kept` (`KeptEvent`) and, where it is optional,
 * `later`. `working`: what follows has begun. `label` is what the last button says.
 */
export class RecoveryWords extends Page {
  static override properties = {
    ...Page.properties,
    login: {},
    optional: { type: Boolean },
    working: { type: Boolean },
    label: {},
    words: { state: true },
    tongue: { state: true },
    asked: { state: true },
    copied: { state: true },
  }
  declare login: string
  declare optional: boolean
  declare working: boolean
  declare label: string
  declare words: readonly string[]
  /** The language of the words. */
  declare tongue: WordsLanguage
  /** Places of the words that are asked for, from 0; undefined: they are still shown. */
  declare asked: readonly number[] | undefined
  declare copied: boolean
  readonly #entropy = newEntropy()

  constructor() {
    super()
    this.login = ''
    this.optional = false
    this.working = false
    this.label = ''
    // Empty places, so that nothing moves when the words come.
    this.words = Array.from({ length: 12 }, () => '\u00a0')
    this.tongue = language()
    this.asked = undefined
    this.copied = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#speak(this.tongue)
  }

  async #speak(tongue: WordsLanguage): Promise<void> {
    this.words = await wordsOf(this.#entropy, tongue)
    this.tongue = tongue
    this.copied = false
  }

  /** Three places, in their order. */
  #ask(): void {
    const places = this.words.map((_, place) => place)
    while (places.length > 3) places.splice(crypto.getRandomValues(new Uint32Array(1))[0]! % places.length, 1)
    this.asked = places
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('input')?.focus())
  }

  #check(values: Record<string, string>) {
    return this.run(async () => {
      for (const place of this.asked ?? []) {
        const typed = [...this.words]
        typed[place] = values[`word-${place + 1}`] ?? ''
        // As forgiving as it will be when they are needed.
        const same = await parseWords(typed.join(' ')).then(
          ({ entropy }) => entropy.every((byte, i) => byte === this.#entropy[i]),
          () => false,
        )
        if (same) continue
        this.error = newAccountWords().typeWrong(place + 1)
        return
      }
      this.dispatchEvent(new KeptEvent(this.#entropy))
    })
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.words.join(' '))
    this.copied = true
  }

  protected override render(): TemplateResult {
    return this.asked ? this.#typeBack(this.asked) : this.#show()
  }

  #show(): TemplateResult {
    const words = newAccountWords()
    const other = this.tongue === 'en' ? 'fr' : 'en'
    return html`<p>${words.wordsText}</p>
      <p class="printed">${words.printed(location.host, this.login)}</p>
      <ol class="twelve" lang=${this.tongue}>
        ${this.words.map((word) => html`<li><span>${word}</span></li>`)}
      </ol>
      <div class="actions spread">
        ${button({
          label: other === 'fr' ? words.inFrench : words.inEnglish,
          kind: 'quiet',
          onClick: () => void this.#speak(other),
        })}
        ${button({ label: words.print, kind: 'quiet', onClick: () => print() })}
        ${button({
          label: this.copied ? baseWords().copied : words.copyWords,
          kind: 'quiet',
          onClick: () => void this.#copy().catch(() => undefined),
        })}
      </div>
      <p class="quiet-text">${words.wordsOnce}</p>
      <div class="ways">
        ${button({ label: words.wordsKept, kind: 'primary', onClick: () => this.#ask() })}
        ${
          this.optional
            ? html`${button({
                  label: words.later,
                  disabled: this.working,
                  onClick: () => this.dispatchEvent(new Event('later')),
                })}
                <p class="hint">${words.laterText}</p>`
            : nothing
        }
      </div>`
  }

  #typeBack(asked: readonly number[]): TemplateResult {
    const words = newAccountWords()
    return html`<form autocomplete="off" @submit=${submitted((values) => this.#check(values))}>
      <p>${words.typeText}</p>
      ${asked.map((place) =>
        field({
          name: `word-${place + 1}`,
          label: words.typeWord(place + 1),
          autocomplete: 'off',
          required: true,
          maxlength: 40,
        }),
      )}
      ${alert(this.error)} ${submit(this.label || words.finish, { busy: this.busy || this.working })}
      ${button({
        label: words.back,
        kind: 'quiet',
        disabled: this.working,
        onClick: () => {
          this.asked = undefined
          this.error = ''
        },
      })}
    </form>`
  }
}
customElements.define('essaim-recovery-words', RecoveryWords)
