/** The password: set, changed, taken away. It is stretched here and never leaves the page. */
import { slotSecret, type StretchParameters } from '@essaim/client'
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { deviceSlot } from '../keys.ts'
import { ask } from '../parts/dialog.ts'
import { button, checkbox, field, submit, submitted } from '../parts/forms.ts'
import { section } from '../parts/notices.ts'
import { working } from '../parts/working.ts'
import { me } from '../session.ts'
import { stretch } from '../stretching.ts'
import { weaknessOf } from '../weakness.ts'
import { waysWords } from '../words/account/ways.ts'
import { day } from '../words/language.ts'
import { removeWay, SecurityPart, setWay } from './security-part.ts'

/** `<essaim-password>` */
class Password extends SecurityPart {
  static override properties = {
    ...SecurityPart.properties,
    open: { state: true },
    known: { state: true },
    wrong: { state: true },
    share: { state: true },
  }
  declare open: boolean
  /** Whether somebody may know the old one. */
  declare known: boolean
  declare wrong: string
  declare share: number | undefined
  #stop: AbortController | undefined

  constructor() {
    super()
    this.open = false
    this.known = false
    this.wrong = ''
    this.share = undefined
  }

  override disconnectedCallback(): void {
    this.#stop?.abort()
    super.disconnectedCallback()
  }

  async #stretch(password: string) {
    const { login } = me()
    const { parameters } = await call<{ parameters: StretchParameters }>('POST', '/me/password/begin', {})
    this.#stop = new AbortController()
    this.share = 0
    try {
      const how = { signal: this.#stop.signal, onProgress: (share: number) => (this.share = share) }
      return { parameters, ...(await stretch({ login, password, parameters }, how)) }
    } finally {
      this.share = undefined
    }
  }

  #save(values: Record<string, string>): void {
    const { 'new-password': password = '' } = values
    const { password: words } = waysWords()
    const { login } = me()
    const { known } = this
    const endOthers = known || values['others'] === 'on'
    const first = !this.security.password.set
    void this.run(async () => {
      const weakness = await weaknessOf(password, login)
      this.wrong = weakness ? words.weak[weakness] : ''
      if (this.wrong) return this.querySelector<HTMLElement>('#new-password')?.focus()
      const { parameters, auth, secret } = await this.#stretch(password)
      const slot = { secret: await slotSecret('password', secret) }
      const here = known ? await deviceSlot() : undefined
      await setWay(
        slot,
        (keys) => call('PUT', '/me/password', { parameters, auth, endOthers, ...keys }),
        ({ slots }) => ({
          password: slot,
          // Whoever knew it may have put a device of his own there.
          ...(known && {
            remove: slots.filter(({ kind, id }) => kind === 'device' && id !== here).map(({ id }) => id),
          }),
        }),
      )
      this.open = this.known = false
      return this.done(() => waysWords().password[first ? 'savedFirst' : 'saved'])
    })
  }

  #remove(): void {
    void this.run(async () => {
      const { password: words } = waysWords()
      if (!(await ask({ title: words.remove, text: words.removeAsk, confirm: words.remove, danger: true })))
        return
      await removeWay(
        ({ kind }) => kind === 'password',
        (keys) => call('DELETE', '/me/password', keys),
      )
      await this.done(() => waysWords().password.removed)
    })
  }

  #form(set: boolean): TemplateResult {
    const { password: words } = waysWords()
    return html`<form @submit=${submitted((values) => this.#save(values))}>
      <input type="hidden" name="username" autocomplete="username" value=${me().login} />
      ${field({
        name: 'new-password',
        label: words.new,
        type: 'password',
        autocomplete: 'new-password',
        hint: words.newHint,
        wrong: this.wrong,
        required: true,
        maxlength: 1024,
      })}
      ${
        set
          ? html`${checkbox({
              name: 'known',
              label: words.known,
              hint: words.knownHint,
              checked: this.known,
              onChange: (checked) => (this.known = checked),
            })}
            ${this.known ? nothing : checkbox({ name: 'others', label: words.others })}`
          : nothing
      }
      ${this.trouble()}
      ${
        this.share === undefined
          ? html`<div class="actions">
              ${submit(words.save, { busy: this.busy })}
              ${button({ label: waysWords().cancel, onClick: () => (this.open = false), disabled: this.busy })}
            </div>`
          : working(this.share, () => this.#stop?.abort())
      }
    </form>`
  }

  protected override render() {
    const { password: words } = waysWords()
    const { set, changed } = this.security.password
    const start = async () => {
      this.open = true
      await this.updateComplete
      this.querySelector<HTMLElement>('#new-password')?.focus()
    }
    return section(
      words.title,
      this.open
        ? this.#form(set)
        : html`<p>${set ? words.set(changed ? day(changed) : '…') : words.unset}</p>
            ${this.trouble()}
            <div class="actions">
              ${button({
                label: set ? words.change : words.first,
                kind: set ? 'plain' : 'primary',
                disabled: this.busy,
                onClick: () => void start(),
              })}
              ${set ? button({ label: words.remove, busy: this.busy, onClick: () => this.#remove() }) : nothing}
            </div>`,
      words.stays,
    )
  }
}
customElements.define('essaim-password', Password)
