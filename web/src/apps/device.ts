/** A device without a keyboard or a page shows a code: whoever types it sees what asks, and answers. */
import { html, type TemplateResult } from 'lit'
import { ApiError, call } from '../api.ts'
import { field, submit, submitted } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { consentWords } from '../words/apps/consent.ts'
import { deviceWords } from '../words/apps/device.ts'
import { forgetAsked } from './asked.ts'
import { AskingPage } from './asking-page.ts'
import type { Consent } from './contract.ts'
import './question.ts'
import type { Given } from './question.ts'

class DevicePage extends AskingPage {
  static override properties = {
    ...AskingPage.properties,
    consent: { state: true },
    outcome: { state: true },
    code: { state: true },
  }
  declare consent: Consent | undefined
  declare outcome: 'done' | 'refused' | undefined
  /** From the address, or as it was typed. */
  declare code: string

  constructor() {
    super()
    this.code = ''
  }

  override connectedCallback(): void {
    // As RFC 8628 writes an address with its code (3.3.1); it needs to go no further than here.
    const code = new URLSearchParams(location.search).get('user_code')
    if (code) history.replaceState(null, '', `${location.pathname}#${encodeURIComponent(code)}`)
    super.connectedCallback()
  }

  protected begin(): void {
    this.code = this.asked
    this.consent = undefined
    this.outcome = undefined
    // A code of an address is looked at only when she says so: what it leads to may be somebody else's doing.
  }

  #look(code: string) {
    return this.run(async () => {
      this.code = code
      try {
        this.consent = await call<Consent>('POST', '/device/look', { code })
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'device-absent') throw error
        this.error = deviceWords().absent
      }
    })
  }

  #send = async (body: object, outcome: 'done' | 'refused'): Promise<void> => {
    await call('POST', '/device', { code: this.code, ...body })
    forgetAsked()
    this.outcome = outcome
  }

  #answer = (given: Given) => this.#send(given, 'done')
  #refuse = () => this.#send({ refuse: true }, 'refused')

  protected page(): TemplateResult {
    const words = deviceWords()
    if (this.outcome) {
      const isDone = this.outcome === 'done'
      return narrow(
        isDone ? words.doneTitle : words.refusedTitle,
        html`${isDone ? notice('good', words.done) : notice('info', words.refused)}
          <p><a href="/account/apps">${words.toApps}</a></p>`,
      )
    }
    if (this.consent)
      return narrow(
        consentWords().title(this.consent.app.name),
        html`${notice('warn', words.warning)}
          <essaim-question
            .consent=${this.consent}
            .answer=${this.#answer}
            .refuse=${this.#refuse}
            .leave=${this.leave}
          ></essaim-question>`,
      )
    return narrow(
      words.title,
      html`<form @submit=${submitted(({ code = '' }) => this.#look(code.trim()))}>
        <p>${words.text}</p>
        ${field({
          name: 'code',
          label: words.code,
          hint: words.codeHint,
          autocomplete: 'off',
          required: true,
          maxlength: 40,
          autofocus: true,
          value: this.code,
        })}
        ${alert(this.error)} ${submit(words.look, { busy: this.busy, disabled: this.wait > 0 })}
      </form>`,
    )
  }
}
customElements.define('essaim-device', DevicePage)
