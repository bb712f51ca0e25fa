/** Who has an account here: searched, let in, and one of them at a time looked after. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { go } from '../navigation.ts'
import { wide } from '../parts/frame.ts'
import { button, field, select, submit, submitted } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { row, rows } from '../parts/notices.ts'
import { me } from '../session.ts'
import { peopleWords } from '../words/admin/people.ts'
import { distance, moment } from '../words/language.ts'
import type { Person, PersonState } from './contract.ts'
import './person.ts'
import { approve, refusePerson } from './person-acts.ts'

interface PeoplePage {
  people: readonly Person[]
  next?: string
}

const states: readonly PersonState[] = ['active', 'waiting', 'suspended', 'leaving']

class People extends Loading<PeoplePage> {
  static override properties = {
    ...Loading.properties,
    query: { state: true },
    only: { state: true },
    person: { state: true },
  }
  declare query: string
  declare only: string
  /** Whose page is open: `#` and an id in the address. */
  declare person: string
  #moved = () => {
    const before = this.person
    this.person = location.hash.slice(1)
    // She may have been changed there.
    if (before && !this.person) void this.run(() => this.load())
  }

  constructor() {
    super()
    this.query = ''
    this.only = ''
    this.person = location.hash.slice(1)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('popstate', this.#moved)
  }

  override disconnectedCallback(): void {
    removeEventListener('popstate', this.#moved)
    super.disconnectedCallback()
  }

  protected ask(after?: string): Promise<PeoplePage> {
    const search = new URLSearchParams({
      ...(this.query && { query: this.query }),
      ...(this.only && { state: this.only }),
      ...(after && { after }),
    })
    return call<PeoplePage>('GET', `/admin/people?${search}`)
  }

  #more(after: string): void {
    void this.run(async () => {
      const { people, next } = await this.ask(after)
      this.data = { people: [...(this.data?.people ?? []), ...people], ...(next !== undefined && { next }) }
    })
  }

  #search(): TemplateResult {
    const words = peopleWords()
    return html`<form
      class="search"
      role="search"
      @submit=${submitted(({ query = '' }) => {
        this.query = query.trim()
        return this.run(() => this.load())
      })}
    >
      ${field({ name: 'query', label: words.search, type: 'search', autocomplete: 'off', maxlength: 64 })}
      ${select({
        name: 'state',
        label: words.state,
        value: this.only,
        options: [
          { value: '', label: words.everyone },
          ...states.map((value) => ({ value, label: words.states[value] ?? value })),
        ],
        onChange: (value) => {
          this.only = value
          void this.run(() => this.load())
        },
      })}
      ${submit(words.find, { busy: this.busy })}
    </form>`
  }

  #row(person: Person): TemplateResult {
    const words = peopleWords()
    const { id, login, role, state, signedIn, ends } = person
    const signed = signedIn ? words.lastSignIn(distance(signedIn)) : words.never
    const about = [
      ...(role === 'person' ? [] : [words.roles[role]]),
      state === 'leaving' && ends ? words.remove.ends(moment(ends)) : signed,
    ].join(' · ')
    const act = (done: () => Promise<boolean>) => () =>
      void this.run(async () => {
        if (await done()) await this.load()
      })
    const actions =
      state === 'waiting'
        ? html`${button({
            label: words.approve.act,
            name: words.approve.actOne(login),
            kind: 'primary',
            disabled: this.busy,
            onClick: act(() => approve(person)),
          })}
          ${button({
            label: words.refuse.act,
            name: words.refuse.actOne(login),
            disabled: this.busy,
            onClick: act(() => refusePerson(person)),
          })}`
        : nothing
    return row({
      title: html`<a href="/admin/people#${id}" @click=${this.#open}>${login}</a>`,
      detail: about,
      actions,
      ...(id === me().id
        ? { tag: words.you }
        : state === 'active'
          ? {}
          : { tag: words.states[state] ?? state }),
    })
  }

  #open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return
    event.preventDefault()
    go((event.currentTarget as HTMLAnchorElement).href)
  }

  #list(): TemplateResult {
    const words = peopleWords()
    if (!this.data) return this.waiting()
    const { people, next } = this.data
    const empty = this.query || this.only ? words.noneFound : words.none
    return html`${this.trouble()}
    ${rows(
      people.map((person) => this.#row(person)),
      empty,
    )}
    ${
      next === undefined
        ? nothing
        : html`<p>${button({ label: words.more, busy: this.busy, onClick: () => this.#more(next) })}</p>`
    }`
  }

  protected override render() {
    const words = peopleWords()
    if (this.person)
      return wide(words.title, '/admin/people', html`<essaim-person .person=${this.person}></essaim-person>`)
    return wide(
      words.title,
      '/admin/people',
      html`<p class="intro">${words.lead}</p>
        <p><a class="button plain" href="/admin/invitations">${words.invite}</a></p>
        ${this.#search()} ${this.#list()}`,
    )
  }
}
customElements.define('essaim-people', People)
