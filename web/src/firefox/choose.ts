/** What a browser is to synchronise, and the one button that signs it in. */
import { html, nothing, type TemplateResult } from 'lit'
import { Part } from '../page.ts'
import { button, checkbox, submitted } from '../parts/forms.ts'
import { alert } from '../parts/notices.ts'
import { firefoxWords } from '../words/firefox/sign-in.ts'
import type { Engines } from './let-in.ts'

/** Those that Firefox itself leaves off until they are asked for. */
const offAtFirst: readonly string[] = ['addresses', 'creditcards']

/** `<essaim-firefox-choose .engines .label .text .problem ?locked ?busy .connect .pair>` */
class Choose extends Part {
  static override properties = {
    engines: {},
    label: {},
    text: {},
    problem: {},
    locked: { type: Boolean },
    busy: { type: Boolean },
    connect: {},
    pair: {},
    off: { state: true },
  }
  /** What the browser can synchronise, by its own names; none: nothing is chosen here. */
  declare engines: readonly string[]
  declare label: string
  declare text: string
  declare problem: string
  /** Whether the key has to be unlocked first. */
  declare locked: boolean
  declare busy: boolean
  declare connect: (engines: Engines | undefined) => void
  /** Unlocks with another device instead. */
  declare pair: () => void
  declare off: ReadonlySet<string>

  constructor() {
    super()
    this.engines = []
    this.off = new Set(offAtFirst)
  }

  /** Names that people have a word for: of others the browser decides by itself. */
  #known(): readonly string[] {
    const { engines } = firefoxWords()
    return this.engines.filter((engine) => Object.hasOwn(engines, engine))
  }

  #choose(engine: string, on: boolean): void {
    const off = new Set(this.off)
    if (on) off.delete(engine)
    else off.add(engine)
    this.off = off
  }

  #send(): void {
    const offered = this.#known()
    const declined = offered.filter((engine) => this.off.has(engine))
    this.connect(offered.length > 0 ? { offered, declined } : undefined)
  }

  #engines(known: readonly string[]): TemplateResult {
    const words = firefoxWords()
    return html`<fieldset class="engines">
      <legend>${words.choose}</legend>
      ${known.map((engine) =>
        checkbox({
          name: `engine-${engine}`,
          label: words.engines[engine]!,
          checked: !this.off.has(engine),
          disabled: this.busy,
          onChange: (on) => this.#choose(engine, on),
        }),
      )}
    </fieldset>`
  }

  protected override render(): TemplateResult {
    const words = firefoxWords()
    const known = this.#known()
    return html`<form @submit=${submitted(() => this.#send())}>
        ${known.length > 0 ? this.#engines(known) : nothing}
        <p class="hint">${known.length > 0 ? `${words.chooseHint} ${this.text}` : this.text}</p>
        ${this.locked ? html`<p>${words.locked}</p>` : nothing} ${alert(this.problem)}
        <button class="primary" id="firefox-connect" ?disabled=${this.busy} aria-busy=${this.busy}>
          <span>${this.label}</span>
        </button>
      </form>
      ${
        this.locked
          ? html`<p class="after">
              ${button({
                label: words.anotherDevice,
                kind: 'quiet',
                disabled: this.busy,
                onClick: () => this.pair(),
              })}
            </p>`
          : nothing
      }`
  }
}
customElements.define('essaim-firefox-choose', Choose)
