/** An app asks: who it is, what for, and the person's answer. */
import { html, nothing, type TemplateResult } from 'lit'
import { ApiError, call } from '../api.ts'
import { button } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { baseWords } from '../words/base/index.ts'
import { consentWords } from '../words/apps/consent.ts'
import { forgetAsked } from './asked.ts'
import { AskingPage } from './asking-page.ts'
import type { Consent } from './contract.ts'
import './question.ts'
import type { Given } from './question.ts'

/** What says that she cannot answer, or not so. */
const stops = { absent: 'gone', paused: 'paused', 'other-account': 'otherAccount' } as const

class ConsentPage extends AskingPage {
  static override properties = {
    ...AskingPage.properties,
    consent: { state: true },
    stopped: { state: true },
  }
  declare consent: Consent | undefined
  declare stopped: (typeof stops)[keyof typeof stops] | undefined

  get #address(): string {
    return `/consent/${encodeURIComponent(this.asked)}`
  }

  protected begin(): void {
    this.consent = undefined
    this.stopped = undefined
    void this.run(() =>
      this.#orStop(async () => {
        if (!this.asked) throw new ApiError('absent')
        this.consent = await call<Consent>('GET', this.#address)
      }),
    )
  }

  /** Where nothing can be answered any more, the page says so instead. */
  async #orStop(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      const stopped = error instanceof ApiError && stops[error.code as keyof typeof stops]
      if (!stopped) throw error
      this.stopped = stopped
      if (stopped === 'gone') forgetAsked()
    }
  }

  #send = async (body: object): Promise<void> => {
    const { location: next } = await call<{ location: string }>('POST', this.#address, body)
    await this.goTo(next)
  }

  #answer = (given: Given) => this.#orStop(() => this.#send(given))
  #refuse = () => this.#orStop(() => this.#send({ refuse: true }))

  #notAsked(): TemplateResult {
    const words = consentWords()
    const { stopped } = this
    if (!stopped && !this.error && this.busy)
      return html`<p class="empty waiting question">${baseWords().loading}</p>`
    return html`${stopped ? notice('info', words[stopped]) : alert(this.error)}
      <div class="ways">
        ${
          stopped === 'gone'
            ? nothing
            : button({ label: baseWords().retry, kind: 'primary', onClick: () => this.begin() })
        }
        ${
          stopped === 'otherAccount'
            ? button({ label: words.other, onClick: () => void this.run(() => this.leave()) })
            : nothing
        }
        <a class="button plain" href="/account/apps">${words.toApps}</a>
      </div>`
  }

  protected page(): TemplateResult {
    const words = consentWords()
    if (!this.consent || this.stopped) return narrow(words.unknown, this.#notAsked())
    const { app, asks, already } = this.consent
    const title = asks.length === 0 ? words.again : already.length > 0 ? words.more : words.title
    return narrow(
      title(app.name),
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
