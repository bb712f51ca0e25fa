/** E-mail addresses: for notices, for getting back in, and for signing in by a link. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { ask } from '../parts/dialog.ts'
import { button, checkbox, field, submit, submitted } from '../parts/forms.ts'
import { notice, row, rows, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { state } from '../session.ts'
import { waysWords } from '../words/account/ways.ts'
import type { MailAddress } from './contract.ts'
import { SecurityPart } from './security-part.ts'

/** `<essaim-addresses>` */
class Addresses extends SecurityPart {
  #add(address: string): void {
    void this.run(async () => {
      await call('POST', '/me/addresses', { address })
      this.querySelector('form')?.reset()
      await this.done(() => waysWords().addresses.added(address))
    })
  }

  #remove({ id, address }: MailAddress): void {
    void this.run(async () => {
      const { addresses: words, remove, removeOne } = waysWords()
      const question = {
        title: removeOne(address),
        text: words.removeAsk(address),
        confirm: remove,
        danger: true,
      }
      if (!(await ask(question))) return
      await call('DELETE', `/me/addresses/${id}`)
      await this.done(() => waysWords().addresses.removed(address))
    })
  }

  #signIn(on: boolean): void {
    const put = async (wanted: boolean) => {
      await call('PUT', '/me/mail-sign-in', { on: wanted })
      await this.reload()
    }
    void this.run(async () => {
      await put(on)
      const { addresses: words, undo } = waysWords()
      tell(on ? words.signInOn : words.signInOff, { label: undo, act: () => this.run(() => put(!on)) })
    })
    // What is shown is what the server has, not what was pressed.
    this.requestUpdate()
  }

  #row(address: MailAddress): TemplateResult {
    const { addresses: words, remove, removeOne } = waysWords()
    return row({
      title: address.address,
      detail: address.verified ? words.verified : words.unverified,
      actions: button({
        label: remove,
        name: removeOne(address.address),
        disabled: this.busy,
        onClick: () => this.#remove(address),
      }),
    })
  }

  protected override render() {
    const { addresses: words } = waysWords()
    const { addresses, mailSignIn } = this.security
    const { mail } = state()
    const list = rows(
      addresses.map((one) => this.#row(one)),
      words.none,
    )
    if (!mail)
      return section(
        words.title,
        html`${addresses.length > 0 ? list : nothing} ${this.trouble()} ${notice('info', words.noMail)}`,
        words.text,
      )
    return section(
      words.title,
      html`${list} ${this.trouble()}
        <form class="line" @submit=${submitted(({ email = '' }) => this.#add(email.trim()))}>
          ${field({
            name: 'email',
            label: words.field,
            type: 'email',
            autocomplete: 'email',
            required: true,
            maxlength: 254,
          })}
          ${submit(words.add, { busy: this.busy })}
        </form>
        ${
          addresses.some(({ verified }) => verified) || mailSignIn
            ? checkbox({
                name: 'mail-sign-in',
                label: words.signIn,
                hint: words.signInHint,
                checked: mailSignIn,
                disabled: this.busy,
                onChange: (on) => this.#signIn(on),
              })
            : nothing
        }`,
      words.text,
    )
  }
}
customElements.define('essaim-addresses', Addresses)
