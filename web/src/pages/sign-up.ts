/** Making an account: by oneself where the server is open, or by an invitation. */
import { html, nothing, type TemplateResult } from 'lit'
import { ApiError, callBare } from '../api.ts'
import type { Begun, Role } from '../contract.ts'
import type { Outcome } from '../making.ts'
import { go, takeFragment } from '../navigation.ts'
import { Page } from '../page.ts'
import { narrow } from '../parts/frame.ts'
import '../parts/new-account.ts'
import type { MadeEvent, Source } from '../parts/new-account.ts'
import { alert, notice } from '../parts/notices.ts'
import { announceMe, state } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { signUpWords } from '../words/sign-up.ts'

interface Invitation {
  inviter: string
  role: Role
  label: string
  expires: number
}

interface Pending {
  provider: string
  label: string | null
  loginHint: string | null
  /** Goes with the person to the provider and back. */
  invitation?: string
}

class SignUp extends Page {
  static override properties = {
    ...Page.properties,
    invitation: { state: true },
    source: { state: true },
    step: { state: true },
    ready: { state: true },
  }
  declare invitation: Invitation | 'void' | undefined
  declare source: Source | undefined
  declare step: 'account' | 'words' | 'waiting'
  declare ready: boolean
  #token: string | undefined

  constructor() {
    super()
    this.invitation = undefined
    this.source = undefined
    this.step = 'account'
    this.ready = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.run(() => this.#prepare()).finally(() => (this.ready = true))
  }

  async #prepare(): Promise<void> {
    const fragment = takeFragment()
    const fromProvider = fragment === 'provider'
    const pending = fromProvider ? await callBare<Pending>('GET', '/provider/pending') : undefined
    this.#token = pending?.invitation ?? (location.pathname === '/invitation' ? fragment : undefined)
    if (this.#token) this.invitation = await this.#look(this.#token)
    const invitation = this.#token ? { invitation: this.#token } : {}
    this.source = {
      begin: (login) => callBare<Begun>('POST', '/sign-up/begin', { login, ...invitation }),
      finish: (making) => callBare<Outcome>('POST', '/sign-up', making),
      check: invitation,
      ...(pending && { provider: { name: pending.provider, hint: pending.loginHint ?? '' } }),
      withProvider: (id) => this.#withProvider(id),
    }
  }

  async #look(token: string): Promise<Invitation | 'void'> {
    try {
      return await callBare<Invitation>('POST', '/invitation/look', { token })
    } catch (error) {
      if (error instanceof ApiError && error.code === 'invitation-void') return 'void'
      throw error
    }
  }

  async #withProvider(id: string): Promise<void> {
    const answer = await callBare<{ location: string }>('POST', '/provider/start', {
      id,
      purpose: 'sign-up',
      ...(this.#token && { invitation: this.#token }),
    })
    location.assign(answer.location)
    // This page is about to go.
    await new Promise(() => undefined)
  }

  #made({ outcome }: MadeEvent): void {
    if ('waiting' in outcome) {
      this.step = 'waiting'
      return
    }
    announceMe()
    go('/', { replace: true })
  }

  protected override render(): TemplateResult {
    const words = signUpWords()
    if (state().me && this.step === 'account')
      return narrow(
        words.signedInTitle,
        html`<p>${words.signedIn}</p>
          <p><a href="/">${baseWords().toStart}</a></p>`,
      )
    if (!this.ready) return narrow(words.title, html`<p class="quiet-text">${baseWords().loading}</p>`)
    if (this.step === 'waiting') return narrow(words.waitingTitle, notice('good', words.waiting))
    const obstacle = this.#obstacle()
    if (obstacle) return obstacle
    if (!this.source) return narrow(words.title, alert(this.error))
    return narrow(
      this.step === 'words' ? words.words : words.title,
      html`${this.step === 'account' ? this.#intro() : nothing}
        <essaim-new-account
          .source=${this.source}
          @step=${() => (this.step = 'words')}
          @restart=${() => (this.step = 'account')}
          @made=${(event: MadeEvent) => this.#made(event)}
        ></essaim-new-account>
        ${
          this.step === 'account'
            ? html`<ul class="links" role="list">
                <li><a href="/">${words.signIn}</a></li>
              </ul>`
            : nothing
        }`,
    )
  }

  #intro(): TemplateResult | typeof nothing {
    const words = signUpWords()
    if (this.invitation && this.invitation !== 'void')
      return notice(
        'info',
        html`<p>${words.invited(this.invitation.inviter)} ${words.roles[this.invitation.role]}</p>`,
      )
    return state().registration === 'approval' ? notice('info', words.approval) : nothing
  }

  /** Why no account can be made here now. */
  #obstacle(): TemplateResult | undefined {
    const words = signUpWords()
    const say = (title: string, text: string) =>
      narrow(
        title,
        html`<p>${text}</p>
          <p><a href="/">${words.signIn}</a></p>`,
      )
    if (this.invitation === 'void') return say(words.voidTitle, words.void)
    if (this.invitation) return undefined
    if (location.pathname === '/invitation' && !this.#token) return say(words.voidTitle, words.noToken)
    const { registration } = state()
    if (registration === 'closed') return say(words.closedTitle, words.closed)
    if (registration === 'invitation') return say(words.invitationTitle, words.invitation)
    return undefined
  }
}
customElements.define('essaim-sign-up', SignUp)
