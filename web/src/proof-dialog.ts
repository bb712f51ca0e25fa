/** What stands in the dialog that asks for a proof: each way that she has. */
import { parseWords, wordsAuth } from '@essaim/client/words'
import { KeysError, type Bytes } from '@essaim/client'
import { html, nothing } from 'lit'
import { ApiError, callBare } from './api.ts'
import { keysAtHand, unlockWith } from './keys.ts'
import { Page } from './page.ts'
import { area, button, field, submit, submitted } from './parts/forms.ts'
import { alert } from './parts/notices.ts'
import { working } from './parts/working.ts'
import { passkeysWork, usePasskey } from './passkeys.ts'
import { unlockWithPassphrase } from './passphrases.ts'
import { stretchFor } from './passwords.ts'
import { me, setMe, state } from './session.ts'
import type { Stretching } from './stretching.ts'
import { baseWords } from './words/base/index.ts'
import { passphraseWords } from './words/passphrase.ts'

/** What is typed. */
type Form = 'password' | 'words' | 'passphrase'

class Proof extends Page {
  static override properties = {
    ...Page.properties,
    unlock: { type: Boolean },
    passphrase: { type: Boolean },
    share: { state: true },
    form: { state: true },
  }
  /** Whether a proof alone is not enough: the key has to be at hand too. */
  declare unlock: boolean
  /** Whether a passphrase unlocks the key too. */
  declare passphrase: boolean
  /** How far the stretching is; undefined: none is going on. */
  declare share: number | undefined
  /** The form that she has asked for. */
  declare form: Form | undefined
  #stop: AbortController | undefined

  constructor() {
    super()
    this.unlock = false
    this.passphrase = false
    this.share = undefined
    this.form = undefined
  }

  override disconnectedCallback(): void {
    this.#stop?.abort()
    super.disconnectedCallback()
  }

  /** What follows a proof that the server took. */
  async #proved(freshUntil: number, kind: 'password' | 'passkey' | 'words', secret: Bytes | undefined) {
    setMe({ ...me(), freshUntil })
    if (secret && me().keys && !keysAtHand()) {
      try {
        await unlockWith(kind, secret)
      } catch (error) {
        // A way in that unlocks nothing is still a proof.
        const harmless = error instanceof KeysError && ['no-slot', 'wrong-secret'].includes(error.code)
        if (this.unlock || !harmless) throw error
      }
    }
    if (this.unlock && !keysAtHand()) throw new KeysError('no-slot', 'this way unlocks nothing')
    this.dispatchEvent(new Event('proved'))
  }

  /** Does something with what is stretched, and shows how far it is. */
  #stretching(act: (how: Stretching) => Promise<void>) {
    return this.run(async () => {
      this.#stop = new AbortController()
      this.share = 0
      try {
        await act({ signal: this.#stop.signal, onProgress: (share) => (this.share = share) })
      } finally {
        this.share = undefined
      }
    })
  }

  #password(password: string) {
    return this.#stretching(async (how) => {
      const { auth, secret } = await stretchFor(me().login, password, how)
      const { freshUntil } = await callBare<{ freshUntil: number }>('POST', '/fresh/password', { auth })
      await this.#proved(freshUntil, 'password', secret)
    })
  }

  /** Nothing that the server would hear of. */
  #passphrase(text: string) {
    return this.#stretching(async (how) => {
      await unlockWithPassphrase(text, how)
      this.dispatchEvent(new Event('proved'))
    })
  }

  #passkey() {
    return this.run(async () => {
      const { options } = await callBare<{ options: unknown }>('POST', '/fresh/passkey/options', {})
      const { response, prf } = await usePasskey(options)
      const { freshUntil } = await callBare<{ freshUntil: number }>('POST', '/fresh/passkey', { response })
      await this.#proved(freshUntil, 'passkey', prf)
    })
  }

  #words(text: string) {
    return this.run(async () => {
      const { entropy } = await parseWords(text)
      const auth = await wordsAuth(entropy)
      const { freshUntil } = await callBare<{ freshUntil: number }>('POST', '/fresh/words', { auth })
      await this.#proved(freshUntil, 'words', entropy)
    })
  }

  #provider(id: string) {
    return this.run(async () => {
      const { location: address } = await callBare<{ location: string }>('POST', '/provider/start', {
        id,
        purpose: 'fresh',
      })
      location.assign(address)
      // The page is about to go; until then the dialog stays busy.
      await new Promise(() => undefined)
    })
  }

  protected override fail(error: unknown): void {
    // A closed dialog of the browser's own needs no complaint in ours.
    if (error instanceof ApiError && error.code === 'cancelled') return
    super.fail(error)
  }

  protected override render() {
    const words = baseWords()
    const { ways } = me()
    const passphrase = this.unlock && this.passphrase
    const form = this.form ?? this.#usual()
    const providers = this.unlock || ways.identities === 0 ? [] : state().providers
    const none = !ways.password && !ways.passkeys && !ways.words && !passphrase && providers.length === 0
    const other = (wanted: Form, has: boolean, label: string) =>
      has && form !== wanted
        ? button({ label, disabled: this.busy, onClick: () => (this.form = wanted) })
        : nothing
    return html`<p>${this.unlock ? words.proof.unlockText : words.proof.text}</p>
      ${none ? html`<p>${words.proof.none}</p>` : nothing} ${form ? this.#shown(form) : nothing}
      ${alert(this.error)}
      <div class="ways">
        ${
          ways.passkeys > 0 && passkeysWork()
            ? button({ label: words.proof.passkey, busy: this.busy, onClick: () => void this.#passkey() })
            : nothing
        }
        ${other('words', ways.words, words.proof.words)}
        ${other('passphrase', passphrase, words.proof.passphrase)}
        ${other('password', ways.password, words.proof.usePassword)}
        ${providers.map(({ id, name }) =>
          button({
            label: words.proof.provider(name),
            disabled: this.busy,
            onClick: () => void this.#provider(id),
          }),
        )}
      </div>`
  }

  /** The form that stands there at first. */
  #usual(): Form | undefined {
    const { password, words, passkeys } = me().ways
    if (password) return 'password'
    if (this.unlock && this.passphrase) return 'passphrase'
    return words && !passkeys ? 'words' : undefined
  }

  #shown(form: Form) {
    if (form === 'words') return this.#wordsForm()
    return form === 'password' ? this.#passwordForm() : this.#passphraseForm()
  }

  #passwordForm() {
    const words = baseWords()
    return html`<form @submit=${submitted(({ proof = '' }) => this.#password(proof))}>
      <input type="hidden" name="username" autocomplete="username" value=${me().login} />
      ${field({
        name: 'proof',
        label: words.proof.password,
        type: 'password',
        autocomplete: 'current-password',
        required: true,
        autofocus: true,
      })}
      ${this.#confirm()}
    </form>`
  }

  #passphraseForm() {
    return html`<form
      autocomplete="off"
      @submit=${submitted((values) => this.#passphrase(values['proof-passphrase'] ?? ''))}
    >
      ${field({
        name: 'proof-passphrase',
        label: passphraseWords().title,
        type: 'password',
        autocomplete: 'off',
        required: true,
        autofocus: true,
        maxlength: 1024,
      })}
      ${this.#confirm()}
    </form>`
  }

  #confirm() {
    return this.share === undefined
      ? submit(baseWords().proof.confirm, { busy: this.busy })
      : working(this.share, () => this.#stop?.abort())
  }

  #wordsForm() {
    const words = baseWords()
    return html`<form @submit=${submitted((values) => this.#words(values['proof-words'] ?? ''))}>
      ${area({
        name: 'proof-words',
        label: words.proof.wordsLabel,
        autocomplete: 'off',
        required: true,
        autofocus: true,
        maxlength: 2000,
      })}
      ${submit(words.proof.confirm, { busy: this.busy })}
    </form>`
  }
}
customElements.define('essaim-proof', Proof)
