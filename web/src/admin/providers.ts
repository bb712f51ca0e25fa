/** Who else may vouch for people: providers of sign-in, set up and taken away. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { ask } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { wide } from '../parts/frame.ts'
import { Loading } from '../parts/loading.ts'
import { row, rows, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { load as loadState } from '../session.ts'
import { providersWords } from '../words/admin/providers.ts'
import type { Provider, ProviderKind, Providers } from './contract.ts'
import './provider-form.ts'

const kinds: readonly ProviderKind[] = ['github', 'mozilla', 'oidc', 'essaim', 'oauth2']

class ProvidersPage extends Loading<Providers> {
  static override properties = { ...Loading.properties, editing: { state: true } }
  /** What the form is open for. */
  declare editing: { kind: ProviderKind; provider?: Provider } | undefined

  constructor() {
    super()
    this.editing = undefined
  }

  protected ask(): Promise<Providers> {
    return call<Providers>('GET', '/admin/providers')
  }

  async #edit(kind: ProviderKind, provider?: Provider): Promise<void> {
    this.editing = { kind, ...(provider && { provider }) }
    await this.updateComplete
    this.querySelector<HTMLElement>('essaim-provider h2')?.focus()
  }

  #saved = ({ detail: name }: CustomEvent<string>) => {
    this.editing = undefined
    void this.run(async () => {
      await Promise.all([this.load(), loadState()])
      tell(providersWords().saved(name))
    })
  }

  #remove({ id, name }: Provider): void {
    void this.run(async () => {
      const words = providersWords()
      const question = { title: words.removeOne(name), text: words.removeAsk(name), confirm: words.remove }
      if (!(await ask({ ...question, danger: true }))) return
      await call('DELETE', `/admin/providers/${id}`)
      await Promise.all([this.load(), loadState()])
      tell(providersWords().removed(name))
    })
  }

  /** Saving tries it out; saved as it is, it is only tried. */
  #try({ id, name, callback: _, hasSecret: __, ...same }: Provider): void {
    void this.run(async () => {
      await call('PUT', `/admin/providers/${id}`, { ...same, name })
      tell(providersWords().testGood(name))
    })
  }

  #row(provider: Provider): TemplateResult {
    const words = providersWords()
    const { id, name, kind, preset } = provider
    const known = (preset ?? kind) as ProviderKind
    const { busy } = this
    return row({
      title: name,
      detail: html`${words.kinds[known]?.name ?? known} · <code>${id}</code>`,
      actions: html`${button({
        label: words.test,
        name: words.testOne(name),
        kind: 'quiet',
        busy,
        onClick: () => this.#try(provider),
      })}
      ${button({
        label: words.edit,
        name: words.editOne(name),
        disabled: busy,
        onClick: () => void this.#edit(known, provider),
      })}
      ${button({
        label: words.remove,
        name: words.removeOne(name),
        disabled: busy,
        onClick: () => this.#remove(provider),
      })}`,
    })
  }

  #choose(): TemplateResult {
    const words = providersWords()
    return section(
      words.add,
      html`<ul class="cards" role="list">
        ${kinds.map(
          (kind) =>
            html`<li class="card">
              <h3>${words.kinds[kind]?.name}</h3>
              <p>${words.kinds[kind]?.text}</p>
              ${button({
                label: words.choose,
                name: words.chooseOne(words.kinds[kind]?.name ?? kind),
                onClick: () => void this.#edit(kind),
              })}
            </li>`,
        )}
      </ul>`,
    )
  }

  protected override render() {
    const words = providersWords()
    const { data, editing } = this
    const content = () =>
      editing && data
        ? html`<essaim-provider
            .kind=${editing.kind}
            .provider=${editing.provider}
            .all=${data}
            @saved=${this.#saved}
            @dropped=${() => (this.editing = undefined)}
          ></essaim-provider>`
        : html`${this.trouble()}
          ${section(
            words.list,
            rows(
              (data?.providers ?? []).map((one) => this.#row(one)),
              words.none,
            ),
          )}
          ${this.#choose()}`
    return wide(
      words.title,
      '/admin/providers',
      html`${editing ? nothing : html`<p class="intro">${words.lead}</p>`}
      ${data ? content() : this.waiting()}`,
    )
  }
}
customElements.define('essaim-providers', ProvidersPage)
