/** Getting back in: what one still has, and the recovery by mail or by an administrator, which waits. */
import { html, nothing, type TemplateResult } from 'lit'
import { ApiError, callBare } from '../api.ts'
import type { Begun } from '../contract.ts'
import type { Outcome } from '../making.ts'
import { go, takeFragment } from '../navigation.ts'
import { Page } from '../page.ts'
import { button, field, submit, submitted } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import '../parts/new-account.ts'
import type { Source } from '../parts/new-account.ts'
import { alert, notice } from '../parts/notices.ts'
import { announceMe, state } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { distance, moment } from '../words/language.ts'
import { recoveryWords } from '../words/recovery.ts'

interface Look {
  login: string
  state: 'asked' | 'waiting' | 'ready'
  due: number
}

class Recovery extends Page {
  static override properties = {
    ...Page.properties,
    look: { state: true },
    sent: { state: true },
    step: { state: true },
  }
  /** Where the link stands; `void`: it opens nothing. */
  declare look: Look | 'void' | undefined
  declare sent: boolean
  declare step: 'explain' | 'way' | 'words' | 'stopped'
  readonly #token = takeFragment()

  constructor() {
    super()
    this.look = undefined
    this.sent = false
    this.step = 'explain'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#token) void this.run(() => this.#ask())
  }

  async #ask(): Promise<void> {
    try {
      this.look = await callBare<Look>('POST', '/recovery/look', { token: this.#token })
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'link-void') throw error
      this.look = 'void'
    }
  }

  #mail({ address = '' }: Record<string, string>) {
    return this.run(async () => {
      await callBare('POST', '/recovery/mail', { address })
      this.sent = true
    })
  }

  #begin() {
    return this.run(async () => {
      await callBare('POST', '/recovery/begin', { token: this.#token })
      await this.#ask()
    })
  }

  readonly #source: Source = {
    begin: () => callBare<Begun>('POST', '/recovery/finish/begin', { token: this.#token }),
    finish: (making) => callBare<Outcome>('POST', '/recovery/finish', { ...making, token: this.#token }),
  }

  protected override render(): TemplateResult {
    const words = recoveryWords()
    if (!this.#token) return narrow(words.title, this.#choices())
    if (this.look === 'void') return narrow(words.title, html`${notice('warn', words.void)} ${this.#back()}`)
    if (!this.look)
      return narrow(
        words.title,
        this.busy ? html`<p class="quiet-text">${baseWords().loading}</p>` : alert(this.error),
      )
    const { login, due } = this.look
    if (this.look.state === 'asked')
      return narrow(
        words.askedTitle,
        html`<p>${words.asked(login, moment(due))}</p>
          ${alert(this.error)}
          <div class="ways">
            ${button({
              label: words.begin,
              kind: 'primary',
              busy: this.busy,
              onClick: () => void this.#begin(),
            })}
          </div>`,
      )
    if (this.look.state === 'waiting')
      return narrow(
        words.waitingTitle,
        html`<p>${words.waiting(login, moment(due), distance(due))}</p>
          ${this.#back()}`,
      )
    return this.#finish(login)
  }

  #back(): TemplateResult {
    return html`<p><a href="/">${recoveryWords().back}</a></p>`
  }

  #choices(): TemplateResult {
    const words = recoveryWords()
    const { mail } = state()
    return html`<p>${words.intro}</p>
      <ul class="choices" role="list">
        <li>
          <h2><a href="/#words">${words.words}</a></h2>
          <p>${words.wordsText}</p>
        </li>
        <li>
          <h2><a href="/">${words.passkey}</a></h2>
          <p>${words.passkeyText}</p>
        </li>
        <li>
          <h2><a href="/pair">${words.device}</a></h2>
          <p>${words.deviceText}</p>
        </li>
        ${
          mail
            ? html`<li>
                <h2>${words.mail}</h2>
                <p>${words.mailText}</p>
                ${this.#mailForm()}
              </li>`
            : nothing
        }
        <li>
          <h2>${words.admin}</h2>
          <p>${words.adminText}</p>
        </li>
      </ul>
      ${this.#back()}`
  }

  #mailForm(): TemplateResult {
    const words = recoveryWords()
    if (this.sent) return notice('good', words.sent)
    return html`<form @submit=${submitted((values) => this.#mail(values))}>
      ${field({
        name: 'address',
        label: words.address,
        type: 'email',
        autocomplete: 'email',
        inputmode: 'email',
        required: true,
        maxlength: 254,
      })}
      ${alert(this.error)} ${submit(words.send, { busy: this.busy, disabled: this.wait > 0 })}
    </form>`
  }

  #finish(login: string): TemplateResult {
    const words = recoveryWords()
    if (this.step === 'explain')
      return narrow(
        words.readyTitle,
        html`<p>${words.ready(login)}</p>
          <h2>${words.afreshTitle}</h2>
          <ul class="facts">
            ${words.afresh.map((fact) => html`<li>${fact}</li>`)}
          </ul>
          <div class="ways">
            ${button({ label: words.goOn, kind: 'primary', onClick: () => (this.step = 'way') })}
          </div>`,
      )
    return narrow(
      this.step === 'words' ? words.wordsTitle : words.wayTitle,
      html`<essaim-new-account
        .source=${{ ...this.#source, login }}
        @step=${() => (this.step = 'words')}
        @restart=${() => (this.step = 'way')}
        @made=${() => {
          announceMe()
          go('/', { replace: true })
        }}
      ></essaim-new-account>`,
    )
  }
}
customElements.define('essaim-recovery', Recovery)
