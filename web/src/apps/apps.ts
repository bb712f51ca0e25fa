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
import type { App, AppsPage, SharedPage } from './contract.ts'
import './app.ts'
import './script-keys.ts'
import { sharedPage } from './shared.ts'

/** Names that a question lists. */
const named = 8

/** As the server counts it: by what it wrote of the last use. */
const unusedFor = 60 * 86_400_000
const lastOf = ({ lastUsed, created }: App) => lastUsed ?? created
const isUnused = (app: App) => lastOf(app) < Date.now() - unusedFor

class Apps extends Loading<AppsPage> {
  static override properties = { ...Loading.properties, chosen: { state: true } }
  /** Ids of what is ticked. */
  declare chosen: ReadonlySet<string>
  /** What is shared with others, as it was when the page was opened. */
  #shared: SharedPage | undefined
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
    // What was used last comes first, where all of it is here to be put in order.
    if (page!.next === undefined) apps.sort((a, b) => lastOf(b) - lastOf(a))
    this.#shared ??= await sharedPage()
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

  /** Takes back those that are ticked, or all that nobody used. */
  #removeSeveral(ids: readonly string[], wanted: { ids: readonly string[] } | { which: 'unused' }): void {
    void this.run(async () => {
      const words = listWords()
      const names = ids.flatMap((id) => this.data?.apps.find((app) => app.id === id)?.label ?? [])
      const more = names.length - named
      const question = {
        title: 'ids' in wanted ? words.severalTitle(ids.length) : words.unusedTitle,
        text: `${words.severalAsk} ${names.slice(0, named).join(', ')} ${more > 0 ? words.andMore(more) : ''}`,
        confirm: words.remove,
        danger: true,
      }
      if (!(await ask(question))) return
      const { ended } = await call<{ ended: number }>('POST', '/me/apps/end', wanted)
      tell(listWords().severalRemoved(ended))
      await this.load()
      this.querySelector<HTMLElement>('#content')?.focus()
    })
  }

  #tools({ apps, next }: AppsPage): TemplateResult {
    const words = listWords()
    const ids = [...this.chosen]
    const unused = apps.filter(isUnused).map(({ id }) => id)
    return html`${
        unused.length === 0
          ? nothing
          : notice(
              'info',
              next === undefined ? words.unused(unused.length) : words.someUnused,
              button({
                label: words.removeUnused,
                disabled: this.busy,
                onClick: () => this.#removeSeveral(unused, { which: 'unused' }),
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
          onClick: () => this.#removeSeveral(ids, { ids }),
        })}
      </div>`
  }

  #list(page: AppsPage): TemplateResult {
    const words = listWords()
    const { apps, next } = page
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
        ${
          this.data
            ? html`${this.#list(this.data)}
                <p class="after">
                  ${words.passwords} <a href="/account/security#apps">${words.security}</a>. ${words.device}
                  <a href="/device">${words.deviceCode}</a>.
                </p>
                <essaim-shared .first=${this.#shared}></essaim-shared>
                <essaim-script-keys .reload=${this.#reload}></essaim-script-keys>`
            : this.waiting()
        }`,
    )
  }
}
customElements.define('essaim-apps', Apps)
