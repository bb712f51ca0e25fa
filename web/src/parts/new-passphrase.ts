/** Has the person choose a Sync passphrase, or draws one, and makes its slot: the text leaves this form for nowhere. */
import type { NewSlot } from '@essaim/client'
import { html, nothing, type TemplateResult } from 'lit'
import { Page } from '../page.ts'
import { choosePassphrase, drawPassphrase, passphraseWeakness } from '../passphrases.ts'
import { me } from '../session.ts'
import { passphraseWords } from '../words/passphrase.ts'
import { button, field, submit, submitted } from './forms.ts'
import { alert } from './notices.ts'
import './secret.ts'
import { working } from './working.ts'

/** Fires `chosen` when it is good enough and typed twice. */
export class ChosenEvent extends Event {
  readonly slot: NewSlot
  constructor(slot: NewSlot) {
    super('chosen')
    this.slot = slot
  }
}

/** `<essaim-new-passphrase .label=… ?working=…>`: `label` is what the last button says, `working`: what follows has begun. */
class NewPassphrase extends Page {
  static override properties = {
    ...Page.properties,
    label: {},
    working: { type: Boolean },
    typed: { state: true },
    drawn: { state: true },
    wrong: { state: true },
    differs: { state: true },
    share: { state: true },
  }
  declare label: string
  declare working: boolean
  declare typed: string
  /** What was drawn; an empty text: nothing. */
  declare drawn: string
  declare wrong: string
  declare differs: string
  declare share: number | undefined
  #stop: AbortController | undefined

  constructor() {
    super()
    this.label = ''
    this.working = false
    this.typed = ''
    this.drawn = ''
    this.wrong = ''
    this.differs = ''
    this.share = undefined
  }

  override disconnectedCallback(): void {
    this.#stop?.abort()
    super.disconnectedCallback()
  }

  #draw(): void {
    void this.run(async () => {
      this.drawn = this.typed = await drawPassphrase()
      this.wrong = this.differs = ''
    })
  }

  #choose({ passphrase = '', 'passphrase-again': again = '' }: Record<string, string>): void {
    void this.run(async () => {
      const words = passphraseWords()
      const weakness = await passphraseWeakness(passphrase, me().login)
      this.wrong = weakness ? words.weak[weakness] : ''
      this.differs = again.normalize('NFKC') === passphrase.normalize('NFKC') ? '' : words.differs
      const first = this.wrong ? '#passphrase' : this.differs ? '#passphrase-again' : undefined
      if (first) return this.querySelector<HTMLElement>(first)?.focus()
      this.#stop = new AbortController()
      this.share = 0
      try {
        const slot = await choosePassphrase(passphrase, {
          signal: this.#stop.signal,
          onProgress: (share) => (this.share = share),
        })
        this.dispatchEvent(new ChosenEvent(slot))
      } finally {
        this.share = undefined
      }
    })
  }

  protected override render(): TemplateResult {
    const words = passphraseWords()
    return html`<form autocomplete="off" @submit=${submitted((values) => this.#choose(values))}>
      <p>${words.care}</p>
      ${field({
        name: 'passphrase',
        label: words.title,
        type: 'password',
        autocomplete: 'off',
        hint: words.hint,
        wrong: this.wrong,
        value: this.typed,
        required: true,
        maxlength: 1024,
        onInput: (text) => {
          this.typed = text
          this.drawn = ''
        },
      })}
      ${
        this.drawn
          ? html`<p class="label">${words.drawn}</p>
              <essaim-secret .text=${this.drawn} .label=${words.drawn}></essaim-secret>
              <p class="hint" role="status">${words.drawnText}</p>`
          : nothing
      }
      <p>
        ${button({ label: words.draw, disabled: this.busy || this.working, onClick: () => this.#draw() })}
      </p>
      ${field({
        name: 'passphrase-again',
        label: words.again,
        type: 'password',
        autocomplete: 'off',
        wrong: this.differs,
        required: true,
        maxlength: 1024,
      })}
      ${alert(this.error)}
      ${
        this.share === undefined
          ? submit(this.label || words.save, { busy: this.busy || this.working })
          : working(this.share, () => this.#stop?.abort())
      }
    </form>`
  }
}
customElements.define('essaim-new-passphrase', NewPassphrase)
