/** The first run: is the address right, then the account of the person who runs the server. */
import { html, nothing, type TemplateResult } from 'lit'
import { callBare } from '../api.ts'
import type { Begun } from '../contract.ts'
import type { Outcome } from '../making.ts'
import { go, takeFragment } from '../navigation.ts'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import '../parts/new-account.ts'
import type { Source } from '../parts/new-account.ts'
import { alert } from '../parts/notices.ts'
import { load, state } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { newAccountWords } from '../words/new-account.ts'
import { setupWords } from '../words/setup.ts'

interface Finding {
  code: string
  level: 'ok' | 'warn' | 'wrong'
  text: string
}

class Setup extends Page {
  static override properties = {
    ...Page.properties,
    step: { state: true },
    findings: { state: true },
    looking: { state: true },
  }
  declare step: 'address' | 'account' | 'words'
  declare findings: readonly Finding[] | undefined
  declare looking: boolean
  readonly #token = takeFragment()
  readonly #source: Source = {
    begin: (login) => callBare<Begun>('POST', '/setup/begin', { token: this.#token, login }),
    finish: (making) => callBare<Outcome>('POST', '/setup', making),
  }

  constructor() {
    super()
    this.step = 'address'
    this.findings = undefined
    this.looking = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#token) void this.#look()
  }

  async #look(): Promise<void> {
    this.looking = true
    this.error = ''
    try {
      const { findings } = await callBare<{ findings: Finding[] }>('POST', '/setup/checks', {
        token: this.#token,
        time: Date.now(),
      })
      this.findings = findings
    } catch (error) {
      this.fail(error)
    } finally {
      this.looking = false
    }
  }

  /** She is signed in: what the server says of itself has changed too. */
  async #made(): Promise<void> {
    await load()
    go('/', { replace: true })
  }

  protected override render(): TemplateResult {
    const words = setupWords()
    if (state().owner) return narrow(words.title, html`<p>${baseWords().errors['owner-exists']}</p>`)
    if (!this.#token) return narrow(words.title, html`<p role="alert">${words.noToken}</p>`)
    if (this.step === 'address') return narrow(words.title, this.#address())
    return narrow(
      this.step === 'words' ? newAccountWords().wordsTitle : words.account,
      html`<essaim-new-account
        .source=${this.#source}
        @step=${() => (this.step = 'words')}
        @restart=${() => (this.step = 'account')}
        @made=${() => void this.#made()}
      ></essaim-new-account>`,
    )
  }

  #address(): TemplateResult {
    const words = setupWords()
    const { publicUrl } = state()
    const order = ['wrong', 'warn', 'ok']
    const findings = this.findings?.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
    return html`<p>${words.intro}</p>
      <h2>${words.address}</h2>
      <p class="address code">${publicUrl}</p>
      ${location.origin === publicUrl ? nothing : html`<p class="hint">${words.here(location.origin)}</p>`}
      <p class="hint">${words.addressText}</p>
      <div class="findings" aria-live="polite" aria-busy=${this.looking}>
        ${this.looking ? html`<p class="quiet-text">${words.checking}</p>` : nothing} ${alert(this.error)}
        <ul role="list">
          ${findings?.map(
            ({ level, text }) =>
              html`<li class="finding ${level}">
                <span class="tag">${words.levels[level]}</span>
                <p>${text}</p>
              </li>`,
          )}
        </ul>
      </div>
      ${this.#proceed()}`
  }

  #proceed(): TemplateResult {
    const words = setupWords()
    // What is found may move it, so that it comes with that.
    const early = this.looking && !this.findings
    return html`<div class="ways ${early ? 'early' : ''}">
      ${button({
        label: words.proceed,
        kind: 'primary',
        disabled: early,
        onClick: () => (this.step = 'account'),
      })}
      ${button({ label: words.again, busy: this.looking, onClick: () => void this.#look() })}
    </div>`
  }
}
customElements.define('essaim-setup', Setup)
