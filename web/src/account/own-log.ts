/** What happened to the account, which she alone reads. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { button } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { row, rows, section } from '../parts/notices.ts'
import { actSentence } from '../words/acts/index.ts'
import { logWords } from '../words/account/log.ts'
import { moment, near } from '../words/language.ts'
import type { LogEntry } from './contract.ts'

interface LogPage {
  entries: readonly LogEntry[]
  next?: string
}

/** `<essaim-own-log .security=…>`: asks again whenever something was changed. */
class OwnLog extends Loading<LogPage> {
  static override properties = { ...Loading.properties, security: {} }
  declare security: unknown

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.get('security') !== undefined) void this.run(() => this.load())
  }

  protected ask(after?: string): Promise<LogPage> {
    return call<LogPage>('GET', `/me/log${after ? `?${new URLSearchParams({ after })}` : ''}`)
  }

  #more(after: string): void {
    void this.run(async () => {
      const { entries, next } = await this.ask(after)
      this.data = {
        entries: [...(this.data?.entries ?? []), ...entries],
        ...(next !== undefined && { next }),
      }
    })
  }

  #row({ act, actor, mine, gone, details, address, agent, created }: LogEntry): TemplateResult {
    const { by, byGone, from } = logWords()
    const about = [
      ...(gone ? [byGone] : mine || actor === null ? [] : [by(actor)]),
      ...(agent ? [agent] : []),
      ...(address ? [from(near(address))] : []),
    ]
    return row({
      title: actSentence(act, details, 'own'),
      detail: html`<time datetime=${new Date(created).toISOString()}>${moment(created)}</time>${
          about.length > 0 ? ` · ${about.join(' · ')}` : nothing
        }`,
    })
  }

  protected override render() {
    const words = logWords()
    const next = this.data?.next
    return section(
      words.title,
      this.data
        ? html`${rows(
            this.data.entries.map((entry) => this.#row(entry)),
            words.none,
          )}
          ${this.trouble()}
          ${
            next === undefined
              ? nothing
              : html`<p class="more">
                  ${button({ label: words.more, busy: this.busy, onClick: () => this.#more(next) })}
                </p>`
          }`
        : this.waiting(),
      words.text,
    )
  }
}
customElements.define('essaim-own-log', OwnLog)
