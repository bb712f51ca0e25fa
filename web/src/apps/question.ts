/** The form in which a person answers an app, whichever way the app asked. */
import { html, nothing, type TemplateResult } from 'lit'
import { button, select, submitted } from '../parts/forms.ts'
import { Page } from '../page.ts'
import { alert } from '../parts/notices.ts'
import { consentWords } from '../words/apps/consent.ts'
import { appCard } from './app-name.ts'
import { answerOf, askPart } from './ask.ts'
import type { Answer, Consent } from './contract.ts'

export interface Given {
  answers: readonly Answer[]
  /** How long all of it holds; absent: until she takes it back. */
  days?: number
}

/** `<essaim-question .consent .answer .refuse .leave>`; the functions throw `ApiError`s. */
class Question extends Page {
  static override properties = {
    ...Page.properties,
    consent: {},
    answer: {},
    refuse: {},
    leave: {},
    missing: { state: true },
  }
  declare consent: Consent
  declare answer: (given: Given) => Promise<void>
  declare refuse: () => Promise<void>
  /** Goes on as somebody else. */
  declare leave: () => Promise<void>
  /** What the person has left out. */
  declare missing: string

  constructor() {
    super()
    this.missing = ''
  }

  #allow(values: Record<string, string>): void {
    const answers = this.consent.asks.map((asked, at) => answerOf(asked, at, values))
    const wrong = answers.find((answer) => typeof answer === 'string')
    const given = answers.filter((answer) => typeof answer !== 'string')
    const words = consentWords()
    const isNothing = given.length > 0 && !given.some(({ allow }) => allow)
    this.missing = wrong ?? (isNothing ? words.nothing : '')
    if (this.missing) return
    const days = Number(values['days'] ?? '')
    void this.run(() => this.answer({ answers: given, ...(days > 0 && { days }) }))
  }

  protected override render(): TemplateResult {
    const words = consentWords()
    const { app, asks, already, account, periods } = this.consent
    return html`${appCard(app)}
      <p class="quiet-text">
        ${words.you(account)}
        ${button({
          label: words.other,
          kind: 'quiet',
          disabled: this.busy,
          onClick: () => void this.run(() => this.leave()),
        })}
      </p>
      <form @submit=${submitted((values) => this.#allow(values))}>
        ${
          asks.length === 0
            ? html`<p>${words.knows}</p>`
            : html`<h2>${words.asks}</h2>
                <ul class="asks" role="list">
                  ${asks.map((asked, at) => askPart(asked, at, app.name))}
                </ul>`
        }
        ${
          periods.length === 0
            ? nothing
            : select({
                name: 'days',
                label: words.days,
                value: '',
                options: [
                  { value: '', label: words.forever },
                  ...periods.map((days) => ({ value: String(days), label: words.dayCount(days) })),
                ],
              })
        }
        ${
          already.length === 0
            ? nothing
            : html`<details ?open=${asks.length === 0}>
                <summary>${words.already}</summary>
                <ul class="facts">
                  ${already.map((title) => html`<li>${title}</li>`)}
                </ul>
              </details>`
        }
        <p class="hint">${words.answer}</p>
        ${alert(this.missing || this.error)}
        <div class="answers">
          <button class="plain" ?disabled=${this.busy} aria-busy=${this.busy}>
            <span>${asks.length === 0 ? words.goOn : words.allow}</span>
          </button>
          ${button({
            label: words.refuse,
            disabled: this.busy,
            onClick: () => void this.run(() => this.refuse()),
          })}
        </div>
      </form>`
  }
}
customElements.define('essaim-question', Question)
