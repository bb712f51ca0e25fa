/** The devices that unlock the person's encrypted data by themselves. */
import type { Bundle, Slot } from '@essaim/client'
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import {
  changeKeys,
  deviceSlot,
  dropDeviceKeys,
  keepDevice,
  keysAtHand,
  storedKeys,
  unlockWithDevice,
} from '../keys.ts'
import { ask } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { notice, row, rows, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { reloadMe } from '../session.ts'
import { devicesWords } from '../words/account/devices.ts'
import { day } from '../words/language.ts'

interface Holders {
  bundle: Bundle | null
  /** The slot of this device, if it has one. */
  here: string | undefined
}

/** `<essaim-holders>` */
class KeyHolders extends Loading<Holders> {
  protected async ask(): Promise<Holders> {
    const { bundle } = await storedKeys()
    // Silently, with what this device keeps: only then it knows which of them it is.
    if (bundle && !keysAtHand()) await unlockWithDevice()
    return { bundle, here: await deviceSlot() }
  }

  #remove({ id }: Slot, name: string, here: boolean): void {
    void this.run(async () => {
      const { holders } = devicesWords()
      const text = here ? `${holders.removeAsk(name)} ${holders.removeHere}` : holders.removeAsk(name)
      if (!(await ask({ title: holders.removeOne(name), text, confirm: holders.remove, danger: true })))
        return
      await changeKeys({ remove: [id] }, (bundle, expected) => call('PUT', '/me/keys', { bundle, expected }))
      if (here) await dropDeviceKeys()
      await this.load()
      await reloadMe()
      tell(devicesWords().holders.removed(name))
    })
  }

  #keep(): void {
    void this.run(async () => {
      await keepDevice()
      await this.load()
      await reloadMe()
      tell(devicesWords().holders.kept)
    })
  }

  #row(slot: Slot, here: boolean): TemplateResult {
    const { holders: words } = devicesWords()
    const name = slot.label ?? words.unnamed
    return row({
      title: name,
      ...(here && { tag: words.here }),
      detail: words.since(day(slot.created)),
      actions: button({
        label: words.remove,
        name: words.removeOne(name),
        disabled: this.busy,
        onClick: () => this.#remove(slot, name, here),
      }),
    })
  }

  #list({ bundle, here }: Holders): TemplateResult {
    const { holders: words } = devicesWords()
    if (!bundle)
      return html`<p class="empty">
        ${words.noKey} <a href="/account/security#encrypted">${words.makeKey}</a>
      </p>`
    const devices = bundle.slots.filter(({ kind }) => kind === 'device')
    return html`${rows(
      devices.map((slot) => this.#row(slot, slot.id === here)),
      words.none,
    )}
    ${
      here
        ? nothing
        : notice(
            'info',
            words.keepText,
            button({ label: words.keep, busy: this.busy, onClick: () => this.#keep() }),
          )
    }`
  }

  protected override render() {
    const { holders: words } = devicesWords()
    return section(
      words.title,
      html`<div tabindex="-1">
        ${this.data ? html`${this.trouble()} ${this.#list(this.data)}` : this.waiting()}
      </div>`,
      words.text,
    )
  }
}
customElements.define('essaim-holders', KeyHolders)
