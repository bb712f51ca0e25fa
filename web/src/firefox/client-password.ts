/** The generated password with which programs other than Firefox sign in to Sync: made here, shown once, switched off. */
import { syncKey } from '@essaim/client'
import { html, nothing } from 'lit'
import { call } from '../api.ts'
import { needKeys } from '../keys.ts'
import { ask, openDialog } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { section } from '../parts/notices.ts'
import '../parts/secret.ts'
import { tell } from '../parts/tell.ts'
import { leavesToProve, prove } from '../proof.ts'
import { isFresh, state } from '../session.ts'
import { clientPasswordWords } from '../words/account/client-password.ts'
import { day, distance } from '../words/language.ts'
import { newClientPassword, wrapSyncKey } from './onepw.ts'

interface Stored {
  clientPassword: { made: number; used: number | null } | null
}

/** `<essaim-client-password>` */
class ClientPassword extends Loading<Stored> {
  protected ask(): Promise<Stored> {
    return call<Stored>('GET', '/me/client-password')
  }

  #make(): void {
    void this.run(async () => {
      const words = clientPasswordWords()
      if (this.data?.clientPassword) {
        const question = { title: words.replace, text: words.replaceAsk, confirm: words.replace }
        if (!(await ask(question))) return
      }
      if (leavesToProve() && !(await prove())) return
      // Whoever unlocks her key mostly proves by that who she is, and is asked once.
      const keys = await needKeys()
      if (!keys) return tell(words.noKeys)
      if (!isFresh() && !(await prove())) return
      const { email } = await call<{ email: string }>('GET', '/firefox')
      const password = newClientPassword()
      const { kid } = await syncKey(keys.keyring)
      await call('PUT', '/me/client-password', {
        ...(await wrapSyncKey(email, password, keys.keyring)),
        kid,
      })
      await this.#show(email, password)
      await this.load()
    })
  }

  #show(email: string, password: string): Promise<true | undefined> {
    const { publicUrl } = state()
    return openDialog<true>(
      () => clientPasswordWords().made,
      (done) => {
        const words = clientPasswordWords()
        const lines = [
          [words.email, email],
          [words.password, password],
          [words.accounts, `${publicUrl}/fxa/v1`],
          [words.token, publicUrl],
        ] as const
        return html`<p>${words.madeText}</p>
          ${lines.map(
            ([label, text]) =>
              html`<p class="label">${label}</p>
                <essaim-secret .text=${text} .label=${label}></essaim-secret>`,
          )}
          <div class="actions end">
            ${button({ label: words.done, kind: 'primary', onClick: () => done(true) })}
          </div>`
      },
    )
  }

  #remove(): void {
    void this.run(async () => {
      const words = clientPasswordWords()
      const question = { title: words.remove, text: words.removeAsk, confirm: words.remove, danger: true }
      if (!(await ask(question))) return
      await call('DELETE', '/me/client-password')
      await this.load()
      tell(clientPasswordWords().removed)
    })
  }

  #now({ clientPassword }: Stored) {
    const words = clientPasswordWords()
    const made = clientPassword?.made
    const used = clientPassword?.used
    return html`<p>${words.care}</p>
      <p>
        ${
          made === undefined
            ? words.off
            : `${words.on(day(made))} ${used ? words.used(distance(used)) : words.unused}`
        }
      </p>
      ${this.trouble()}
      <div class="actions">
        ${button({
          label: made === undefined ? words.make : words.replace,
          kind: 'plain',
          busy: this.busy,
          onClick: () => this.#make(),
        })}
        ${
          made === undefined
            ? nothing
            : button({
                label: words.remove,
                kind: 'danger',
                disabled: this.busy,
                onClick: () => this.#remove(),
              })
        }
      </div>`
  }

  protected override render() {
    const words = clientPasswordWords()
    return section(words.title, this.data ? this.#now(this.data) : this.waiting(), words.text)
  }
}
customElements.define('essaim-client-password', ClientPassword)
