/** The new device: shows a code that never leaves it but through the person, and waits to be let in. */
import { formatPairingCode, startPairing, type Pairing } from '@essaim/client'
import { html, nothing, type TemplateResult } from 'lit'
import { ApiError, callBare } from '../api.ts'
import type { Me } from '../contract.ts'
import { keepDevice, unlockPaired } from '../keys.ts'
import { go } from '../navigation.ts'
import { Page } from '../page.ts'
import { button, checkbox } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { qrCode } from '../parts/qr.ts'
import { announceMe, state, takeMe } from '../session.ts'
import { pairWords } from '../words/pair.ts'

type Answer = { state: 'waiting' | 'refused' | 'expired' } | { state: 'ready'; sealed: unknown; me: Me }

/** Milliseconds between two questions whether the device may come in. */
const pollEvery = 2_000

class PairNew extends Page {
  static override properties = {
    ...Page.properties,
    invited: { type: Boolean },
    pairing: { state: true },
    ended: { state: true },
    keep: { state: true },
  }
  /** Whether the address had a code, which is of use on a device that is signed in. */
  declare invited: boolean
  declare pairing: Pairing | undefined
  declare ended: 'refused' | 'expired' | undefined
  declare keep: boolean
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.invited = false
    this.pairing = undefined
    this.ended = undefined
    this.keep = true
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!this.invited) void this.#start()
  }

  override disconnectedCallback(): void {
    clearTimeout(this.#timer)
    super.disconnectedCallback()
  }

  #start() {
    this.ended = undefined
    return this.run(async () => {
      const pairing = await startPairing()
      const { poll } = await callBare<{ poll: string }>('POST', '/pair', {
        rendezvous: pairing.id,
        key: pairing.offer,
      })
      this.pairing = pairing
      this.#wait(pairing, poll)
    })
  }

  #wait(pairing: Pairing, poll: string): void {
    this.#timer = setTimeout(() => void this.#poll(pairing, poll), pollEvery)
  }

  async #poll(pairing: Pairing, poll: string): Promise<void> {
    try {
      const answer = await callBare<Answer>('POST', '/pair/poll', { poll })
      if (!this.isConnected) return
      if (answer.state === 'waiting') this.#wait(pairing, poll)
      else if (answer.state === 'ready') await this.#enter(pairing, answer)
      else this.ended = answer.state
    } catch (error) {
      // A connection that failed for a moment is no end.
      if (error instanceof ApiError && ['offline', 'throttled', 'busy'].includes(error.code))
        this.#wait(pairing, poll)
      else this.fail(error)
    }
  }

  async #enter(pairing: Pairing, { sealed, me }: { sealed: unknown; me: Me }): Promise<void> {
    takeMe(me)
    if (sealed !== null) {
      await unlockPaired(await pairing.open(sealed))
      if (this.keep) await keepDevice()
    }
    announceMe()
    go('/', { replace: true })
  }

  protected override render(): TemplateResult {
    const words = pairWords()
    const signIn = html`<ul class="links" role="list">
      <li><a href="/">${words.signIn}</a></li>
    </ul>`
    if (this.invited) return narrow(words.oldTitle, html`${notice('info', words.linkElsewhere)}${signIn}`)
    return narrow(
      words.newTitle,
      html`${alert(this.error)} ${this.ended || !this.pairing ? this.#again() : this.#code(this.pairing)}
      ${signIn}`,
    )
  }

  #again(): TemplateResult {
    const words = pairWords()
    if (!this.ended && this.busy) return html`<div class="qr-room"></div>`
    return html`${
        this.ended ? notice('warn', this.ended === 'expired' ? words.expired : words.refusedHere) : nothing
      }
      <div class="ways">
        ${button({ label: words.again, kind: 'primary', onClick: () => void this.#start() })}
      </div>`
  }

  #code(pairing: Pairing): TemplateResult {
    const words = pairWords()
    const code = formatPairingCode(pairing.code)
    const address = `${state().publicUrl}/pair`
    return html`<p>${words.newText} <strong class="code">${address}</strong> ${words.newText2}</p>
      ${qrCode(`${address}#${pairing.code}`, words.qr)}
      <p class="pair-code code">${code.split('-').map((group) => html`<span>${group}</span>`)}</p>
      <p class="hint">${words.good}</p>
      ${checkbox({
        name: 'keep',
        label: words.keep,
        hint: words.keepHint,
        checked: this.keep,
        onChange: (checked) => (this.keep = checked),
      })}
      <p class="waits" role="status">${words.waits}</p>`
  }
}
customElements.define('essaim-pair-new', PairNew)
