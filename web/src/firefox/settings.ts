/** The settings that Firefox leads to: our own pages, once it is clear who is meant. */
import { html, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { AskingPage } from '../apps/asking-page.ts'
import { go } from '../navigation.ts'
import { button } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { state } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { firefoxWords } from '../words/firefox/sign-in.ts'
import { firefox } from './clients.ts'
import type { Identity } from './let-in.ts'
import { loginOf, readRequest } from './request.ts'

/** What each of its addresses is here. */
const targets: Readonly<Record<string, string>> = {
  '/settings/clients': '/account/browsers',
  '/settings/avatar/change': '/account/profile',
  '/connect_another_device': '/firefox',
}

class FirefoxSettings extends AskingPage {
  static override properties = { ...AskingPage.properties, identity: { state: true } }
  /** Who is signed in here, where the browser means somebody else; undefined: nobody is known yet, or it is she. */
  declare identity: Identity | undefined
  readonly #target = targets[location.pathname] ?? '/'

  constructor() {
    super()
    this.identity = undefined
  }

  protected override read(): string {
    return location.search.slice(1) || super.read()
  }

  get #email(): string {
    return readRequest(this.asked).email
  }

  protected begin(): void {
    void this.run(async () => {
      if (this.#email === '' || !state().firefox) return this.#go()
      const identity = await call<Identity>('GET', '/firefox')
      if (identity.email.toLowerCase() === this.#email.toLowerCase()) return this.#go()
      this.identity = identity
    })
  }

  #go(): void {
    this.finished()
    go(this.#target, { replace: true })
  }

  protected override signIn(): TemplateResult {
    const login = loginOf(this.#email, state().publicUrl)
    return html`<essaim-sign-in
      .why=${firefoxWords().why(firefox.name)}
      .login=${login || undefined}
    ></essaim-sign-in>`
  }

  protected page(): TemplateResult {
    const { settings, elsewhere } = firefoxWords()
    const { identity } = this
    const theirs = this.#email
    if (!identity)
      return narrow(
        settings.title,
        this.error ? alert(this.error) : html`<p class="empty waiting">${baseWords().loading}</p>`,
      )
    return narrow(
      settings.title,
      html`${notice('warn', settings.text(theirs, identity.email))}
        <div class="ways">
          ${button({
            label: elsewhere.theirs(theirs),
            kind: 'primary',
            busy: this.busy,
            onClick: () => void this.run(() => this.leave()),
          })}
          ${button({ label: settings.goOn(identity.email), onClick: () => this.#go() })}
        </div>`,
    )
  }
}
customElements.define('essaim-firefox-settings', FirefoxSettings)
