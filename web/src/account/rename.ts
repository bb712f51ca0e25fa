/** Another name for signing in. The password is bound to the name, so it is stretched anew with it. */
import { slotSecret, type StretchParameters } from '@essaim/client'
import { html, nothing } from 'lit'
import { call } from '../api.ts'
import { tellChange } from '../firefox/tell.ts'
import { changeKeys, keysAtHand, needKeys, unlockWith } from '../keys.ts'
import { Page } from '../page.ts'
import { ask } from '../parts/dialog.ts'
import { field, submit, submitted } from '../parts/forms.ts'
import { alert, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { working } from '../parts/working.ts'
import { stretchFor } from '../passwords.ts'
import { stretch } from '../stretching.ts'
import { me, reloadMe } from '../session.ts'
import { profileWords } from '../words/account/profile.ts'

/** `<essaim-rename>` */
class Rename extends Page {
  static override properties = { ...Page.properties, share: { state: true } }
  declare share: number | undefined
  #stop: AbortController | undefined

  constructor() {
    super()
    this.share = undefined
  }

  override disconnectedCallback(): void {
    this.#stop?.abort()
    super.disconnectedCallback()
  }

  /** Both stretchings: that she knows the password, then the same one under the new name. */
  async #password(login: string, password: string) {
    this.#stop = new AbortController()
    const { signal } = this.#stop
    this.share = 0
    try {
      const old = await stretchFor(me().login, password, {
        signal,
        onProgress: (share) => (this.share = share / 2),
      })
      await call('POST', '/fresh/password', { auth: old.auth })
      if (me().keys && !keysAtHand()) await unlockWith('password', old.secret)
      const { parameters } = await call<{ parameters: StretchParameters }>('POST', '/me/password/begin', {})
      const { auth, secret } = await stretch(
        { login, password, parameters },
        { signal, onProgress: (share) => (this.share = 0.5 + share / 2) },
      )
      return { way: { parameters, auth }, secret }
    } finally {
      this.share = undefined
    }
  }

  #rename({ login: typed = '', current = '' }: Record<string, string>, form: HTMLFormElement): void {
    const login = typed.trim()
    void this.run(async () => {
      const { rename: words } = profileWords()
      if (!(await ask({ title: words.title, text: words.ask(login), confirm: words.act }))) return
      const made = me().ways.password ? await this.#password(login, current) : undefined
      const send = (keys: { bundle?: unknown; expected?: unknown }) =>
        call('POST', '/me/rename', { login, ...(made && { password: made.way }), ...keys })
      // The key's slot for the password is made from it too.
      const slot =
        made && (await needKeys()) && keysAtHand()?.bundle.slots.some(({ kind }) => kind === 'password')
      if (slot && made) {
        const secret = await slotSecret('password', made.secret)
        await changeKeys({ password: { secret } }, (bundle, expected) => send({ bundle, expected }))
      } else await send({})
      form.reset()
      await reloadMe()
      tellChange()
      tell(profileWords().rename.saved(me().login))
    })
  }

  protected override render() {
    const { rename: words } = profileWords()
    const { login, ways } = me()
    const send = (event: SubmitEvent) =>
      submitted((values) => this.#rename(values, event.target as HTMLFormElement))(event)
    return section(
      words.title,
      html`<form @submit=${send}>
        ${field({
          name: 'login',
          label: words.field,
          hint: words.hint,
          autocomplete: 'username',
          required: true,
          maxlength: 64,
        })}
        ${
          ways.password
            ? field({
                name: 'current',
                label: words.password,
                type: 'password',
                autocomplete: 'current-password',
                required: true,
              })
            : nothing
        }
        ${this.error ? alert(this.error) : nothing}
        ${
          this.share === undefined
            ? submit(words.act, { busy: this.busy })
            : working(this.share, () => this.#stop?.abort())
        }
      </form>`,
      words.text(login),
    )
  }
}
customElements.define('essaim-rename', Rename)
