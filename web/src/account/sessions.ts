/** The browsers in which the person is signed in: looked at, and signed out. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { ask } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { row, rows, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { setMe } from '../session.ts'
import { devicesWords } from '../words/account/devices.ts'
import { day, distance, near } from '../words/language.ts'
import type { Session } from './contract.ts'

/** `<essaim-sessions>` */
class Sessions extends Loading<readonly Session[]> {
  protected async ask() {
    const { sessions } = await call<{ sessions: readonly Session[] }>('GET', '/me/sessions')
    // This one first, then those used last.
    return sessions.toSorted((a, b) => Number(b.current) - Number(a.current) || b.seen - a.seen)
  }

  #end(act: () => Promise<unknown>, done: () => string): void {
    void this.run(async () => {
      await act()
      await this.load()
      tell(done())
    })
  }

  #endAll(): void {
    void this.run(async () => {
      const { endAll: title, endAllAsk: text } = devicesWords().sessions
      if (!(await ask({ title, text, confirm: title, danger: true }))) return
      await call('POST', '/me/sessions/end', { which: 'all' })
      setMe(null)
    })
  }

  #row({ id, current, method, created, seen, address, agent }: Session): TemplateResult {
    const { sessions: words } = devicesWords()
    const name = agent || words.unknown
    const when = current
      ? words.since(day(created))
      : `${words.seen(distance(seen))} · ${words.since(day(created))}`
    return row({
      title: name,
      ...(current && { tag: words.here }),
      detail: html`${when}, ${words.methods[method] ?? method}<br />${
          address ? words.from(near(address)) : words.fromNowhere
        }`,
      actions: current
        ? nothing
        : button({
            label: words.end,
            name: words.endOne(name),
            disabled: this.busy,
            onClick: () =>
              this.#end(
                () => call('DELETE', `/me/sessions/${id}`),
                () => devicesWords().sessions.ended(name),
              ),
          }),
    })
  }

  protected override render() {
    const { sessions: words } = devicesWords()
    const { data } = this
    const others = () =>
      this.#end(
        () => call('POST', '/me/sessions/end', { which: 'others' }),
        () => devicesWords().sessions.endedOthers,
      )
    return section(
      words.title,
      html`<div tabindex="-1">
        ${
          data
            ? html`${this.trouble()}
                ${rows(
                  data.map((session) => this.#row(session)),
                  words.only,
                )}
                <div class="actions after">
                  ${
                    data.length > 1
                      ? button({ label: words.endOthers, busy: this.busy, onClick: others })
                      : nothing
                  }
                  ${button({
                    label: words.endAll,
                    kind: 'danger',
                    disabled: this.busy,
                    onClick: () => this.#endAll(),
                  })}
                </div>`
            : this.waiting()
        }
      </div>`,
      words.hint,
    )
  }
}
customElements.define('essaim-sessions', Sessions)
