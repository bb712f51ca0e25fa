/** Signing in, in the way that the person has. */
import { html } from 'lit'
import { callBare } from '../api.ts'
import type { Me } from '../contract.ts'
import { Page } from '../page.ts'
import { field, submit, submitted } from '../parts/forms.ts'
import { narrow } from '../parts/frame.ts'
import { alert } from '../parts/notices.ts'
import { setMe } from '../session.ts'
import { stretch } from '../stretching.ts'
import { signInWords } from '../words/sign-in/index.ts'

class SignIn extends Page {
  #withPassword({ login = '', password = '' }: Record<string, string>) {
    return this.run(async () => {
      const { parameters } = await callBare<{ parameters: never }>('POST', '/sign-in/prelogin', { login })
      const { auth } = await stretch({ login, password, parameters })
      const { me } = await callBare<{ me: Me }>('POST', '/sign-in/password', { login, auth })
      setMe(me)
    })
  }

  protected override render() {
    const words = signInWords()
    return narrow(
      words.title,
      html`<form @submit=${submitted((values) => this.#withPassword(values))}>
        ${field({ name: 'login', label: words.login, autocomplete: 'username webauthn', required: true, autofocus: true })}
        ${field({ name: 'password', label: words.password, type: 'password', autocomplete: 'current-password', required: true })}
        ${alert(this.error)} ${submit(words.signIn, { busy: this.busy })}
      </form>`,
    )
  }
}
customElements.define('essaim-sign-in', SignIn)
