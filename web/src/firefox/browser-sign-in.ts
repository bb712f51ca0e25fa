/**
 * The page that Firefox opens to be signed in: it is asked who it is, the person signs in here if she has not, and with
 * one click her key is handed to the browser. Nothing is sent to it before that click.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { ApiError, call } from '../api.ts'
import { AskingPage } from '../apps/asking-page.ts'
import { keysAtHand, needPresentKeys, unlockWithDevice } from '../keys.ts'
import { go } from '../navigation.ts'
import { ask as askPerson } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { leavesToProve, prove } from '../proof.ts'
import { isFresh, me, state } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { firefoxWords } from '../words/firefox/sign-in.ts'
import { ask, askStatus, ChannelError, type BrowserUser, type Status } from './channel.ts'
import './choose.ts'
import { clientOf, firefox, type Client } from './clients.ts'
import { letIn, signOut, StrangeRequest, type Engines, type Identity } from './let-in.ts'
import './make-key.ts'
import { loginOf, readRequest, type Request } from './request.ts'
import { kindOf } from './seen.ts'
import { whoIs } from './who.ts'

/** Where the page stands; also its `data-state`. */
type Stage =
  | 'looking'
  | 'absent'
  | 'signed-out'
  | 'elsewhere'
  | 'already'
  | 'no-keys'
  | 'asks'
  | 'left'
  | 'done'

/** What the browser calls itself; it may not say the truth. */
const isFirefox = (): boolean => kindOf(navigator.userAgent) !== 'other'
/** Seconds in which one that calls itself otherwise may still show that it is a Firefox. */
const briefly = 1.5

class FirefoxPage extends AskingPage {
  static override properties = {
    ...AskingPage.properties,
    status: { state: true },
    deaf: { state: true },
    identity: { state: true },
    anew: { state: true },
    without: { state: true },
    outcome: { state: true },
  }
  /** What the browser says; undefined: it was not asked, or does not answer. */
  declare status: Status | undefined
  /** Why nothing answers; undefined: it does, or is still asked. */
  declare deaf: ChannelError['code'] | undefined
  declare identity: Identity | undefined
  /** Whether she wants to sign in again what is signed in. */
  declare anew: boolean
  /** Whether she does without Sync. */
  declare without: boolean
  declare outcome: 'left' | 'done' | undefined
  /** Of whom `identity` is. */
  #account: string | undefined
  /** The session of a try that did not come to its end. */
  #session: string | undefined
  #request: Request | undefined
  /** Which account the address forces, whatever the browser says. */
  readonly #isForced = location.pathname.endsWith('/force_auth')

  constructor() {
    super()
    this.status = undefined
    this.deaf = undefined
    this.identity = undefined
    this.anew = false
    this.without = false
    this.outcome = undefined
  }

  protected override read(): string {
    return location.search.slice(1) || super.read()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#look()
  }

  get #wanted(): Request {
    return (this.#request ??= readRequest(this.asked))
  }

  /** The program that is signed in: what it says itself counts, where it says it. */
  get #client(): Client {
    return clientOf(this.status?.clientId) ?? this.#wanted.mobile?.client ?? firefox
  }

  /** What a telephone asked for, if it is not a desktop that shows the page. */
  get #mobile() {
    const { mobile } = this.#wanted
    return this.#client.kind === 'mobile' && mobile?.client.id === this.#client.id ? mobile : undefined
  }

  /** Who is signed in in the browser. */
  get #user(): BrowserUser | undefined {
    return this.status?.signedInUser ?? undefined
  }

  /** Whether it is to have the key of Sync. */
  get #syncs(): boolean {
    const { service, mobile } = this.#wanted
    const asks = this.#mobile
      ? mobile!.scope.split(' ').includes(this.#client.syncScope)
      : ['', 'sync'].includes(service)
    return asks && !this.without
  }

  async #look(): Promise<void> {
    this.deaf = undefined
    const { service, channel, mobile } = this.#wanted
    // A telephone without messages is led back by addresses.
    if (mobile && !channel) return
    try {
      this.status = await askStatus(service || 'sync', isFirefox() ? undefined : briefly)
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      this.deaf = error.code
    }
  }

  protected begin(): void {
    if (this.#account === me().id) return
    this.#account = me().id
    this.identity = undefined
    if (!state().firefox) return
    void this.run(async () => {
      this.identity = await call<Identity>('GET', '/firefox')
      // What this device keeps opens it without a question; the proof is asked for with the click.
      if (me().keys && !keysAtHand()) await unlockWithDevice()
    })
  }

  #stage(): Stage {
    if (this.outcome) return this.outcome
    if (!state().firefox) return 'absent'
    const { email, mobile, channel } = this.#wanted
    const isLed = mobile !== undefined && !channel
    if (this.deaf && !mobile) return 'absent'
    if (!this.status && !this.deaf && !isLed) return 'looking'
    if (state().me?.state !== 'active') return 'signed-out'
    if (!this.identity) return 'looking'
    const user = this.#user
    if (user && user.uid !== this.identity.uid) return 'elsewhere'
    if (!user && this.#isForced && !this.#isMine(email)) return 'elsewhere'
    const isWhole = user !== undefined && user.verified !== false && Boolean(user.sessionToken)
    // With an address the browser asks for a new sign-in of the account that it has.
    if (isWhole && !this.#mobile && email === '' && !this.anew) return 'already'
    return this.#syncs && !me().keys ? 'no-keys' : 'asks'
  }

  #isMine(email: string): boolean {
    return email === '' || email.toLowerCase() === this.identity?.email.toLowerCase()
  }

  protected override fail(error: unknown): void {
    const { errors, channel } = firefoxWords()
    const { name } = this.#client
    if (error instanceof ApiError && errors[error.code]) this.error = errors[error.code]!
    else if (error instanceof StrangeRequest) this.error = channel.strange(name)
    else if (error instanceof ChannelError)
      this.error = `${channel[error.code](name)} ${error.said && channel.said(error.said)}`.trim()
    else super.fail(error)
  }

  #connect(engines: Engines | undefined): void {
    void this.run(async () => {
      const { identity } = this
      if (!identity) return
      if (leavesToProve() && !(await prove())) return
      const keys = this.#syncs ? await needPresentKeys() : undefined
      if (this.#syncs && !keys) return
      if (!isFresh() && !(await prove())) return
      const previous = this.#session ?? this.#user?.sessionToken ?? undefined
      const went = await letIn({
        client: this.#client,
        identity,
        keys,
        engines,
        previous,
        mobile: this.#mobile,
        channel: this.status !== undefined,
        onSession: (token) => (this.#session = token),
      })
      if (!went) {
        this.error = firefoxWords().channel.declined(this.#client.name)
        return
      }
      this.#end('done')
    })
  }

  #end(outcome: 'left' | 'done'): void {
    this.outcome = outcome
    this.#session = undefined
    this.finished()
    // What is new on the page is read from its heading.
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('#content')?.focus())
  }

  #disconnect(user: BrowserUser, text: string): void {
    void this.run(async () => {
      const { already } = firefoxWords()
      const confirm = already.disconnect(this.#client.name)
      if (!(await askPerson({ title: confirm, text, confirm, danger: true }))) return
      await signOut(user)
      this.status = { ...this.status!, signedInUser: null }
      // Without its account it listens to this page no more: a new sign-in begins in the browser.
      this.#end('left')
    })
  }

  /** Opens something of the browser's own. */
  #open(command: 'fxaccounts:sync_preferences' | 'fxaccounts:pair_preferences'): void {
    void this.run(() => ask(command, { entryPoint: 'essaim' }))
  }

  protected override signIn(): TemplateResult {
    const { email } = this.#wanted
    const login = loginOf(this.#user?.email ?? email, state().publicUrl)
    return html`<essaim-sign-in
      .why=${firefoxWords().why(this.#client.name)}
      .login=${login || undefined}
    ></essaim-sign-in>`
  }

  protected override render(): TemplateResult {
    const stage = this.#stage()
    this.dataset['state'] = stage
    return stage === 'looking' || stage === 'absent' || stage === 'done' || stage === 'left'
      ? this.page(stage)
      : super.render()
  }

  protected page(stage = this.#stage()): TemplateResult {
    const words = firefoxWords()
    const { name } = this.#client
    switch (stage) {
      case 'absent':
        return narrow(words.absent.title, this.#absent())
      case 'elsewhere':
        return narrow(words.elsewhere.title(name), this.#elsewhere())
      case 'already':
        return narrow(words.already.title(name), this.#already())
      case 'no-keys':
        return narrow(words.keys.title(name), this.#noKeys())
      case 'left':
        return narrow(words.left.title(name), this.#left())
      case 'done':
        return narrow(words.done.title(name), this.#done())
      case 'asks':
        return narrow(this.#user ? words.again(name) : words.title(name), this.#asks())
      default:
        return narrow(
          words.title(name),
          this.error
            ? html`${alert(this.error)}
                <div class="ways">
                  ${button({ label: baseWords().retry, kind: 'primary', onClick: () => location.reload() })}
                </div>`
            : html`<p class="empty waiting question">${words.looking(name)}</p>`,
        )
    }
  }

  #absent(): TemplateResult {
    const { absent } = firefoxWords()
    const [here, there] = [location.origin, state().publicUrl]
    const text = !state().firefox
      ? absent.none
      : this.deaf === 'no-channel'
        ? absent.origin(there)
        : isFirefox()
          ? absent.quiet
          : absent.other
    const canWait = state().firefox && this.deaf !== 'no-channel'
    return html`${notice('warn', text)}
      ${state().firefox && here !== there ? html`<p>${absent.moved(here, there)}</p>` : nothing}
      <div class="ways">
        ${canWait ? button({ label: baseWords().retry, onClick: () => void this.#look() }) : nothing}
        ${state().firefox ? html`<a class="button plain" href="/firefox">${absent.help}</a>` : nothing}
        <a class="button plain" href="/" @click=${() => this.finished()}>${absent.signIn}</a>
      </div>`
  }

  #elsewhere(): TemplateResult {
    const { elsewhere } = firefoxWords()
    const { name } = this.#client
    const mine = this.identity!.email
    const user = this.#user
    const theirs = user?.email ?? this.#wanted.email
    return html`${notice('warn', user ? elsewhere.text(name, theirs, mine) : elsewhere.asked(name, theirs, mine))}
      ${alert(this.error)}
      <div class="ways">
        ${button({
          label: elsewhere.theirs(theirs),
          kind: 'primary',
          busy: this.busy,
          onClick: () => void this.run(() => this.leave()),
        })}
        ${
          user
            ? button({
                label: elsewhere.disconnect(name),
                disabled: this.busy,
                onClick: () => this.#disconnect(user, elsewhere.disconnectAsk(name, theirs)),
              })
            : nothing
        }
        <a class="button plain" href="/">${elsewhere.back}</a>
      </div>`
  }

  #already(): TemplateResult {
    const { already } = firefoxWords()
    const { name } = this.#client
    const user = this.#user!
    return html`<p>${already.text(user.email)}</p>
      ${alert(this.error)}
      <div class="ways">
        ${button({
          label: already.settings,
          kind: 'primary',
          busy: this.busy,
          onClick: () => this.#open('fxaccounts:sync_preferences'),
        })}
        <a class="button plain" href="/account/browsers">${already.browsers}</a>
        <a class="button plain" href="/firefox">${already.another}</a>
        ${button({
          label: already.anew,
          disabled: this.busy,
          onClick: () => (this.anew = true),
        })}
        ${button({
          label: already.disconnect(name),
          kind: 'danger',
          disabled: this.busy,
          onClick: () => this.#disconnect(user, already.disconnectAsk),
        })}
      </div>
      <ul class="links" role="list">
        <li><a href="/">${already.account}</a></li>
      </ul>`
  }

  #noKeys(): TemplateResult {
    const mayDoWithout = this.#mobile === undefined && this.status?.capabilities.keys_optional === true
    return html`${whoIs(this.#client.name, this.identity!, this.leave, this.busy)}
      <essaim-firefox-key
        .app=${this.#client.name}
        ?optional=${mayDoWithout}
        @made=${() => this.requestUpdate()}
        @without=${() => (this.without = true)}
      ></essaim-firefox-key>`
  }

  #asks(): TemplateResult {
    const words = firefoxWords()
    const { name } = this.#client
    const { engines = [], choose_what_to_sync: mayChoose = true } = this.status?.capabilities ?? {}
    // What was chosen at first stays where a browser is signed in again.
    const offered = this.#syncs && !this.#user && mayChoose ? engines : []
    return html`${whoIs(this.#client.name, this.identity!, this.leave, this.busy)}
      <essaim-firefox-choose
        .engines=${offered}
        .label=${words.act(name)}
        .problem=${this.error}
        .text=${this.#syncs ? words.secret : words.noSync}
        ?locked=${this.#syncs && !keysAtHand()}
        ?busy=${this.busy}
        .connect=${(chosen: Engines | undefined) => this.#connect(chosen)}
        .pair=${() =>
          void this.run(async () => {
            await this.leave()
            go('/pair')
          })}
      ></essaim-firefox-choose>`
  }

  #left(): TemplateResult {
    const { left, already } = firefoxWords()
    return html`${notice('good', left.text)}
      <p>${left.again}</p>
      <div class="ways">
        <a class="button plain" href="/">${already.account}</a>
      </div>`
  }

  #done(): TemplateResult {
    const { done, already } = firefoxWords()
    const mobile = this.#mobile !== undefined
    const { pairing } = this.status?.capabilities ?? {}
    const text = mobile ? done.mobile : this.#syncs ? done.text : done.plain
    if (mobile) return notice('good', text)
    return html`${notice('good', text)} ${alert(this.error)}
      <h2>${done.next}</h2>
      <div class="ways">
        ${button({
          label: already.settings,
          busy: this.busy,
          onClick: () => this.#open('fxaccounts:sync_preferences'),
        })}
        <a class="button plain" href="/firefox">${already.another}</a>
        ${
          pairing && this.#syncs
            ? button({
                label: done.phone,
                disabled: this.busy,
                onClick: () => this.#open('fxaccounts:pair_preferences'),
              })
            : nothing
        }
        <a class="button plain" href="/account/browsers">${already.browsers}</a>
      </div>`
  }
}
customElements.define('essaim-firefox', FirefoxPage)
