/** Looks inside: the collections of a door or a space, and the records of one of them. Nothing is changed here. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { button } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { rows } from '../parts/notices.ts'
import { dataWords } from '../words/account/data.ts'
import { bytes, moment, number } from '../words/language.ts'
import { collectionName, placeLink, type Place } from './places.ts'

interface Collection {
  path: string
  name: string
  records: number
  bytes: number
  modified: number
}

interface StoredRecord {
  id: string
  modified: number
  type: string | null
  size: number
  /** The beginning of its JSON text; `cut`: there is more. */
  data: string
  cut: boolean
  locked: boolean
}

interface Inside {
  collections?: readonly Collection[]
  records?: readonly StoredRecord[]
  next?: string
}

/** `<essaim-browse .place=…>` */
class Browse extends Loading<Inside> {
  static override properties = { ...Loading.properties, place: {} }
  declare place: Place

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('place') || changed.get('place') === undefined) return
    this.data = undefined
    void this.#show()
  }

  async #show(): Promise<void> {
    await this.run(() => this.load())
    await this.updateComplete
    this.querySelector<HTMLElement>('h2')?.focus()
  }

  protected ask(after?: string): Promise<Inside> {
    const { home, path, collection } = this.place
    const where = collection === undefined ? { below: path } : { path: collection }
    const query = new URLSearchParams({ home: String(home), ...where, ...(after && { after }) })
    return call<Inside>('GET', `/me/data/${collection === undefined ? 'collections' : 'records'}?${query}`)
  }

  #more(after: string): void {
    void this.run(async () => {
      const { collections, records, next } = await this.ask(after)
      const before = this.data
      this.data = {
        ...(collections && { collections: [...(before?.collections ?? []), ...collections] }),
        ...(records && { records: [...(before?.records ?? []), ...records] }),
        ...(next !== undefined && { next }),
      }
    })
  }

  #crumbs(): TemplateResult {
    const { browse, title } = dataWords()
    const { home, title: from, path, collection } = this.place
    return html`<nav class="crumbs" aria-label=${browse.path}>
      <a href="/account/data">${title}</a> <span aria-hidden="true">›</span>
      ${
        collection === undefined
          ? html`<span aria-current="page">${from}</span>`
          : html`<a href=${placeLink({ home, title: from, path })}>${from}</a>
              <span aria-hidden="true">›</span>
              <span aria-current="page">${collectionName(collection, path)}</span>`
      }
    </nav>`
  }

  #collection({ path, records, bytes: size, modified }: Collection): TemplateResult {
    const { home, title, path: below } = this.place
    const { room, browse } = dataWords()
    return html`<li class="row">
      <div class="what">
        <p class="title">
          <a href=${placeLink({ home, title, path: below, collection: path })}
            >${collectionName(path, below)}</a
          >
        </p>
        <p class="detail">
          ${room.records(records, number(records))} · ${bytes(size)} · ${browse.changed(moment(modified))}
        </p>
      </div>
    </li>`
  }

  #record({ id, modified, type, size, data, cut, locked }: StoredRecord): TemplateResult {
    const { browse } = dataWords()
    const text = type ? browse.notJson(type, bytes(size)) : locked ? browse.locked : undefined
    return html`<li class="record">
      <details>
        <summary>
          <span class="title">${id}</span>
          <span class="detail">${browse.changed(moment(modified))} · ${bytes(size)}</span>
        </summary>
        ${
          text === undefined
            ? html`<pre tabindex="0" aria-label=${browse.record(id)}>${pretty(data, cut)}</pre>
                ${cut ? html`<p class="hint">${browse.cut}</p>` : nothing}`
            : html`<p>${text}</p>`
        }
      </details>
    </li>`
  }

  protected override render() {
    const { browse } = dataWords()
    const { title, path, collection } = this.place
    const heading = collection === undefined ? title : collectionName(collection, path)
    const { data } = this
    const next = data?.next
    return html`${this.#crumbs()}
      <h2 tabindex="-1">${heading}</h2>
      <p class="intro">${browse.readOnly}</p>
      ${
        data
          ? html`${this.trouble()}
            ${
              data.collections
                ? rows(
                    data.collections.filter(({ records }) => records > 0).map((one) => this.#collection(one)),
                    browse.empty,
                  )
                : rows(
                    (data.records ?? []).map((one) => this.#record(one)),
                    browse.empty,
                  )
            }
            ${
              next === undefined
                ? nothing
                : html`<p class="more">
                    ${button({ label: browse.more, busy: this.busy, onClick: () => this.#more(next) })}
                  </p>`
            }`
          : this.waiting()
      }`
  }
}
customElements.define('essaim-browse', Browse)

/** JSON in lines; as it is where it is only the beginning. */
function pretty(data: string, cut: boolean): string {
  if (cut) return `${data}…`
  try {
    return JSON.stringify(JSON.parse(data), null, 2)
  } catch {
    return data
  }
}
