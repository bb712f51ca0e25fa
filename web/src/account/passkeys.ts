/** Passkeys: added with a name, renamed, removed; those that can unlock the key as well. */
import { slotSecret } from '@essaim/client'
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { deviceName } from '../keys.ts'
import { makePasskey, passkeysWork } from '../passkeys.ts'
import { ask, openDialog } from '../parts/dialog.ts'
import { button, field, submit, submitted } from '../parts/forms.ts'
import { notice, row, rows, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { state } from '../session.ts'
import { waysWords } from '../words/account/ways.ts'
import { day, distance } from '../words/language.ts'
import type { Passkey } from './contract.ts'
import { removeWay, SecurityPart, setWay } from './security-part.ts'

const maxName = 60

/** `<essaim-passkeys>` */
class Passkeys extends SecurityPart {
  #add(name: string): void {
    void this.run(async () => {
      const { options } = await call<{ options: unknown }>('POST', '/me/passkeys/options', {})
      const { response, prf } = await makePasskey(options)
      const send = (keys: object) => call('POST', '/me/passkeys', { response, name, ...keys })
      if (prf) {
        const { id } = response as { id: string }
        await setWay(
          { secret: await slotSecret('passkey', prf), label: name, params: { credential: id } },
          send,
        )
      } else await send({})
      this.querySelector('form')?.reset()
      await this.done(() => (prf ? waysWords().passkeys.addedWithKey : waysWords().passkeys.added))
    })
  }

  #remove({ id, name }: Passkey): void {
    void this.run(async () => {
      const { passkeys: words, remove, removeOne } = waysWords()
      const question = { title: removeOne(name), text: words.removeAsk(name), confirm: remove, danger: true }
      if (!(await ask(question))) return
      await removeWay(
        ({ kind, params }) => kind === 'passkey' && params?.['credential'] === id,
        (keys) => call('DELETE', `/me/passkeys/${encodeURIComponent(id)}`, keys),
      )
      await this.done(() => waysWords().passkeys.removed(name))
    })
  }

  async #rename({ id, name }: Passkey): Promise<void> {
    const wanted = await openDialog<string>(
      () => waysWords().rename,
      (done) => {
        const { passkeys: words, rename } = waysWords()
        return html`<form @submit=${submitted(({ 'passkey-new-name': given = '' }) => done(given.trim()))}>
          ${field({
            name: 'passkey-new-name',
            label: words.name,
            value: name,
            required: true,
            maxlength: maxName,
            autocomplete: 'off',
            autofocus: true,
          })}
          <div class="actions end">${submit(rename)}</div>
        </form>`
      },
    )
    if (!wanted || wanted === name) return
    await this.run(async () => {
      const path = `/me/passkeys/${encodeURIComponent(id)}`
      await call('PUT', path, { name: wanted })
      await this.reload()
      const back = async () => {
        await call('PUT', path, { name })
        await this.reload()
      }
      tell(waysWords().passkeys.renamed, { label: waysWords().undo, act: () => this.run(back) })
    })
  }

  #row(passkey: Passkey): TemplateResult {
    const words = waysWords()
    const { name, created, lastUsed, prf } = passkey
    const used = lastUsed ? words.lastUsed(distance(lastUsed)) : words.neverUsed
    return row({
      title: name || words.passkeys.unnamed,
      detail: html`${words.since(day(created))} · ${used}<br />${
          prf ? words.passkeys.opensKey : words.passkeys.signsInOnly
        }`,
      actions: html`${button({
        label: words.rename,
        name: words.renameOne(name),
        kind: 'quiet',
        disabled: this.busy,
        onClick: () => void this.#rename(passkey),
      })}
      ${button({
        label: words.remove,
        name: words.removeOne(name),
        disabled: this.busy,
        onClick: () => this.#remove(passkey),
      })}`,
    })
  }

  #adding(): TemplateResult {
    const { passkeys: words } = waysWords()
    if (!state().secureOrigin || !globalThis.isSecureContext) return notice('info', words.insecure)
    if (!passkeysWork()) return notice('info', words.unsupported)
    return html`<form
      class="line"
      @submit=${submitted(({ 'passkey-name': name = '' }) => this.#add(name.trim() || deviceName()))}
    >
      ${field({
        name: 'passkey-name',
        label: words.name,
        hint: words.nameHint,
        value: deviceName(),
        required: true,
        maxlength: maxName,
        autocomplete: 'off',
      })}
      ${submit(words.add, { busy: this.busy })}
    </form>`
  }

  protected override render() {
    const { passkeys: words } = waysWords()
    const { passkeys } = this.security
    return section(
      words.title,
      html`${
          passkeys.length > 0
            ? rows(
                passkeys.map((one) => this.#row(one)),
                nothing,
              )
            : html`<p class="empty">${words.none}</p>`
        }
        ${this.trouble()} ${this.#adding()}
        <p class="hint">${words.bound(new URL(state().publicUrl).host)}</p>`,
      words.text,
    )
  }
}
customElements.define('essaim-passkeys', Passkeys)
