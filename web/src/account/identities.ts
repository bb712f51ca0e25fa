/** Accounts elsewhere through which the person signs in. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { ask } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { row, rows, section } from '../parts/notices.ts'
import { state } from '../session.ts'
import { waysWords } from '../words/account/ways.ts'
import { day, distance } from '../words/language.ts'
import type { Identity } from './contract.ts'
import { SecurityPart } from './security-part.ts'

/** `<essaim-identities>` */
class Identities extends SecurityPart {
  #link(id: string): void {
    void this.run(async () => {
      const start = { id, purpose: 'link' }
      const { location: address } = await call<{ location: string }>('POST', '/provider/start', start)
      location.assign(address)
      // The page is about to go; until then it stays busy.
      await new Promise(() => undefined)
    })
  }

  #nameOf({ provider, label }: Identity): string {
    const name = state().providers.find(({ id }) => id === provider)?.name ?? provider
    return label ? `${name}: ${label}` : name
  }

  #remove(identity: Identity): void {
    void this.run(async () => {
      const { identities: words, remove, removeOne } = waysWords()
      const name = this.#nameOf(identity)
      const question = { title: removeOne(name), text: words.removeAsk(name), confirm: remove, danger: true }
      if (!(await ask(question))) return
      const { issuer, subject } = identity
      await call('DELETE', '/me/identities', { issuer, subject })
      await this.done(() => waysWords().identities.removed(name))
    })
  }

  #row(identity: Identity): TemplateResult {
    const words = waysWords()
    const { created, lastUsed } = identity
    const name = this.#nameOf(identity)
    const used = lastUsed ? words.lastUsed(distance(lastUsed)) : words.neverUsed
    return row({
      title: name,
      detail: `${words.since(day(created))} · ${used}`,
      actions: button({
        label: words.remove,
        name: words.removeOne(name),
        disabled: this.busy,
        onClick: () => this.#remove(identity),
      }),
    })
  }

  protected override render() {
    const { identities: words } = waysWords()
    const { providers } = state()
    const { identities } = this.security
    return section(
      words.title,
      html`${rows(
        identities.map((one) => this.#row(one)),
        providers.length > 0 ? words.none : words.noProviders,
      )}
      ${this.trouble()}
      ${
        providers.length > 0
          ? html`<div class="actions after">
              ${providers.map(({ id, name }) =>
                button({ label: words.link(name), disabled: this.busy, onClick: () => this.#link(id) }),
              )}
            </div>`
          : nothing
      }`,
      words.text,
    )
  }
}
customElements.define('essaim-identities', Identities)
