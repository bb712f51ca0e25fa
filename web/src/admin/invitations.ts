/** Invitations: made, shown once, listed, taken back. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import type { Role } from '../contract.ts'
import { ask, openDialog } from '../parts/dialog.ts'
import { button, field, select, submit, submitted } from '../parts/forms.ts'
import { wide } from '../parts/frame.ts'
import { Loading } from '../parts/loading.ts'
import { notice, row, rows, section } from '../parts/notices.ts'
import { qrCode } from '../parts/qr.ts'
import '../parts/secret.ts'
import { tell } from '../parts/tell.ts'
import { me, state } from '../session.ts'
import { invitationsWords } from '../words/admin/invitations.ts'
import { peopleWords } from '../words/admin/people.ts'
import { day } from '../words/language.ts'
import type { Invitation } from './contract.ts'

/** What each role may let others become. */
const givable: Readonly<Record<Role, readonly Role[]>> = {
  owner: ['person', 'inviter', 'administrator'],
  administrator: ['person', 'inviter'],
  inviter: ['person', 'inviter'],
  person: [],
}

class Invitations extends Loading<readonly Invitation[]> {
  protected async ask() {
    const { invitations } = await call<{ invitations: readonly Invitation[] }>('GET', '/me/invitations')
    return invitations.filter(({ used, most, expires }) => used < most && expires > Date.now())
  }

  #make(values: Record<string, string>, form: HTMLFormElement): void {
    const { label = '', role, most, days } = values
    void this.run(async () => {
      const { link } = await call<{ link: string }>('POST', '/me/invitations', {
        label: label.trim(),
        role,
        most: Number(most),
        days: Number(days),
      })
      form.reset()
      await openDialog<true>(
        () => invitationsWords().made,
        (done) => {
          const words = invitationsWords()
          return html`<p>${words.madeText}</p>
            <essaim-secret .text=${link} .label=${words.made}></essaim-secret>
            ${qrCode(link, words.qr)}
            <div class="actions end">
              ${button({ label: words.done, kind: 'primary', onClick: () => done(true) })}
            </div>`
        },
      )
      await this.load()
    })
  }

  #revoke({ id, label }: Invitation): void {
    void this.run(async () => {
      const words = invitationsWords()
      const title = words.revokeOne(label)
      if (!(await ask({ title, text: words.revokeAsk, confirm: words.revoke, danger: true }))) return
      await call('DELETE', `/me/invitations/${id}`)
      await this.load()
      tell(invitationsWords().revoked)
    })
  }

  #form(): TemplateResult {
    const words = invitationsWords()
    const { roles } = peopleWords()
    const send = (event: SubmitEvent) =>
      submitted((values) => this.#make(values, event.target as HTMLFormElement))(event)
    return section(
      words.new,
      html`<form class="grid" @submit=${send}>
        ${field({
          name: 'label',
          label: words.label,
          hint: words.labelHint,
          required: true,
          maxlength: 100,
          autocomplete: 'off',
        })}
        ${select({
          name: 'role',
          label: words.role,
          value: 'person',
          options: givable[me().role].map((value) => ({ value, label: roles[value] ?? value })),
        })}
        ${field({ name: 'most', label: words.most, type: 'number', min: 1, max: 100, value: '1', required: true })}
        ${field({ name: 'days', label: words.days, type: 'number', min: 1, max: 90, value: '7', required: true })}
        ${submit(words.make, { busy: this.busy })}
      </form>`,
    )
  }

  #row(invitation: Invitation): TemplateResult {
    const words = invitationsWords()
    const { label, role, used, most, expires } = invitation
    const about = [peopleWords().roles[role], words.used(used, most), words.until(day(expires))]
    return row({
      title: label || (peopleWords().roles[role] ?? role),
      detail: about.join(' · '),
      actions: button({
        label: words.revoke,
        name: words.revokeOne(label),
        disabled: this.busy,
        onClick: () => this.#revoke(invitation),
      }),
    })
  }

  protected override render() {
    const words = invitationsWords()
    const closed = state().registration === 'closed'
    return wide(
      words.title,
      '/admin/invitations',
      html`<p class="intro">${words.lead}</p>
        ${
          closed
            ? notice(
                'warn',
                words.closed,
                me().role === 'inviter'
                  ? nothing
                  : html`<a class="button plain" href="/admin/settings">${words.settings}</a>`,
              )
            : nothing
        }
        ${this.trouble()} ${this.#form()}
        ${section(
          words.list,
          this.data
            ? rows(
                this.data.map((one) => this.#row(one)),
                words.none,
              )
            : this.waiting(),
        )}`,
    )
  }
}
customElements.define('essaim-invitations', Invitations)
