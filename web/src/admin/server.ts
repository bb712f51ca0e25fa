/** How the server runs: its address, its room, its doors, the options in force. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { wide } from '../parts/frame.ts'
import { Loading } from '../parts/loading.ts'
import { notice, row, rows, section } from '../parts/notices.ts'
import { serverWords } from '../words/admin/server.ts'
import { bytes, distance, moment, number } from '../words/language.ts'
import './address.ts'

interface Option {
  env: string
  value: string
  given: boolean
  secret: boolean
}

interface ServerFacts {
  version: string
  store: string
  bus: string
  started: number
  options: readonly Option[]
  kintoVariables: readonly string[]
  unsafeTest: boolean
  disk: { free: number; size: number } | null
  totals: { people: number; spaces: number; bytes: number; records: number; at: number }
  oneOrigin: boolean
  doors: readonly { name: string; title: string }[]
}

class Server extends Loading<ServerFacts> {
  protected ask(): Promise<ServerFacts> {
    return call<ServerFacts>('GET', '/admin/server')
  }

  #room({ totals, disk }: ServerFacts): TemplateResult {
    const { room } = serverWords().server
    const used = disk ? disk.size - disk.free : 0
    return section(
      room.title,
      html`<ul class="figures" role="list">
          <li>${room.stored(bytes(totals.bytes))}</li>
          <li>${room.records(totals.records, number(totals.records))}</li>
          <li>${room.people(totals.people, number(totals.people))}</li>
          <li>${room.spaces(totals.spaces, number(totals.spaces))}</li>
          ${disk ? html`<li>${room.disk(bytes(disk.free), bytes(disk.size))}</li>` : nothing}
        </ul>
        ${
          disk
            ? html`<meter
                aria-label=${room.diskBar}
                min="0"
                max=${disk.size}
                high=${disk.size * 0.9}
                .value=${used}
              ></meter>`
            : nothing
        }
        ${disk && disk.free < disk.size * 0.1 ? notice('warn', room.diskLow) : nothing}`,
    )
  }

  #doors({ doors, kintoVariables }: ServerFacts): TemplateResult {
    const { doors: words, kinto } = serverWords().server
    return html`${section(
      words.title,
      rows(
        doors.map(({ name, title }) => row({ title, ...(title !== name && { tag: name }) })),
        words.none,
      ),
      words.text,
    )}
    ${
      kintoVariables.length === 0
        ? nothing
        : section(
            kinto.title,
            html`<ul class="figures" role="list">
              ${kintoVariables.map((name) => html`<li><code>${name}</code></li>`)}
            </ul>`,
          )
    }`
  }

  #runs({ version, store, bus, started }: ServerFacts): TemplateResult {
    const { runs } = serverWords().server
    const line = (name: string, value: TemplateResult | string) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`
    return section(
      runs.title,
      html`<dl class="lines">
        ${line(runs.version, version)} ${line(runs.store, store)} ${line(runs.bus, bus)}
        ${line(runs.started, html`${moment(started)} (${distance(started)})`)}
      </dl>`,
    )
  }

  #options({ options }: ServerFacts): TemplateResult {
    const { options: words } = serverWords().server
    const value = ({ value: text, secret }: Option) =>
      secret
        ? html`<em>${words.secret}</em>`
        : text === ''
          ? html`<em>${words.empty}</em>`
          : html`<code>${text}</code>`
    const table = (some: readonly Option[]) =>
      html`<table class="options">
        <thead>
          <tr>
            <th scope="col">${words.option}</th>
            <th scope="col">${words.value}</th>
          </tr>
        </thead>
        <tbody>
          ${some.map(
            (option) =>
              html`<tr>
                <th scope="row"><code>${option.env}</code></th>
                <td>${value(option)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`
    const given = options.filter((option) => option.given)
    const rest = options.filter((option) => !option.given)
    return section(
      words.title,
      html`${given.length > 0 ? table(given) : nothing}
      ${
        rest.length > 0
          ? html`<details>
              <summary>${words.all}</summary>
              ${table(rest)}
            </details>`
          : nothing
      }`,
      words.text,
    )
  }

  protected override render() {
    const { server: words } = serverWords()
    const { data } = this
    return wide(
      words.title,
      '/admin/server',
      html`<p class="intro">${words.lead}</p>
        ${data?.unsafeTest ? notice('warn', words.unsafe) : nothing}
        ${
          data
            ? html`${this.#room(data)} ${this.#doors(data)} ${this.#runs(data)} ${this.#options(data)}
                <essaim-address></essaim-address>`
            : this.waiting()
        }`,
    )
  }
}
customElements.define('essaim-server', Server)
