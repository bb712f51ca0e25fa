/** The key of encrypted data: a first one, a fresh one when all is lost, and what lies sealed since then. */
import {
  deviceSecret,
  indexedDbDevices,
  mergeKeyrings,
  newDeviceKeys,
  openBundle,
  slotSecret,
  type Keyring,
} from '@essaim/client'
import { parseWords } from '@essaim/client/words'
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { adoptKeys, deviceName, newKeys, saveKeys, storedKeys } from '../keys.ts'
import { ask, openDialog } from '../parts/dialog.ts'
import { area, button, submit, submitted } from '../parts/forms.ts'
import { alert, row, rows, section } from '../parts/notices.ts'
import { Page } from '../page.ts'
import { me } from '../session.ts'
import { keysWords } from '../words/account/keys.ts'
import { day } from '../words/language.ts'
import type { SealedBundle } from './contract.ts'
import { SecurityPart } from './security-part.ts'

/** `<essaim-encrypted>` */
class Encrypted extends SecurityPart {
  static override properties = { ...SecurityPart.properties, sealed: { state: true } }
  declare sealed: readonly SealedBundle[]

  constructor() {
    super()
    this.sealed = []
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.run(() => this.#loadSealed())
  }

  async #loadSealed(): Promise<void> {
    this.sealed = (await call<{ sealed: readonly SealedBundle[] }>('GET', '/me/keys/sealed')).sealed
  }

  /** A new key that this device keeps; `send` stores it. Errors: `unsupported` where the browser keeps nothing. */
  async #begin(send: (bundle: unknown) => Promise<unknown>): Promise<void> {
    const { id } = me()
    const kept = await newDeviceKeys()
    const secret = await deviceSecret(kept)
    const made = await newKeys(id, [{ secret, label: deviceName() }])
    // Nothing else unlocks it yet: it is kept here before the server has it, or not made at all.
    const devices = indexedDbDevices()
    const before = await devices.keys(id)
    await devices.saveKeys(id, kept)
    try {
      await send(made.bundle)
    } catch (error) {
      if (before) await devices.saveKeys(id, before)
      throw error
    }
    await adoptKeys(made, secret)
  }

  #make(): void {
    void this.run(async () => {
      await this.#begin((bundle) => call('PUT', '/me/keys', { bundle, expected: null }))
      await this.done(() => keysWords().none.made)
    })
  }

  #afresh(): void {
    void this.run(async () => {
      const { afresh: words } = keysWords()
      if (!(await ask({ title: words.act, text: words.ask, confirm: words.act, danger: true }))) return
      const { tag } = await storedKeys()
      await this.#begin((bundle) => call('POST', '/me/keys/afresh', { bundle, expected: tag }))
      await this.#loadSealed()
      await this.done(() => keysWords().afresh.done)
    })
  }

  async #open({ bundle }: SealedBundle): Promise<void> {
    const merged = await openDialog<true>(
      () => keysWords().sealed.found,
      (done) => html`<essaim-unseal .bundle=${bundle} @unsealed=${() => done(true)}></essaim-unseal>`,
    )
    if (merged) await this.done(() => keysWords().sealed.opened)
  }

  #remove({ id }: SealedBundle): void {
    void this.run(async () => {
      const { sealed: words } = keysWords()
      if (!(await ask({ title: words.remove, text: words.removeAsk, confirm: words.remove, danger: true })))
        return
      await call('DELETE', `/me/keys/sealed/${encodeURIComponent(id)}`)
      await this.#loadSealed()
      await this.done(() => keysWords().sealed.removed)
    })
  }

  #sealed(): TemplateResult {
    const { sealed: words } = keysWords()
    const one = (sealed: SealedBundle) =>
      row({
        title: words.item(day(sealed.since), day(sealed.until)),
        actions: html`${button({
          label: words.found,
          kind: 'primary',
          disabled: this.busy,
          onClick: () => void this.#open(sealed),
        })}
        ${button({ label: words.remove, disabled: this.busy, onClick: () => this.#remove(sealed) })}`,
      })
    return html`<h3>${words.title}</h3>
      <p>${words.text}</p>
      ${rows(this.sealed.map(one), nothing)}`
  }

  protected override render() {
    const { none, afresh } = keysWords()
    const { keys } = me()
    return section(
      none.title,
      html`${
        keys
          ? html`<p class="intro">${afresh.text}</p>
              ${button({ label: afresh.act, kind: 'danger', busy: this.busy, onClick: () => this.#afresh() })}`
          : html`<p class="intro">${none.text}</p>
              ${button({ label: none.make, kind: 'primary', busy: this.busy, onClick: () => this.#make() })}`
      }
      ${this.trouble()} ${this.sealed.length > 0 ? this.#sealed() : nothing}`,
    )
  }
}
customElements.define('essaim-encrypted', Encrypted)

/** `<essaim-unseal .bundle=…>`: opens what was sealed with the old words, and puts its keys beside the present ones. */
class Unseal extends Page {
  static override properties = { ...Page.properties, bundle: {} }
  declare bundle: unknown

  #open(typed: string): void {
    void this.run(async () => {
      const { entropy } = await parseWords(typed)
      const old = await openBundle(this.bundle, await slotSecret('words', entropy), { account: me().id })
      // Sync goes on with the key that it has now.
      const merge = (present: Keyring) => mergeKeyrings(old.keyring, present, { sync: 'present' })
      await saveKeys({ keyring: merge })
      this.dispatchEvent(new Event('unsealed'))
    })
  }

  protected override render() {
    const { sealed: words } = keysWords()
    return html`<form @submit=${submitted((values) => this.#open(values['old-words'] ?? ''))}>
      ${area({
        name: 'old-words',
        label: words.field,
        autocomplete: 'off',
        required: true,
        autofocus: true,
        maxlength: 2000,
      })}
      ${alert(this.error)} ${submit(words.open, { busy: this.busy })}
    </form>`
  }
}
customElements.define('essaim-unseal', Unseal)
