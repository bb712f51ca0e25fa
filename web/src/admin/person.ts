/** One person, as administrators see her: times and sizes, nothing of what she keeps here. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import type { Role } from '../contract.ts'
import { ask, openDialog } from '../parts/dialog.ts'
import { button, field, select, submit, submitted } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { notice, section } from '../parts/notices.ts'
import '../parts/secret.ts'
import { tell } from '../parts/tell.ts'
import { me } from '../session.ts'
import { peopleWords } from '../words/admin/people.ts'
import { bytes, day, distance, moment } from '../words/language.ts'
import type { Person, Settings } from './contract.ts'
import { approve, keep, refusePerson, remove, resume, stopRecovery, suspend } from './person-acts.ts'

const gigabyte = 1e9
const givable: readonly Role[] = ['person', 'inviter', 'administrator']

/** `<essaim-person .person=ID>` */
class OnePerson extends Loading<{ person: Person; settings: Settings }> {
  static override properties = {
    ...Loading.properties,
    person: {},
    limited: { state: true },
    wrong: { state: true },
  }
  declare person: string
  declare limited: boolean | undefined
  declare wrong: string

  constructor() {
    super()
    this.person = ''
    this.limited = undefined
    this.wrong = ''
  }

  protected async ask() {
    const id = encodeURIComponent(this.person)
    const [{ person }, { settings }] = await Promise.all([
      call<{ person: Person }>('GET', `/admin/people/${id}`),
      call<{ settings: Settings }>('GET', '/admin/settings'),
    ])
    return { person, settings }
  }

  /** An act, after which she is shown as she is then. */
  #after(act: () => Promise<unknown>, { leave = false } = {}) {
    return () =>
      void this.run(async () => {
        if (!(await act())) return
        if (leave) history.back()
        else await this.load()
      })
  }

  /** Whether the one who looks may act on this person: as the server will decide. */
  #mayAct({ id, role }: Person): boolean {
    const own = me()
    return id !== own.id && role !== 'owner' && (own.role === 'owner' || role !== 'administrator')
  }

  #facts({ quota, created, signedIn, invitedBy, sessions }: Person): TemplateResult {
    const words = peopleWords()
    const used = bytes(quota.bytes)
    return html`<ul class="figures" role="list">
      <li>${words.since(day(created))}</li>
      <li>${signedIn ? words.lastSignIn(distance(signedIn)) : words.never}</li>
      ${invitedBy ? html`<li>${words.invitedBy(invitedBy)}</li>` : nothing}
      ${sessions === undefined ? nothing : html`<li>${words.sessions} ${words.sessionCount(sessions)}</li>`}
      <li>
        ${words.roomTitle}:
        ${quota.most === null ? words.roomUsed(used) : words.room(used, bytes(quota.most))}
      </li>
    </ul>`
  }

  #state(person: Person): TemplateResult | typeof nothing {
    const words = peopleWords()
    const { state, ends } = person
    const { busy } = this
    if (state === 'waiting')
      return notice(
        'warn',
        words.states[state] ?? state,
        html`${button({
          label: words.approve.act,
          kind: 'primary',
          busy,
          onClick: this.#after(() => approve(person)),
        })}
        ${button({
          label: words.refuse.act,
          busy,
          onClick: this.#after(() => refusePerson(person), { leave: true }),
        })}`,
      )
    if (state === 'suspended')
      return notice(
        'warn',
        words.states[state] ?? state,
        button({ label: words.suspend.end, busy, onClick: this.#after(() => resume(person)) }),
      )
    if (state === 'leaving')
      return notice(
        'warn',
        ends ? words.remove.ends(moment(ends)) : (words.states[state] ?? state),
        button({ label: words.remove.keep, busy, onClick: this.#after(() => keep(person)) }),
      )
    return nothing
  }

  #role({ id, login, role }: Person): TemplateResult {
    const words = peopleWords()
    const roles = givable.filter((one) => one !== 'administrator' || me().role === 'owner')
    const save = async ({ role: wanted }: Record<string, string>) => {
      await call('PUT', `/admin/people/${id}/role`, { role: wanted })
      tell(peopleWords().role.saved(login))
      return true
    }
    return section(
      words.role.title,
      html`<form class="line" @submit=${submitted((values) => this.#after(() => save(values))())}>
        ${select({
          name: 'role',
          label: words.role.field,
          value: role,
          options: roles.map((value) => ({
            value,
            label: `${words.roles[value]}: ${words.role.text[value]}`,
          })),
          ...(me().role === 'owner' ? {} : { hint: words.role.ownerOnly }),
        })}
        ${submit(words.role.save, { busy: this.busy })}
      </form>`,
    )
  }

  #quota({ id, login, quota }: Person): TemplateResult {
    const words = peopleWords().quota
    const limited = this.limited ?? quota.most !== null
    const shown = String(Math.round((quota.most ?? 5 * gigabyte) / (gigabyte / 100)) / 100)
    const save = async ({ size = '' }: Record<string, string>) => {
      const typed = Math.round(Number(size.replace(',', '.')) * gigabyte)
      // What is shown is rounded: left alone, it stays what it was.
      const most = limited ? (size === shown && quota.most !== null ? quota.most : typed) : null
      this.wrong = most !== null && !(most > 0) ? words.wrong : ''
      if (this.wrong) return false
      await call('PUT', `/admin/people/${id}/quota`, { bytes: most })
      this.limited = undefined
      tell(peopleWords().quota.saved(login))
      return true
    }
    return section(
      words.title,
      html`<form class="search" @submit=${submitted((values) => this.#after(() => save(values))())}>
        ${select({
          name: 'limited',
          label: words.choice,
          value: String(limited),
          options: [
            { value: 'true', label: words.limited },
            { value: 'false', label: words.unlimited },
          ],
          onChange: (value) => (this.limited = value === 'true'),
        })}
        ${
          limited
            ? field({
                name: 'size',
                label: words.field,
                inputmode: 'numeric',
                required: true,
                value: shown,
                wrong: this.wrong,
              })
            : nothing
        }
        ${submit(words.save, { busy: this.busy })}
      </form>`,
    )
  }

  async #recover({ id, login }: Person): Promise<boolean> {
    const { recovery } = peopleWords()
    const { title, act } = recovery
    if (!(await ask({ title, text: recovery.ask(login), confirm: act }))) return false
    const { link, due } = await call<{ link: string; due: number }>(
      'POST',
      `/admin/people/${id}/recovery`,
      {},
    )
    await openDialog(
      () => peopleWords().recovery.title,
      () =>
        html`<p>${peopleWords().recovery.link} ${peopleWords().recovery.due(moment(due))}</p>
          <essaim-secret .text=${link} .label=${peopleWords().recovery.title}></essaim-secret>`,
    )
    return true
  }

  #acts(person: Person, { graceDays, recoveryHours }: Settings): TemplateResult {
    const { suspend: suspending, remove: removing, recovery } = peopleWords()
    const { busy } = this
    return html`${section(
      recovery.title,
      person.recovery
        ? html`<p>${recovery.waits(moment(person.recovery.due))}</p>
            ${button({
              label: recovery.stop,
              kind: 'danger',
              busy,
              onClick: this.#after(() => stopRecovery(person)),
            })}`
        : button({ label: recovery.act, busy, onClick: this.#after(() => this.#recover(person)) }),
      recovery.text(recoveryHours),
    )}
    ${
      person.state === 'active'
        ? section(
            suspending.title,
            button({
              label: suspending.act,
              kind: 'danger',
              busy,
              onClick: this.#after(() => suspend(person)),
            }),
            suspending.text,
          )
        : nothing
    }
    ${
      person.state === 'leaving'
        ? nothing
        : section(
            removing.title,
            button({ label: removing.act, kind: 'danger', busy, onClick: this.#after(() => remove(person)) }),
            removing.text(graceDays),
          )
    }`
  }

  protected override render() {
    const words = peopleWords()
    const back = html`<p><a href="/admin/people">${words.back}</a></p>`
    if (!this.data) return html`${back} ${this.waiting()}`
    const { person, settings } = this.data
    const may = this.#mayAct(person)
    return html`${back}
      <h2>
        ${person.login} <span class="tag">${words.roles[person.role]}</span>
        ${person.id === me().id ? html`<span class="tag">${words.you}</span>` : nothing}
      </h2>
      ${this.trouble()} ${may ? this.#state(person) : nothing} ${this.#facts(person)}
      ${
        may && person.state !== 'waiting'
          ? html`${this.#role(person)} ${this.#quota(person)} ${this.#acts(person, settings)}`
          : nothing
      }
      ${
        person.id === me().id
          ? html`<p class="hint">${words.role.own}</p>
              ${this.#quota(person)}`
          : nothing
      }
      ${
        person.role === 'owner' && person.id !== me().id
          ? html`<p class="hint">${words.untouchable}</p>`
          : nothing
      }`
  }
}
customElements.define('essaim-person', OnePerson)
