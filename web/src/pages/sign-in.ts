/** Signing in, in the way that the person has. */
import { KeysError } from '@essaim/client'
import { parseWords, wordsAuth } from '@essaim/client/words'
import { html, nothing, type TemplateResult } from 'lit'
import { ApiError, call, callBare } from '../api.ts'
import { reportFault } from '../faults.ts'
import { forgetDevice } from '../keys.ts'
import { takeFragment } from '../navigation.ts'
import { Page } from '../page.ts'
import { area, button, checkbox, field, submit, submitted } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { working } from '../parts/working.ts'
import { passkeysAutofill, passkeysWork, stopPasskeys, usePasskey } from '../passkeys.ts'
import { stretchFor } from '../passwords.ts'
import { announceMe, setMe, state } from '../session.ts'
import { signedIn, type Secret, type SignedIn } from '../signing-in.ts'
import { baseWords } from '../words/base/index.ts'
import { day } from '../words/language.ts'
import { signInWords } from '../words/sign-in.ts'

/** Whether she came here by herself, and not to a page that asks who she is. */
const isStart = () => ['/', '/sign-in'].includes(location.pathname)

type Way = 'password' | 'words' | 'mail'

class SignIn extends Page {
  static override properties = {
    ...Page.properties,
    way: { state: true },
    share: { state: true },
    sent: { state: true },
    refused: { state: true },
    keep: { state: true },
    why: {},
    login: {},
  }
  declare way: Way
  /** How far the stretching is; undefined: none is going on. */
  declare share: number | undefined
  /** Whether a link by mail was asked for. */
  declare sent: boolean
  /** Why what the server sent as her key was refused, though she is signed in. */
  declare refused: string
  declare keep: boolean
  /** What the page that asks says of it; an empty text: nothing. */
  declare why: string
  /** The name that is meant, where that is known. */
  declare login: string | undefined
  #stop: AbortController | undefined
  /** Counts the times that a passkey was offered or asked for: only the last may go on. */
  #turn = 0
  #afresh: (() => Promise<void>) | undefined

  constructor() {
    super()
    this.way = 'password'
    this.share = undefined
    this.sent = false
    this.refused = ''
    this.keep = false
    this.why = ''
    this.login = undefined
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const fragment = takeFragment()
    if (fragment === 'words') this.way = 'words'
    const problem = /^problem=([\w-]+)$/.exec(fragment)?.[1]
    if (problem) this.#problem(problem)
    if (!state().me) void this.#offerPasskeys()
  }

  override disconnectedCallback(): void {
    this.#stop?.abort()
    stopPasskeys()
    super.disconnectedCallback()
  }

  /** What came of a sign-in elsewhere. */
  #problem(code: string): void {
    const { providers } = signInWords()
    const said: Readonly<Record<string, string>> = { ...baseWords().errors, ...providers }
    this.error = said[code] ?? providers.other
  }

  /** In the list under the name, where the browser has such a thing; the person may never look. */
  async #offerPasskeys(): Promise<void> {
    const turn = ++this.#turn
    if (!passkeysWork() || !(await passkeysAutofill())) return
    try {
      const { options } = await callBare<{ options: unknown }>('POST', '/sign-in/passkey/options', {})
      // She may have come in meanwhile, or pressed the button: an offer would end what she began.
      if (!this.isConnected || turn !== this.#turn) return
      const answer = await usePasskey(options, { waiting: true })
      await this.run(() => this.#finishPasskey(answer))
    } catch (error) {
      if (!(error instanceof ApiError)) reportFault(error)
    }
  }

  async #finish(answer: SignedIn, secret?: Secret, password?: string): Promise<void> {
    try {
      const how = { onProgress: (share: number) => (this.share = share) }
      await signedIn(answer, { secret, keep: this.keep, ...(password !== undefined && { password, how }) })
    } catch (error) {
      this.fail(error)
      this.refused = this.error
      const isOther = error instanceof KeysError && error.code === 'identity-changed'
      this.#afresh = isOther ? () => this.#finish(answer, secret, password) : undefined
    }
  }

  /** She says that the keys are other ones because she began afresh elsewhere: what this device knows gives way. */
  #trust(finish: () => Promise<void>) {
    return this.run(async () => {
      await forgetDevice()
      this.refused = ''
      await finish()
    })
  }

  #withPassword({ login = '', password = '' }: Record<string, string>) {
    return this.run(async () => {
      this.#stop = new AbortController()
      this.share = 0
      try {
        const { auth, secret } = await stretchFor(login, password, {
          signal: this.#stop.signal,
          onProgress: (share) => (this.share = share),
        })
        const answer = await callBare<SignedIn>('POST', '/sign-in/password', { login, auth })
        await this.#finish(answer, { kind: 'password', bytes: secret }, password)
      } finally {
        this.share = undefined
      }
    })
  }

  #withWords({ login = '', words = '' }: Record<string, string>) {
    return this.run(async () => {
      const { entropy } = await parseWords(words)
      const auth = await wordsAuth(entropy)
      const answer = await callBare<SignedIn>('POST', '/sign-in/words', { login, auth })
      await this.#finish(answer, { kind: 'words', bytes: entropy })
    })
  }

  async #withPasskey(): Promise<void> {
    // One at a time: the offer in the list makes room, and comes back if nothing comes of this.
    this.#turn++
    stopPasskeys()
    const went = await this.run(async () => {
      const { options } = await callBare<{ options: unknown }>('POST', '/sign-in/passkey/options', {})
      await this.#finishPasskey(await usePasskey(options))
    })
    if (!went && this.isConnected) void this.#offerPasskeys()
  }

  async #finishPasskey({ response, prf }: Awaited<ReturnType<typeof usePasskey>>): Promise<void> {
    const answer = await callBare<SignedIn>('POST', '/sign-in/passkey', { response })
    await this.#finish(answer, prf && { kind: 'passkey', bytes: prf })
  }

  #withMail({ address = '' }: Record<string, string>) {
    return this.run(async () => {
      await callBare('POST', '/sign-in/mail', { address })
      this.sent = true
    })
  }

  #withProvider(id: string) {
    return this.run(async () => {
      const answer = await callBare<{ location: string }>('POST', '/provider/start', {
        id,
        purpose: 'sign-in',
      })
      location.assign(answer.location)
      // This page is about to go.
      await new Promise(() => undefined)
    })
  }

  #change(way: Way): void {
    this.way = way
    this.error = ''
    this.sent = false
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('form input, form textarea')?.focus())
  }

  protected override render(): TemplateResult {
    const words = signInWords()
    const { me, owner } = state()
    if (me && this.refused) return this.#keysRefused()
    if (me?.state === 'waiting') return this.#notYet(words.waitingTitle, html`<p>${words.waiting}</p>`)
    if (me?.state === 'leaving') return this.#leaving(me.ends ?? 0)
    if (!owner) return narrow(words.noOwner, html`<p>${words.noOwnerText}</p>`)
    return narrow(
      words.title,
      html`${isSecureContext ? nothing : notice('warn', baseWords().insecure)}
      ${this.why || !isStart() ? notice('info', this.why || words.goesOn) : nothing}
      ${this.way === 'password' ? this.#passwordForm() : this.way === 'words' ? this.#wordsForm() : this.#mailForm()}
      ${this.#others()}`,
    )
  }

  #loginField(autocomplete: string): TemplateResult {
    return field({
      name: 'login',
      label: signInWords().login,
      autocomplete,
      required: true,
      maxlength: 64,
      ...(this.login === undefined
        ? { autofocus: true }
        : { value: this.login, onInput: (typed: string) => (this.login = typed) }),
    })
  }

  #keepBox(): TemplateResult {
    const words = signInWords()
    return checkbox({
      name: 'keep',
      label: words.keep,
      hint: words.keepHint,
      checked: this.keep,
      onChange: (checked) => (this.keep = checked),
    })
  }

  #passwordForm(): TemplateResult {
    const words = signInWords()
    return html`<form @submit=${submitted((values) => this.#withPassword(values))}>
      ${this.#loginField('username webauthn')}
      ${field({
        name: 'password',
        label: words.password,
        type: 'password',
        autocomplete: 'current-password',
        required: true,
        maxlength: 4096,
        autofocus: this.login !== undefined,
      })}
      ${this.#keepBox()} ${alert(this.error)}
      ${
        this.share === undefined
          ? submit(words.signIn, { busy: this.busy, disabled: this.wait > 0 })
          : working(this.share, () => this.#stop?.abort())
      }
    </form>`
  }

  #wordsForm(): TemplateResult {
    const words = signInWords()
    return html`<form @submit=${submitted((values) => this.#withWords(values))}>
      ${this.#loginField('username')}
      ${area({
        name: 'words',
        label: words.wordsLabel,
        hint: words.wordsHint,
        autocomplete: 'off',
        required: true,
        maxlength: 2000,
      })}
      ${this.#keepBox()} ${alert(this.error)}
      ${submit(words.signIn, { busy: this.busy, disabled: this.wait > 0 })}
    </form>`
  }

  #mailForm(): TemplateResult {
    const words = signInWords()
    if (this.sent) return notice('good', words.linkSent)
    return html`<form @submit=${submitted((values) => this.#withMail(values))}>
      ${field({
        name: 'address',
        label: words.address,
        type: 'email',
        autocomplete: 'email',
        inputmode: 'email',
        required: true,
        maxlength: 254,
        autofocus: true,
      })}
      ${alert(this.error)} ${submit(words.sendLink, { busy: this.busy, disabled: this.wait > 0 })}
    </form>`
  }

  /** The other ways in, and the ways to one. */
  #others(): TemplateResult {
    const words = signInWords()
    const { providers, mail, registration } = state()
    const link = (way: Way, label: string) =>
      this.way === way
        ? nothing
        : html`<li>
            <button type="button" class="quiet" ?disabled=${this.busy} @click=${() => this.#change(way)}>
              ${label}
            </button>
          </li>`
    return html`<p class="or">${words.or}</p>
      <div class="ways">
        ${
          passkeysWork()
            ? button({ label: words.passkey, disabled: this.busy, onClick: () => void this.#withPasskey() })
            : nothing
        }
        ${providers.map(({ id, name }) =>
          button({
            label: words.provider(name),
            disabled: this.busy,
            onClick: () => void this.#withProvider(id),
          }),
        )}
      </div>
      <ul class="links" role="list">
        ${link('password', words.byPassword)} ${link('words', words.byWords)}
        ${mail ? link('mail', words.byMail) : nothing}
        <li><a href="/pair">${words.byDevice}</a></li>
        <li><a href="/recovery">${words.lost}</a></li>
        ${
          registration === 'open' || registration === 'approval'
            ? html`<li><a href="/sign-up">${words.signUp}</a></li>`
            : nothing
        }
      </ul>`
  }

  #keysRefused(): TemplateResult {
    const words = signInWords()
    const afresh = this.#afresh
    return narrow(
      words.refusedTitle,
      html`${notice('warn', this.refused)} ${afresh ? html`<p>${words.afresh}</p>` : nothing}
        <div class="ways">
          ${button({ label: words.goOn, disabled: this.busy, onClick: () => announceMe() })}
          ${
            afresh
              ? button({ label: words.trust, busy: this.busy, onClick: () => void this.#trust(afresh) })
              : nothing
          }
          ${this.#signOut()}
        </div>`,
    )
  }

  #notYet(title: string, content: TemplateResult): TemplateResult {
    return narrow(
      title,
      html`${content} ${alert(this.error)}
        <div class="ways">${this.#signOut()}</div>`,
    )
  }

  #leaving(ends: number): TemplateResult {
    const words = signInWords()
    const keep = () =>
      this.run(async () => {
        await call('POST', '/me/keep')
        location.reload()
      })
    return this.#notYet(
      words.leavingTitle,
      html`<p>${words.leaving(day(ends))}</p>
        <div class="ways">
          ${button({ label: words.keepAccount, kind: 'primary', busy: this.busy, onClick: () => void keep() })}
        </div>`,
    )
  }

  #signOut(): TemplateResult {
    const signOut = () =>
      this.run(async () => {
        await call('POST', '/sign-out')
        setMe(null)
      })
    return button({ label: baseWords().signOut, disabled: this.busy, onClick: () => void signOut() })
  }
}
customElements.define('essaim-sign-in', SignIn)
