/** A device that is signed in: looks at who asks with a code, and lets it in or not. */
import { pairingId, parsePairingCode, type PairingOffer } from '@essaim/client'
import { html, type TemplateResult } from 'lit'
import { ApiError, call } from '../api.ts'
import { needKeys } from '../keys.ts'
import { Page } from '../page.ts'
import { button, field, submit, submitted } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { distance } from '../words/language.ts'
import { pairWords } from '../words/pair.ts'

interface Asking {
  key: PairingOffer
  agent: string | null
  address: string | null
  created: number
}

class PairOld extends Page {
  static override properties = {
    ...Page.properties,
    code: {},
    asking: { state: true },
    outcome: { state: true },
  }
  /** From the address, or as typed. */
  declare code: string
  declare asking: Asking | undefined
  declare outcome: 'in' | 'refused' | undefined

  constructor() {
    super()
    this.code = ''
    this.asking = undefined
    this.outcome = undefined
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.code) void this.#look(this.code)
  }

  #look(typed: string) {
    return this.run(async () => {
      this.code = parsePairingCode(typed)
      try {
        this.asking = await call<Asking>('POST', '/pair/look', { rendezvous: await pairingId(this.code) })
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'pairing-absent') throw error
        this.error = pairWords().absent
      }
    })
  }

  #approve({ key }: Asking) {
    return this.run(async () => {
      const keys = await needKeys()
      const sealed = keys ? await keys.admit(this.code, key) : null
      await call('POST', '/pair/approve', { rendezvous: await pairingId(this.code), sealed })
      this.outcome = 'in'
    })
  }

  #refuse() {
    return this.run(async () => {
      await call('POST', '/pair/refuse', { rendezvous: await pairingId(this.code) })
      this.outcome = 'refused'
    })
  }

  protected override render(): TemplateResult {
    const words = pairWords()
    if (this.outcome)
      return narrow(
        this.outcome === 'in' ? words.doneTitle : words.refusedTitle,
        html`${this.outcome === 'in' ? notice('good', words.done) : notice('info', words.refused)}
          <p><a href="/account/devices">${words.devices}</a></p>`,
      )
    return this.asking ? this.#question(this.asking) : this.#form()
  }

  #form(): TemplateResult {
    const words = pairWords()
    return narrow(
      words.oldTitle,
      html`<form @submit=${submitted(({ code = '' }) => this.#look(code))}>
        <p>${words.oldText}</p>
        ${field({
          name: 'code',
          label: words.code,
          hint: words.codeHint,
          autocomplete: 'off',
          required: true,
          maxlength: 200,
          autofocus: true,
          value: this.code,
        })}
        ${alert(this.error)} ${submit(words.look, { busy: this.busy, disabled: this.wait > 0 })}
      </form>`,
    )
  }

  #question(asking: Asking): TemplateResult {
    const words = pairWords()
    const { agent, address, created } = asking
    return narrow(
      words.askTitle,
      html`<p>${words.ask}</p>
        <div class="asking">
          <p class="title">${agent || words.unknown}</p>
          <p class="detail">
            ${address ? html`${words.from(address)}, ` : ''}${words.asked(distance(created))}
          </p>
        </div>
        ${notice('warn', words.warning)} ${alert(this.error)}
        <div class="ways">
          ${button({
            label: words.yes,
            kind: 'primary',
            busy: this.busy,
            onClick: () => void this.#approve(asking),
          })}
          ${button({ label: words.no, disabled: this.busy, onClick: () => void this.#refuse() })}
        </div>`,
    )
  }
}
customElements.define('essaim-pair-old', PairOld)
