/** On the computer: shows which telephone asks, and lets it in after a proof that it is she who says so. */
import { html, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { prove } from '../proof.ts'
import { isFresh } from '../session.ts'
import { firefoxPairWords } from '../words/firefox/pair.ts'
import { ask, ChannelError } from './channel.ts'
import { clientOf } from './clients.ts'

/** Milliseconds between two questions whether the telephone's person has agreed. */
const beatEvery = 1_000

/** What the browser knows of the telephone. */
interface Asking {
  ua?: string
  ipAddress?: string
}

/** `<essaim-firefox-pair-allow>` */
class PairAllow extends Page {
  static override properties = { ...Page.properties, asking: { state: true }, stage: { state: true } }
  declare asking: Asking | undefined
  declare stage: 'asks' | 'waits' | 'done' | 'refused' | 'failed'
  readonly #query = new URLSearchParams(location.search.slice(0, 4_000))
  readonly #client = clientOf(this.#query.get('client_id'))
  #agreed = false
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.asking = undefined
    this.stage = 'asks'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#begin()
  }

  override disconnectedCallback(): void {
    clearInterval(this.#timer)
    super.disconnectedCallback()
  }

  #tell<Answer>(command: Parameters<typeof ask>[0]): Promise<Answer> {
    return ask<Answer>(command, { channel_id: this.#query.get('channel_id') ?? '' })
  }

  async #begin(): Promise<void> {
    try {
      if (this.#client?.kind !== 'mobile') throw new ChannelError('refused', 'fxaccounts:pair_authorize')
      this.asking = await this.#tell<Asking>('fxaccounts:pair_supplicant_metadata')
      this.#timer = setInterval(() => void this.#beat(), beatEvery)
    } catch {
      this.#stop('failed')
    }
  }

  /** The browser says whether the other one has agreed, or is gone. */
  async #beat(): Promise<void> {
    try {
      const told = await this.#tell<{ err?: unknown; suppAuthorized?: boolean }>('fxaccounts:pair_heartbeat')
      if (this.stage !== 'asks' && this.stage !== 'waits') return
      this.#agreed = told.suppAuthorized === true
      if (told.err !== undefined) this.#stop('failed')
      else if (this.#agreed && this.stage === 'waits') await this.#complete()
    } catch {
      this.#stop('failed')
    }
  }

  #stop(stage: 'done' | 'refused' | 'failed'): void {
    clearInterval(this.#timer)
    if (this.stage === 'asks' || this.stage === 'waits') this.stage = stage
  }

  async #complete(): Promise<void> {
    this.#stop('done')
    await this.#tell('fxaccounts:pair_complete')
  }

  #allow() {
    return this.run(async () => {
      const { uid } = await call<{ uid: string }>('GET', '/firefox')
      const wanted = this.#query.get('uid')
      if (wanted !== uid) {
        this.error = firefoxPairWords().other((this.#query.get('email') ?? '').slice(0, 320))
        return
      }
      if (!isFresh() && !(await prove())) return
      await call('POST', '/firefox/pairing', { client: this.#client!.id })
      try {
        await this.#tell('fxaccounts:pair_authorize')
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error
        return this.#stop('failed')
      }
      if (this.stage !== 'asks') return
      this.stage = 'waits'
      if (this.#agreed) await this.#complete()
    })
  }

  #refuse() {
    return this.run(async () => {
      this.#stop('refused')
      await this.#tell('fxaccounts:pair_decline').catch(() => undefined)
    })
  }

  protected override render(): TemplateResult {
    const words = firefoxPairWords()
    const { stage } = this
    if (stage === 'failed') return narrow(words.failedTitle, notice('warn', words.failed))
    if (stage === 'refused') return narrow(words.refusedTitle, notice('info', words.refused))
    if (stage === 'done')
      return narrow(
        words.authDoneTitle,
        html`${notice('good', words.authDone)}
          <p><a href="/account/devices">${words.devices}</a></p>`,
      )
    const syncs = (this.#query.get('scope') ?? '').includes('oldsync')
    const name = this.#client?.name ?? ''
    const { ua, ipAddress } = this.asking ?? {}
    return narrow(
      words.authTitle,
      html`<p>${syncs ? words.auth(name) : words.authScopesLess(name)}</p>
        <div class="asking">
          <p class="title">${ua?.slice(0, 200) || words.unknown}</p>
          <p class="detail">${ipAddress ? words.near(ipAddress) : ''}</p>
        </div>
        ${notice('warn', words.warning)} ${alert(this.error)}
        ${
          stage === 'waits'
            ? html`<p role="status">${words.authWaits}</p>`
            : html`<div class="ways">
                ${button({
                  label: words.yes,
                  kind: 'primary',
                  busy: this.busy,
                  disabled: !this.asking,
                  onClick: () => void this.#allow(),
                })}
                ${button({ label: words.no, disabled: this.busy, onClick: () => void this.#refuse() })}
              </div>`
        }`,
    )
  }
}
customElements.define('essaim-firefox-pair-allow', PairAllow)
