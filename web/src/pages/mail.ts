/**
 * Links in mails. Each waits for a press: programs that look into mails follow links too, and would use them up.
 */
import { html, type TemplateResult } from 'lit'
import { ApiError, callBare } from '../api.ts'
import { go, takeFragment } from '../navigation.ts'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { signedIn, type SignedIn } from '../signing-in.ts'
import { baseWords } from '../words/base/index.ts'
import { mailWords } from '../words/mail.ts'

const kinds = ['verify', 'sign-in', 'stop'] as const
type Kind = (typeof kinds)[number]

class Mail extends Page {
  static override properties = { ...Page.properties, done: { state: true } }
  /** What to say of what was done; an empty text: nothing was. */
  declare done: string
  #kind: Kind | undefined
  #token = ''

  constructor() {
    super()
    this.done = ''
    const [, kind, token] = /^([a-z-]+)=([\w-]+)$/.exec(takeFragment()) ?? []
    this.#kind = kinds.find((one) => one === kind)
    this.#token = token ?? ''
    // The end of a recovery has a page of its own.
    if (kind === 'finish') queueMicrotask(() => go(`/recovery#${this.#token}`, { replace: true }))
  }

  #act(kind: Kind) {
    const token = this.#token
    return this.run(async () => {
      try {
        await this.#call(kind, token)
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'link-void') throw error
        this.error = mailWords().void
      }
    })
  }

  async #call(kind: Kind, token: string): Promise<void> {
    const words = mailWords()
    if (kind === 'verify') {
      const { address } = await callBare<{ address: string }>('POST', '/address/verify', { token })
      this.done = words.verified(address)
    } else if (kind === 'stop') {
      const { login } = await callBare<{ login: string }>('POST', '/recovery/stop', { token })
      this.done = words.stopped(login)
    } else {
      const answer = await callBare<SignedIn>('POST', '/sign-in/mail/finish', { token })
      await signedIn(answer, { keep: false })
      go('/', { replace: true })
    }
  }

  protected override render(): TemplateResult {
    const words = mailWords()
    const kind = this.#kind
    if (!kind) return narrow(words.title, html`${notice('warn', words.void)} ${this.#toStart()}`)
    const [title, text, label] = {
      verify: [words.verify, words.verifyText, words.verifyDo] as const,
      'sign-in': [words.signIn, words.signInText, words.signInDo] as const,
      stop: [words.stop, words.stopText, words.stopDo] as const,
    }[kind]
    if (this.done) return narrow(title, html`${notice('good', this.done)} ${this.#toStart()}`)
    return narrow(
      title,
      html`<p>${text}</p>
        ${alert(this.error)}
        <div class="ways">
          ${button({ label, kind: 'primary', busy: this.busy, onClick: () => void this.#act(kind) })}
        </div>`,
    )
  }

  #toStart(): TemplateResult {
    return html`<p><a href="/">${baseWords().toStart}</a></p>`
  }
}
customElements.define('essaim-mail', Mail)
