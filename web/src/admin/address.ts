/** Whether the server's address works: what was found, with what to change. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { button } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { notice, section } from '../parts/notices.ts'
import { serverWords } from '../words/admin/server.ts'

interface Finding {
  code: string
  level: 'ok' | 'warn' | 'wrong'
  /** The sentence, in the page's language. */
  text: string
}

/** `<essaim-address>` */
class Address extends Loading<readonly Finding[]> {
  protected async ask() {
    // Its own clock tells the server whether the other one is right.
    const { findings } = await call<{ findings: readonly Finding[] }>(
      'GET',
      `/admin/checks?time=${Date.now()}`,
    )
    return findings
  }

  #found(findings: readonly Finding[]): TemplateResult {
    const { address } = serverWords().server
    const good = findings.filter(({ level }) => level === 'ok')
    const other = findings.filter(({ level }) => level !== 'ok')
    const goodList = html`<ul class="figures">
      ${good.map(({ text }) => html`<li>${text}</li>`)}
    </ul>`
    return html`${other
      .toSorted((a, b) => Number(b.level === 'wrong') - Number(a.level === 'wrong'))
      .map(({ level, text }) =>
        notice(
          'warn',
          html`<p><strong>${address.levels[level]}</strong></p>
            <p>${text}</p>`,
        ),
      )}
    ${other.length === 0 ? html`<p>${address.good}</p>` : nothing}
    ${
      good.length === 0
        ? nothing
        : html`<details>
            <summary>${address.seeGood(good.length)}</summary>
            ${goodList}
          </details>`
    }`
  }

  protected override render() {
    const { address } = serverWords().server
    return section(
      address.title,
      html`<div aria-live="polite">
          ${
            this.data
              ? html`${this.trouble()} ${this.#found(this.data)}`
              : this.busy
                ? html`<p class="empty waiting">${address.checking}</p>`
                : this.trouble()
          }
        </div>
        <p>
          ${button({
            label: address.again,
            busy: this.busy,
            onClick: () => void this.run(() => this.load()),
          })}
        </p>`,
    )
  }
}
customElements.define('essaim-address', Address)
