/** The password that older Kinto apps send to the server as it is: it opens that door alone. */
import { html, nothing } from 'lit'
import { call } from '../api.ts'
import { ask } from '../parts/dialog.ts'
import { button, field, submit, submitted } from '../parts/forms.ts'
import { section } from '../parts/notices.ts'
import { waysWords } from '../words/account/ways.ts'
import { SecurityPart } from './security-part.ts'

/** `<essaim-direct-password>` */
class DirectPassword extends SecurityPart {
  #save(password: string): void {
    void this.run(async () => {
      await call('POST', '/me/direct-password', { password })
      this.querySelector('form')?.reset()
      await this.done(() => waysWords().direct.saved)
    })
  }

  #remove(): void {
    void this.run(async () => {
      const { direct: words } = waysWords()
      if (!(await ask({ title: words.remove, text: words.removeAsk, confirm: words.remove, danger: true })))
        return
      await call('DELETE', '/me/direct-password')
      await this.done(() => waysWords().direct.removed)
    })
  }

  protected override render() {
    const { direct: words } = waysWords()
    const { set } = this.security.direct
    return section(
      words.title,
      html`<p>${set ? words.set : words.unset}</p>
        <details ?open=${this.error !== ''}>
          <summary>${set ? words.change : words.first}</summary>
          <form @submit=${submitted(({ 'direct-password': password = '' }) => this.#save(password))}>
            ${field({
              name: 'direct-password',
              label: words.field,
              type: 'password',
              // It is no password of this page: nothing may offer it here.
              autocomplete: 'off',
              required: true,
              maxlength: 1024,
            })}
            ${this.trouble()}
            <div class="actions">
              ${submit(words.save, { busy: this.busy })}
              ${
                set
                  ? button({
                      label: words.remove,
                      kind: 'danger',
                      disabled: this.busy,
                      onClick: () => this.#remove(),
                    })
                  : nothing
              }
            </div>
          </form>
        </details>`,
      words.text,
    )
  }
}
customElements.define('essaim-direct-password', DirectPassword)
