/** What is kept for the person: how much, by whom, to look at and to take along. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { wide } from '../parts/frame.ts'
import { button } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { notice, row, rows, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { prove } from '../proof.ts'
import { isFresh } from '../session.ts'
import { dataWords } from '../words/account/data.ts'
import { bytes, number } from '../words/language.ts'
import './browse.ts'
import { placeOf, placeLink, type Place } from './places.ts'

interface StoredDoor {
  name: string
  title: string
  paths: readonly { prefix: string; title: string }[]
  records: number
  bytes: number
  collections: number
  /** There were more than were added up. */
  more: boolean
}

interface Space {
  home: number
  name: string | null
  records: number
  bytes: number
  /** Whether what is in it is hers to read. */
  readable: boolean
}

interface Stored {
  home: number
  quota: { bytes: number; most: number | null }
  records: number
  doors: readonly StoredDoor[]
  spaces: readonly Space[]
  next?: string
}

class Data extends Loading<Stored> {
  static override properties = { ...Loading.properties, place: { state: true } }
  /** Where she looks inside, from the address. */
  declare place: Place | undefined
  #moved = () => (this.place = placeOf(location.hash))

  constructor() {
    super()
    this.place = placeOf(location.hash)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('popstate', this.#moved)
  }

  override disconnectedCallback(): void {
    removeEventListener('popstate', this.#moved)
    super.disconnectedCallback()
  }

  protected ask(after?: string): Promise<Stored> {
    return call<Stored>('GET', `/me/data${after ? `?${new URLSearchParams({ after })}` : ''}`)
  }

  #more(after: string): void {
    void this.run(async () => {
      const { next, spaces, ...rest } = await this.ask(after)
      this.data = {
        ...rest,
        spaces: [...(this.data?.spaces ?? []), ...spaces],
        ...(next !== undefined && { next }),
      }
    })
  }

  #room({ quota, records }: Stored): TemplateResult {
    const { room } = dataWords()
    const used = bytes(quota.bytes)
    return section(
      room.title,
      html`<p>
          ${quota.most === null ? room.usedOnly(used) : room.used(used, bytes(quota.most))} ·
          ${room.records(records, number(records))}
        </p>
        ${
          quota.most === null
            ? nothing
            : html`<meter
                aria-label=${room.bar}
                min="0"
                max=${quota.most}
                high=${quota.most * 0.9}
                .value=${quota.bytes}
              ></meter>`
        }
        ${quota.most !== null && quota.bytes > quota.most * 0.9 ? notice('warn', room.full) : nothing}`,
    )
  }

  #amount(words: { collections?: number; records: number; bytes: number; more?: boolean }): string {
    const { doors, room } = dataWords()
    const { collections, records, more } = words
    return [
      ...(collections === undefined ? [] : [doors.collections(collections, number(collections))]),
      `${room.records(records, number(records))}${more ? ' +' : ''}`,
      bytes(words.bytes),
    ].join(' · ')
  }

  #doors({ doors, home }: Stored): TemplateResult {
    const { doors: words } = dataWords()
    const link = (path: string, title: string) =>
      html`<a
        class="button plain"
        href=${placeLink({ home, title, path })}
        aria-label=${words.browseOne(title)}
        >${words.browse}</a
      >`
    return section(
      words.title,
      rows(
        doors.map((door) =>
          row({
            title: door.title,
            detail: this.#amount(door),
            actions:
              door.records > 0
                ? html`${door.paths.map(({ prefix, title }) => link(prefix, title))}`
                : nothing,
          }),
        ),
        words.none,
      ),
    )
  }

  #spaces({ spaces, next }: Stored): TemplateResult | typeof nothing {
    if (spaces.length === 0) return nothing
    const { spaces: words, doors } = dataWords()
    const name = (space: Space) => space.name ?? String(space.home)
    return section(
      words.title,
      html`${rows(
        spaces.map((space) =>
          row({
            title: name(space),
            detail: this.#amount(space),
            actions: space.readable
              ? html`<a
                  class="button plain"
                  href=${placeLink({ home: space.home, title: name(space), path: '' })}
                  aria-label=${doors.browseOne(name(space))}
                  >${doors.browse}</a
                >`
              : nothing,
          }),
        ),
        nothing,
      )}
      ${
        next === undefined
          ? nothing
          : html`<p class="more">
              ${button({ label: dataWords().browse.more, busy: this.busy, onClick: () => this.#more(next) })}
            </p>`
      }`,
      words.text,
    )
  }

  /** The browser takes it over: it may be larger than a page can hold. */
  #download(): void {
    void this.run(async () => {
      if (!isFresh() && !(await prove())) return
      const link = document.createElement('a')
      link.href = '/api/me/export'
      link.download = ''
      link.click()
      tell(dataWords().export.started)
    })
  }

  #export(): TemplateResult {
    const { export: words } = dataWords()
    return section(
      words.title,
      button({ label: words.act, kind: 'primary', busy: this.busy, onClick: () => this.#download() }),
      words.text,
    )
  }

  protected override render() {
    const words = dataWords()
    const { data, place } = this
    if (place)
      return wide(words.title, '/account/data', html`<essaim-browse .place=${place}></essaim-browse>`)
    return wide(
      words.title,
      '/account/data',
      html`<p class="intro">${words.lead}</p>
        ${
          data
            ? html`${this.trouble()} ${this.#room(data)} ${this.#doors(data)} ${this.#spaces(data)}
              ${this.#export()}`
            : this.waiting()
        }`,
    )
  }
}
customElements.define('essaim-data', Data)
