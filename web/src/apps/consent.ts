/** An app asks: who it is, what for, and the person's answer. */
import { html, type TemplateResult } from 'lit'
import { ApiError, call } from '../api.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { baseWords } from '../words/base/index.ts'
import { consentWords } from '../words/apps/consent.ts'
import { forgetAsked } from './asked.ts'
import { AskingPage } from './asking-page.ts'
import type { Consent } from './contract.ts'
import './question.ts'
import type { Given } from './question.ts'

/** What says that there is nothing to answer any more. */
const over = ['absent', 'expired', 'consent-absent']

class ConsentPage extends AskingPage {
  static override properties = {
    ...AskingPage.properties,
    consent: { state: true },
    gone: { state: true },
  }
  declare consent: Consent | undefined
  declare gone: boolean

  constructor() {
    super()
    this.gone = false
  }

  get #address(): string {
    return `/consent/${encodeURIComponent(this.asked)}`
  }

  protected begin(): void {
    this.consent = undefined
    void this.#orGone(async () => {
      if (!this.asked) throw new ApiError('absent')
      this.consent = await call<Consent>('GET', this.#address)
    })
  }

  #orGone(act: () => Promise<void>): Promise<unknown> {
    return this.run(async () => {
      try {
        await act()
      } catch (error) {
        if (!(error instanceof ApiError) || !over.includes(error.code)) throw error
        forgetAsked()
        this.gone = true
      }
    })
  }

  #send = async (body: object): Promise<void> => {
    const { location: next } = await call<{ location: string }>('POST', this.#address, body)
    await this.goTo(next)
  }

  #answer = (given: Given) => this.#send(given)
  #refuse = () => this.#send({ refuse: true })

  protected page(): TemplateResult {
    const words = consentWords()
    if (this.gone)
      return narrow(
        words.unknown,
        html`${notice('info', words.gone)}
          <p><a href="/account/apps">${words.toApps}</a></p>`,
      )
    if (!this.consent)
      return narrow(
        words.unknown,
        this.error ? alert(this.error) : html`<p class="empty waiting question">${baseWords().loading}</p>`,
      )
    const { app, already } = this.consent
    return narrow(
      (already.length > 0 ? words.more : words.title)(app.name),
      html`<essaim-question
        .consent=${this.consent}
        .answer=${this.#answer}
        .refuse=${this.#refuse}
        .leave=${this.leave}
      ></essaim-question>`,
    )
  }
}
customElements.define('essaim-consent', ConsentPage)
