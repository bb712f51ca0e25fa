/** Passwords of apps: made for one app and one door, shown once, paused, taken back. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { ask, openDialog } from '../parts/dialog.ts'
import { button, field, select, submit, submitted } from '../parts/forms.ts'
import { row, rows, section } from '../parts/notices.ts'
import '../parts/secret.ts'
import { tell } from '../parts/tell.ts'
import { me } from '../session.ts'
import { appsWords } from '../words/account/apps.ts'
import { waysWords } from '../words/account/ways.ts'
import { day, distance } from '../words/language.ts'
import type { AppPassword } from './contract.ts'
import { SecurityPart } from './security-part.ts'

const spans = [30, 90, 365] as const

/** `<essaim-app-passwords>` */
class AppPasswords extends SecurityPart {
  #make({ door, 'app-label': label = '', days = '' }: Record<string, string>): void {
    void this.run(async () => {
      const wanted = { door: door ?? this.security.doors[0]?.name, label: label.trim() }
      const { text } = await call<{ text: string }>('POST', '/me/app-passwords', {
        ...wanted,
        ...(days && { days: Number(days) }),
      })
      this.querySelector('form')?.reset()
      await openDialog<true>(
        () => appsWords().made,
        (done) => {
          const words = appsWords()
          return html`<p>${words.madeText}</p>
            <p class="label">${words.name}</p>
            <essaim-secret .text=${me().login} .label=${words.name}></essaim-secret>
            <p class="label">${words.password}</p>
            <essaim-secret .text=${text} .label=${words.password}></essaim-secret>
            <div class="actions end">
              ${button({ label: words.done, kind: 'primary', onClick: () => done(true) })}
            </div>`
        },
      )
      await this.reload()
    })
  }

  #suspend({ id, label }: AppPassword, suspended: boolean): void {
    const put = async (wanted: boolean) => {
      await call('PUT', `/me/grants/${id}`, { suspended: wanted })
      await this.reload()
    }
    void this.run(async () => {
      await put(suspended)
      const words = appsWords()
      const { undo } = waysWords()
      tell(suspended ? words.suspendedNow(label) : words.resumedNow(label), {
        label: undo,
        act: () => this.run(() => put(!suspended)),
      })
    })
  }

  #remove({ id, label }: AppPassword): void {
    void this.run(async () => {
      const words = appsWords()
      const question = {
        title: words.removeOne(label),
        text: words.removeAsk(label),
        confirm: words.remove,
        danger: true,
      }
      if (!(await ask(question))) return
      await call('DELETE', `/me/grants/${id}`)
      await this.done(() => appsWords().removed(label))
    })
  }

  #row(app: AppPassword): TemplateResult {
    const words = appsWords()
    const { lastUsed: used, neverUsed, since } = waysWords()
    const { door, label, created, expires, lastUsed, suspended } = app
    const about = [
      this.security.doors.find(({ name }) => name === door)?.title ?? door,
      since(day(created)),
      lastUsed ? used(distance(lastUsed)) : neverUsed,
      ...(expires ? [expires > Date.now() ? words.expires(day(expires)) : words.expired(day(expires))] : []),
    ]
    return row({
      title: label,
      ...(suspended && { tag: words.suspended }),
      detail: about.join(' · '),
      actions: html`${button({
        label: suspended ? words.resume : words.suspend,
        name: suspended ? words.resumeOne(label) : words.suspendOne(label),
        kind: 'quiet',
        disabled: this.busy,
        onClick: () => this.#suspend(app, !suspended),
      })}
      ${button({
        label: words.remove,
        name: words.removeOne(label),
        disabled: this.busy,
        onClick: () => this.#remove(app),
      })}`,
    })
  }

  protected override render() {
    const words = appsWords()
    const { doors, appPasswords } = this.security
    return section(
      words.title,
      html`${rows(
        appPasswords.map((one) => this.#row(one)),
        words.none,
      )}
      ${
        doors.length === 0
          ? nothing
          : html`<h3>${words.add}</h3>
              <form class="grid" @submit=${submitted((values) => this.#make(values))}>
                ${field({
                  name: 'app-label',
                  label: words.label,
                  hint: words.labelHint,
                  required: true,
                  maxlength: 100,
                  autocomplete: 'off',
                })}
                ${
                  doors.length === 1
                    ? nothing
                    : select({
                        name: 'door',
                        label: words.door,
                        value: doors[0]!.name,
                        options: doors.map(({ name, title }) => ({ value: name, label: title })),
                      })
                }
                ${select({
                  name: 'days',
                  label: words.days,
                  value: '',
                  options: [
                    { value: '', label: words.forever },
                    ...spans.map((days) => ({ value: String(days), label: words.dayCount(days) })),
                  ],
                })}
                ${this.trouble()} ${submit(words.make, { busy: this.busy })}
              </form>`
      }`,
      words.text,
    )
  }
}
customElements.define('essaim-app-passwords', AppPasswords)
