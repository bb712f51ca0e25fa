/** The browsers that sync: looked at, and disconnected; and how much of what is stored for them. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { ask } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { wide } from '../parts/frame.ts'
import { Loading } from '../parts/loading.ts'
import { row, rows, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { browsersWords } from '../words/firefox/browsers.ts'
import { bytes, day, distance, number } from '../words/language.ts'

/** Times are milliseconds. */
interface BrowserLine {
  id: string
  name: string
  type: string
  created: number
  lastUsed: number | null
  paused: boolean
  /** Whether it can be told of changes. */
  reachable: boolean
  syncs: boolean
}

interface Stored {
  collections: readonly { name: string; count: number; bytes: number }[]
  bytes: number
  last: number | null
}

interface Browsers {
  browsers: readonly BrowserLine[]
  stored: Stored | null
}

class BrowsersPage extends Loading<Browsers> {
  protected async ask(): Promise<Browsers> {
    const { browsers, stored } = await call<Browsers>('GET', '/me/browsers')
    const used = ({ lastUsed, created }: BrowserLine) => lastUsed ?? created
    return { browsers: browsers.toSorted((a, b) => used(b) - used(a)), stored }
  }

  #disconnect(id: string, name: string): void {
    void this.run(async () => {
      const words = browsersWords()
      const question = {
        title: words.ask(name),
        text: words.askText,
        confirm: words.disconnect,
        danger: true,
      }
      if (!(await ask(question))) return
      await call('DELETE', `/me/browsers/${id}`)
      await this.load()
      tell(browsersWords().done(name))
    })
  }

  #browser(browser: BrowserLine): TemplateResult {
    const words = browsersWords()
    const { id, created, lastUsed, paused, reachable, syncs } = browser
    const name = browser.name || words.unnamed
    const when = [
      words.types[browser.type],
      words.since(day(created)),
      lastUsed === null ? words.never : words.used(distance(lastUsed)),
    ]
    return row({
      title: name,
      ...(paused && { tag: words.paused }),
      detail: html`${when.filter(Boolean).join(' · ')}<br />${
          !syncs ? words.noSync : reachable ? words.reachable : words.unreachable
        }`,
      actions: button({
        label: words.disconnect,
        name: words.disconnectOne(name),
        disabled: this.busy,
        onClick: () => this.#disconnect(id, name),
      }),
    })
  }

  #stored({ collections, bytes: total, last }: Stored): TemplateResult {
    const { stored: words } = browsersWords()
    const line = (name: string, count: string, size: number) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${count}</td>
        <td>${bytes(size)}</td>
      </tr>`
    const sum = collections.reduce((so, { count }) => so + count, 0)
    return html`<table class="figures-table">
        <thead>
          <tr>
            <th scope="col">${words.thing}</th>
            <th scope="col">${words.count}</th>
            <th scope="col">${words.size}</th>
          </tr>
        </thead>
        <tbody>
          ${collections
            .toSorted((a, b) => b.bytes - a.bytes)
            .map(({ name, count, bytes: size }) =>
              line(words.kinds[name] ?? words.other(name), number(count), size),
            )}
        </tbody>
        <tfoot>
          ${line(words.all, number(sum), total)}
        </tfoot>
      </table>
      ${last === null ? nothing : html`<p class="quiet-text">${words.last(distance(last))}</p>`}`
  }

  protected override render(): TemplateResult {
    const words = browsersWords()
    const { data } = this
    return wide(
      words.title,
      '/account/browsers',
      html`<p class="intro">${words.lead}</p>
        ${
          data
            ? html`${this.trouble()}
              ${section(
                words.listTitle,
                html`<div tabindex="-1">
                  ${rows(
                    data.browsers.map((browser) => this.#browser(browser)),
                    words.none,
                  )}
                  <p class="after"><a class="button plain" href="/firefox">${words.connect}</a></p>
                </div>`,
              )}
              ${section(
                words.stored.title,
                data.stored && data.stored.collections.length > 0
                  ? this.#stored(data.stored)
                  : html`<p class="empty">${words.stored.none}</p>`,
                words.stored.text,
              )}
              ${section(
                words.others.title,
                html`<p>
                  <a class="button plain" href="/account/security#programs">${words.others.act}</a>
                </p>`,
                words.others.text,
              )}`
            : this.waiting()
        }`,
    )
  }
}
customElements.define('essaim-browsers', BrowsersPage)
