/** The steps of making an account, or a new way into one: a name, a way in, the recovery words. */
import type { Bytes } from '@essaim/client'
import { html, nothing, type TemplateResult } from 'lit'
import { ApiError, callBare, sentenceOf } from '../api.ts'
import type { Begun } from '../contract.ts'
import { choosePasskey, choosePassword, make, type Chosen, type Making, type Outcome } from '../making.ts'
import { Page } from '../page.ts'
import { passkeysWork } from '../passkeys.ts'
import { state } from '../session.ts'
import { weaknessOf, type Weakness } from '../weakness.ts'
import { baseWords } from '../words/base/index.ts'
import { newAccountWords } from '../words/new-account.ts'
import { button, checkbox, field, submit, submitted } from './forms.ts'
import { alert, notice } from './notices.ts'
import './recovery-words.ts'
import type { KeptEvent } from './recovery-words.ts'
import { working } from './working.ts'

export interface Source {
  begin(login: string): Promise<Begun>
  finish(making: Making): Promise<Outcome>
  /** The name, where it is not to be chosen. */
  login?: string
  /** What the check of a name is asked with; undefined: it is not asked. */
  check?: { invitation?: string }
  /** A sign-in elsewhere that has just been made, and is to be the way in. */
  provider?: { name: string; hint: string }
  /** Starts one; undefined where it cannot be a way in. */
  withProvider?: (id: string) => Promise<void>
}

/** What came of it. */
export class MadeEvent extends Event {
  readonly outcome: Outcome
  constructor(outcome: Outcome) {
    super('made')
    this.outcome = outcome
  }
}

type Strength = Weakness | 'fair' | 'good'

/** After these the ticket, the name or the passkey is of no use any more. */
const startOver: ReadonlySet<string> = new Set(
  'ticket-void challenge-expired passkey-known flow-lost identity-taken login-taken login-reserved login-malformed'.split(
    ' ',
  ),
)

/** `<essaim-new-account .source=… @step=… @made=…>`: `step` when the words are shown, `restart` when not any more, `made` (`MadeEvent`) at the end. */
export class NewAccount extends Page {
  static override properties = {
    ...Page.properties,
    source: { attribute: false },
    login: { state: true },
    loginProblem: { state: true },
    free: { state: true },
    strength: { state: true },
    share: { state: true },
    begun: { state: true },
    chosen: { state: true },
    keep: { state: true },
  }
  declare source: Source
  declare login: string
  declare loginProblem: string
  declare free: boolean
  declare strength: Strength | undefined
  declare share: number | undefined
  declare begun: Begun | undefined
  declare chosen: Chosen | undefined
  declare keep: boolean
  #stop: AbortController | undefined
  #checking: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.login = ''
    this.loginProblem = ''
    this.free = false
    this.strength = undefined
    this.share = undefined
    this.begun = undefined
    this.chosen = undefined
    this.keep = true
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.login = this.source.login ?? this.source.provider?.hint ?? ''
  }

  override disconnectedCallback(): void {
    this.#stop?.abort()
    clearTimeout(this.#checking)
    super.disconnectedCallback()
  }

  /** Asks whether the name is free, a moment after the last letter. */
  #typed(login: string): void {
    this.login = login
    this.loginProblem = ''
    this.free = false
    clearTimeout(this.#checking)
    if (!this.source.check || login === '') return
    this.#checking = setTimeout(() => void this.#checkLogin(login), 400)
  }

  async #checkLogin(login: string): Promise<void> {
    try {
      const { free, problem } = await callBare<{ free: boolean; problem?: string }>(
        'POST',
        '/sign-up/check',
        {
          login,
          ...this.source.check,
        },
      )
      if (login !== this.login) return
      this.free = free
      this.loginProblem = free ? '' : sentenceOf(new ApiError(problem ?? 'login-taken'))
    } catch (error) {
      // The form itself will say so; a check that is refused for being too many says nothing.
      if (error instanceof ApiError && error.code === 'login-malformed') this.loginProblem = sentenceOf(error)
    }
  }

  async #rate(password: string): Promise<void> {
    if (password === '') {
      this.strength = undefined
      return
    }
    const weakness = await weaknessOf(password, this.login)
    const varied = new Set(password).size
    this.strength = weakness ?? (password.length >= 16 && varied >= 8 ? 'good' : 'fair')
  }

  /** The name is kept for this browser, and a challenge for a passkey made. Once for a name. */
  async #begin(login: string): Promise<Begun> {
    if (!this.begun || this.begun.login !== login) this.begun = await this.source.begin(login)
    return this.begun
  }

  /** A name, then a way in; then the words. */
  #choose(login: string, act: (begun: Begun) => Promise<Chosen>) {
    return this.run(async () => {
      try {
        const begun = await this.#begin(login)
        this.chosen = await act(begun)
        this.dispatchEvent(new Event('step'))
      } catch (error) {
        if (error instanceof ApiError && error.code.startsWith('login-')) {
          this.loginProblem = sentenceOf(error)
          this.querySelector<HTMLElement>('#login')?.focus()
        } else throw error
      }
    })
  }

  #withPassword({ password = '' }: Record<string, string>) {
    return this.#choose(this.login, async (begun) => {
      const weakness = await weaknessOf(password, this.login)
      if (weakness) {
        this.strength = weakness
        throw new ApiError('password-weak')
      }
      this.#stop = new AbortController()
      this.share = 0
      try {
        return await choosePassword(begun, password, {
          signal: this.#stop.signal,
          onProgress: (share) => (this.share = share),
        })
      } finally {
        this.share = undefined
      }
    })
  }

  #finish(words: Bytes | undefined) {
    const { begun, chosen } = this
    if (!begun || !chosen) return Promise.resolve(false)
    return this.run(async () => {
      try {
        const outcome = await make(begun, chosen, { words, keep: this.keep }, (making) =>
          this.source.finish(making),
        )
        this.dispatchEvent(new MadeEvent(outcome))
      } catch (error) {
        if (error instanceof ApiError && startOver.has(error.code)) {
          this.begun = undefined
          this.chosen = undefined
          this.dispatchEvent(new Event('restart'))
        }
        throw error
      }
    })
  }

  /** The buttons beside the form need the name as well. */
  #named(act: () => unknown): void {
    const input = this.querySelector<HTMLInputElement>('#login')
    if (input && !input.reportValidity()) return
    act()
  }

  protected override render(): TemplateResult {
    if (this.chosen)
      return html`<essaim-recovery-words
          .login=${this.begun?.login ?? ''}
          ?optional=${this.chosen.slot !== undefined}
          ?working=${this.busy}
          @kept=${({ entropy }: KeptEvent) => void this.#finish(entropy)}
          @later=${() => void this.#finish(undefined)}
        ></essaim-recovery-words>
        ${alert(this.error)}`
    return html`${isSecureContext ? nothing : notice('warn', baseWords().insecure)}
    ${this.source.provider ? this.#providerForm(this.source.provider.name) : this.#passwordForm()}`
  }

  #loginField(): TemplateResult {
    const words = newAccountWords()
    if (this.source.login !== undefined)
      return field({
        name: 'login',
        label: words.login,
        autocomplete: 'username',
        value: this.source.login,
        readonly: true,
      })
    return field({
      name: 'login',
      label: words.login,
      autocomplete: 'username',
      required: true,
      maxlength: 64,
      pattern: '[a-z0-9][a-z0-9._\\-]*',
      autofocus: true,
      value: this.login,
      hint: this.free ? words.free : words.loginHint,
      wrong: this.loginProblem,
      onInput: (value) => this.#typed(value),
    })
  }

  #keepBox(): TemplateResult {
    const words = newAccountWords()
    return checkbox({
      name: 'keep',
      label: words.keep,
      hint: words.keepHint,
      checked: this.keep,
      onChange: (checked) => (this.keep = checked),
    })
  }

  #passwordForm(): TemplateResult {
    const words = newAccountWords()
    const { strength } = this
    const weak = strength && strength !== 'fair' && strength !== 'good'
    return html`<form @submit=${submitted((values) => this.#withPassword(values))}>
        ${this.#loginField()}
        ${field({
          name: 'password',
          label: words.password,
          type: 'password',
          autocomplete: 'new-password',
          required: true,
          minlength: 8,
          maxlength: 1024,
          hint: strength ? words.strength[strength] : words.passwordHint,
          wrong: weak ? words.strength[strength] : '',
          onInput: (value) => void this.#rate(value),
        })}
        ${this.#keepBox()} ${alert(this.error)}
        ${
          this.share === undefined
            ? submit(this.source.login === undefined ? words.make : words.set, { busy: this.busy })
            : working(this.share, () => this.#stop?.abort())
        }
        <p class="hint">${words.secret}</p>
      </form>
      ${this.#otherWays()}`
  }

  #otherWays(): TemplateResult | typeof nothing {
    const words = newAccountWords()
    const { withProvider } = this.source
    const providers = withProvider ? state().providers : []
    if (!passkeysWork() && providers.length === 0) return nothing
    return html`<p class="or">${words.or}</p>
      <div class="ways">
        ${
          passkeysWork()
            ? html`${button({
                  label: words.passkey,
                  disabled: this.busy,
                  onClick: () => this.#named(() => void this.#choose(this.login, choosePasskey)),
                })}
                <p class="hint">${words.passkeyHint(location.hostname)}</p>`
            : nothing
        }
        ${providers.map(({ id, name }) =>
          button({
            label: words.providers(name),
            disabled: this.busy,
            onClick: () => void this.run(async () => withProvider?.(id)),
          }),
        )}
      </div>`
  }

  #providerForm(name: string): TemplateResult {
    const words = newAccountWords()
    const choose = () =>
      this.#choose(this.login, async () => ({ way: { kind: 'provider' }, slot: undefined }))
    return html`<form @submit=${submitted(choose)}>
      <p>${words.providerText(name)}</p>
      ${this.#loginField()} ${this.#keepBox()} ${alert(this.error)}
      ${submit(words.provider(name), { busy: this.busy })}
    </form>`
  }
}
customElements.define('essaim-new-account', NewAccount)
