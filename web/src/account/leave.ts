/** Deleting the account, with second thoughts. */
import { html, nothing } from 'lit'
import { call } from '../api.ts'
import { ownFirefox } from '../firefox/tell.ts'
import { Page } from '../page.ts'
import { openDialog } from '../parts/dialog.ts'
import { button, field, submit, submitted } from '../parts/forms.ts'
import { alert, notice, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { me, reloadMe } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { profileWords } from '../words/account/profile.ts'
import { moment } from '../words/language.ts'

/** `<essaim-leave>` */
class Leave extends Page {
  /** True once she has typed her own name. */
  async #sure(): Promise<boolean> {
    const { login } = me()
    const sure = await openDialog<boolean>(
      () => profileWords().leave.title,
      (done) => {
        const { leave: words } = profileWords()
        const check = ({ confirm = '' }: Record<string, string>, form: HTMLFormElement) => {
          if (confirm.trim().toLowerCase() === login.toLowerCase()) return done(true)
          const input = form.querySelector<HTMLInputElement>('input')!
          input.setCustomValidity(words.mismatch)
          input.reportValidity()
          // Typing on takes the complaint away.
          input.addEventListener('input', () => input.setCustomValidity(''), { once: true })
        }
        const send = (event: SubmitEvent) =>
          submitted((values) => check(values, event.target as HTMLFormElement))(event)
        return html`<p>${words.ask}</p>
          <form @submit=${send}>
            ${field({
              name: 'confirm',
              label: words.confirmField(login),
              autocomplete: 'off',
              required: true,
              autofocus: true,
            })}
            <div class="actions end">
              ${button({ label: baseWords().cancel, onClick: () => done() })}
              ${submit(words.act, { danger: true })}
            </div>
          </form>`
      },
    )
    return sure ?? false
  }

  #leave(): void {
    void this.run(async () => {
      if (!(await this.#sure())) return
      const browser = await ownFirefox()
      const { ends } = await call<{ ends: number }>('POST', '/me/delete', {})
      await browser?.deleted()
      await reloadMe()
      tell(profileWords().leave.done(moment(ends)))
    })
  }

  protected override render() {
    const { leave: words } = profileWords()
    const owner = me().role === 'owner'
    return section(
      words.title,
      owner
        ? notice('info', words.ownerStays)
        : html`<div class="actions">
              <a class="button plain" href="/account/data">${words.copy}</a>
              ${button({ label: words.act, kind: 'danger', busy: this.busy, onClick: () => this.#leave() })}
            </div>
            ${this.error ? alert(this.error) : nothing}`,
      words.text,
    )
  }
}
customElements.define('essaim-leave', Leave)
