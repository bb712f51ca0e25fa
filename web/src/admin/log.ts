/** What administrators and inviters did. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { button } from '../parts/forms.ts'
import { wide } from '../parts/frame.ts'
import { Loading } from '../parts/loading.ts'
import { row, rows } from '../parts/notices.ts'
import { serverWords } from '../words/admin/server.ts'
import { actSentence } from '../words/acts/index.ts'
import { logWords } from '../words/account/log.ts'
import { moment } from '../words/language.ts'

interface Entry {
  id: string
  act: string
  /** Login of whom it concerns, and of who did it. */
  about: string | null
  actor: string | null
  /** Whoever did it has no account any more. */
  gone?: true
  details: Readonly<Record<string, unknown>>
  created: number
}

interface LogPage {
  entries: readonly Entry[]
  next?: string
}

class ServerLog extends Loading<LogPage> {
  protected ask(after?: string): Promise<LogPage> {
    return call<LogPage>('GET', `/admin/log${after ? `?${new URLSearchParams({ after })}` : ''}`)
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

  #row({ act, about, actor, gone, details, created }: Entry): TemplateResult {
    const { by, byGone, byOperator } = logWords()
    return row({
      title: actSentence(act, { ...(about !== null && { login: about }), ...details }, 'server'),
      detail: html`<time datetime=${new Date(created).toISOString()}>${moment(created)}</time> ·
        ${gone ? byGone : actor === null ? byOperator : by(actor)}`,
    })
  }

  protected override render() {
    const { log: words } = serverWords()
    const next = this.data?.next
    return wide(
      words.title,
      '/admin/log',
      html`<p class="intro">${words.lead}</p>
        ${
          this.data
            ? html`${this.trouble()}
              ${rows(
                this.data.entries.map((entry) => this.#row(entry)),
                words.none,
              )}
              ${
                next === undefined
                  ? nothing
                  : html`<p class="more">
                      ${button({ label: words.more, busy: this.busy, onClick: () => this.#more(next) })}
                    </p>`
              }`
            : this.waiting()
        }`,
    )
  }
}
customElements.define('essaim-server-log', ServerLog)
