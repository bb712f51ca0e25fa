/** All apps, devices and scripts that were let in: seen, paused, narrowed, taken back, one or many. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { ask } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { wide } from '../parts/frame.ts'
import { Loading } from '../parts/loading.ts'
import { notice } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { listWords } from '../words/apps/list.ts'
import type { App, AppsPage } from './contract.ts'
import './app.ts'

/** Names that a question lists. */
const named = 8

class Apps extends Loading<AppsPage> {
  static override properties = { ...Loading.properties, chosen: { state: true } }
  /** Ids of what is ticked. */
  declare chosen: ReadonlySet<string>
  /** How many pages of the list are shown. */
  #pages = 1

  constructor() {
    super()
    this.chosen = new Set()
  }

  /** All that was shown before, anew. */
  protected async ask(): Promise<AppsPage> {
    const apps: App[] = []
    let page: AppsPage | undefined
    for (let i = 0; i < this.#pages; i++) {
      if (page && page.next === undefined) break
      const after = page?.next
      page = await call<AppsPage>('GET', `/me/apps${after === undefined ? '' : `?after=${after}`}`)
      apps.push(...page.apps)
    }
    return { ...page!, apps }
  }

  protected override async load(): Promise<void> {
    await super.load()
    const there = new Set(this.data?.apps.map(({ id }) => id))
    this.chosen = new Set([...this.chosen].filter((id) => there.has(id)))
  }

  #reload = () => this.load()

  #more(): void {
    this.#pages++
    void this.run(() => this.load())
  }

  #choose(id: string, wanted: boolean): void {
    const chosen = new Set(this.chosen)
    if (wanted) chosen.add(id)
    else chosen.delete(id)
    this.chosen = chosen
  }

  #removeAll(ids: readonly string[]): void {
    void this.run(async () => {
      const words = listWords()
      const names = ids.map((id) => this.data?.apps.find((app) => app.id === id)?.label ?? '').filter(Boolean)
      const question = {
        title: words.severalTitle(ids.length),
        text: html`${words.severalAsk}
        ${names.slice(0, named).join(', ')}${
          names.length < ids.length || names.length > named
            ? ` ${words.andMore(ids.length - Math.min(named, names.length))}`
            : nothing
        }`,
        confirm: words.remove,
        danger: true,
      }
      if (!(await ask(question))) return
      const { removed } = await call<{ removed: number }>('POST', '/me/apps/remove', { ids })
      tell(listWords().severalRemoved(removed))
      await this.load()
      this.querySelector<HTMLElement>('#content')?.focus()
    })
  }

  #tools({ apps, unused }: AppsPage): TemplateResult {
    const words = listWords()
    const ids = [...this.chosen]
    return html`${
        unused.length === 0
          ? nothing
          : notice(
              'info',
              words.unused(unused.length),
              button({
                label: words.removeUnused(unused.length),
                disabled: this.busy,
                onClick: () => this.#removeAll(unused),
              }),
            )
      }
      <div class="tools">
        <div class="check">
          <input
            type="checkbox"
            id="choose-all"
            .checked=${apps.every(({ id }) => this.chosen.has(id))}
            @change=${(event: Event) => {
              const { checked } = event.target as HTMLInputElement
              this.chosen = new Set(checked ? apps.map(({ id }) => id) : [])
            }}
          />
          <label for="choose-all">${words.all}</label>
        </div>
        <span class="quiet-text" role="status">${words.chosen(ids.length)}</span>
        ${button({
          label: words.removeChosen,
          disabled: this.busy || ids.length === 0,
          onClick: () => this.#removeAll(ids),
        })}
      </div>`
  }

  #list(page: AppsPage): TemplateResult {
    const words = listWords()
    const { apps, next, doors } = page
    if (apps.length === 0)
      return html`${this.trouble()}
        <p class="empty">${words.none}</p>`
    return html`${this.trouble()} ${this.#tools(page)}
      <ul class="rows apps" role="list">
        ${apps.map(
          (app) =>
            html`<li>
              <essaim-one-app
                .app=${app}
                .doors=${doors}
                .chosen=${this.chosen.has(app.id)}
                .choose=${(wanted: boolean) => this.#choose(app.id, wanted)}
                .reload=${this.#reload}
              ></essaim-one-app>
            </li>`,
        )}
      </ul>
      ${
        next === undefined
          ? nothing
          : html`<p class="more">
              ${button({ label: words.more, busy: this.busy, onClick: () => this.#more() })}
            </p>`
      }`
  }

  protected override render(): TemplateResult {
    const words = listWords()
    return wide(
      words.title,
      '/account/apps',
      html`<p class="intro">${words.lead}</p>
        ${this.data ? this.#list(this.data) : this.waiting()}
        <p class="after">
          ${words.passwords} <a href="/account/security#apps">${words.security}</a>. ${words.device}
          <a href="/device">${words.deviceCode}</a>.
        </p>`,
    )
  }
}
customElements.define('essaim-apps', Apps)
