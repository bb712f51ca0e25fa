/** On the telephone: asks its person whether to sign in by the browser that showed the picture, and hands over the code. */
import { html, type TemplateResult } from 'lit'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { firefoxPairWords } from '../words/firefox/pair.ts'
import { tellChannel } from './channel.ts'
import { joinChannel, readOffer, type Heard, type PairChannel } from './pair-channel.ts'
import { readRequest, type Request } from './request.ts'

/** The other browser's person and name, as it says. */
interface Metadata {
  email: string
  device: string
}

const short = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 200) : '')

/** `<essaim-firefox-pair-join>` */
class PairJoin extends Page {
  static override properties = {
    ...Page.properties,
    offer: {},
    other: { state: true },
    stage: { state: true },
  }
  /** What stands behind the # of the address. */
  declare offer: string
  declare other: Metadata | undefined
  declare stage: 'joins' | 'asks' | 'waits' | 'done' | 'refused' | 'failed' | 'wrong'
  readonly #request: Request = readRequest(location.search.slice(1))
  #channel: PairChannel | undefined
  #code = ''

  constructor() {
    super()
    this.offer = ''
    this.other = undefined
    this.stage = 'joins'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#join()
  }

  override disconnectedCallback(): void {
    this.#channel?.close()
    super.disconnectedCallback()
  }

  async #join(): Promise<void> {
    const offer = readOffer(this.offer)
    const { mobile } = this.#request
    if (!offer || !mobile) {
      this.stage = 'wrong'
      return
    }
    try {
      this.#channel = await joinChannel(location.origin, offer, {
        heard: (heard) => this.#hear(heard),
        ended: () => this.#end(),
      })
      await this.#channel.say('pair:supp:request', {
        client_id: mobile.client.id,
        state: mobile.state,
        scope: mobile.scope,
        code_challenge: mobile.challenge,
        code_challenge_method: 'S256',
        keys_jwk: mobile.keysJwk,
      })
    } catch {
      this.stage = 'failed'
    }
  }

  #hear({ message, data }: Heard): void {
    if (message === 'pair:auth:metadata' && this.stage === 'joins') {
      this.other = { email: short(data['email']), device: short(data['deviceName']) }
      this.stage = 'asks'
    } else if (message === 'pair:auth:authorize' && (this.stage === 'asks' || this.stage === 'waits')) {
      const code = short(data['code'])
      // The code of somebody else's request would sign this browser in as whoever sent it.
      if (!/^[\w-]+$/.test(code) || data['state'] !== this.#request.mobile?.state) return this.#end()
      this.#code = code
      if (this.stage === 'waits') this.#finish()
    } else this.#end()
  }

  #end(): void {
    if (this.stage !== 'done' && this.stage !== 'refused') this.stage = 'failed'
  }

  async #agree(): Promise<void> {
    await this.run(async () => {
      await this.#channel?.say('pair:supp:authorize')
      if (this.stage !== 'asks') return
      this.stage = 'waits'
      if (this.#code) this.#finish()
    })
  }

  /** Hands the code to the browser; by its message, or by the fixed address that it looks for. */
  #finish(): void {
    const { mobile, channel } = this.#request
    this.stage = 'done'
    this.#channel?.close()
    const { state, client } = mobile!
    const told = { code: this.#code, state, action: 'pairing' }
    if (channel)
      tellChannel('fxaccounts:oauth_login', {
        ...told,
        redirect: 'urn:ietf:wg:oauth:2.0:oob:oauth-redirect-webchannel',
      })
    else location.assign(`/oauth/success/${client.id}?${new URLSearchParams(told).toString()}`)
  }

  #refuse(): void {
    this.stage = 'refused'
    this.#channel?.close()
  }

  protected override render(): TemplateResult {
    const words = firefoxPairWords()
    const { stage, other } = this
    if (stage === 'failed') return narrow(words.failedTitle, notice('warn', words.failed))
    if (stage === 'wrong') return narrow(words.failedTitle, notice('warn', words.wrong))
    if (stage === 'refused') return narrow(words.refusedTitle, notice('info', words.refused))
    const said = { joins: words.suppJoins, waits: words.suppWaits, done: words.suppDone, asks: '' }[stage]
    return narrow(
      words.suppTitle,
      html`${other ? html`<p>${words.suppAs(other.email)}</p>` : ''}
      ${other?.device ? html`<p>${words.suppBy(other.device)}</p>` : ''} ${alert(this.error)}
      ${
        said
          ? html`<p role="status">${said}</p>`
          : html`<div class="ways">
              ${button({
                label: words.suppYes,
                kind: 'primary',
                busy: this.busy,
                onClick: () => void this.#agree(),
              })}
              ${button({ label: words.suppNo, disabled: this.busy, onClick: () => this.#refuse() })}
            </div>`
      }`,
    )
  }
}
customElements.define('essaim-firefox-pair-join', PairJoin)
