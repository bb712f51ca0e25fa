/** How the person gets in, what keeps others out, and what happened. */
import { html, nothing } from 'lit'
import { call } from '../api.ts'
import { askedAddress } from '../apps/asked.ts'
import '../firefox/client-password.ts'
import { go } from '../navigation.ts'
import { wide } from '../parts/frame.ts'
import { Loading } from '../parts/loading.ts'
import { tell } from '../parts/tell.ts'
import { reloadMe, state } from '../session.ts'
import { appsWords } from '../words/account/apps.ts'
import { clientPasswordWords } from '../words/account/client-password.ts'
import { keysWords } from '../words/account/keys.ts'
import { logWords } from '../words/account/log.ts'
import { waysWords } from '../words/account/ways.ts'
import { passphraseWords } from '../words/passphrase.ts'
import type { Security } from './contract.ts'
import './addresses.ts'
import './app-passwords.ts'
import './direct-password.ts'
import './encrypted.ts'
import './identities.ts'
import './own-log.ts'
import './passkeys.ts'
import './passphrase.ts'
import './password.ts'
import './own-words.ts'

class SecurityPage extends Loading<Security> {
  protected ask(): Promise<Security> {
    return call<Security>('GET', '/me/security')
  }

  protected override async load(): Promise<void> {
    const first = !this.data
    await super.load()
    if (!first) return
    await this.updateComplete
    this.#goTo(location.hash.slice(1))
  }

  #goTo(id: string): void {
    // A proof elsewhere ends here; what it was for may wait on a page of its own.
    const asked = id === 'fresh' ? askedAddress() : undefined
    if (asked !== undefined) return go(asked, { replace: true })
    if (id === 'linked') {
      tell(waysWords().identities.linked)
      history.replaceState(null, '', location.pathname)
    }
    const part = id === '' ? undefined : document.getElementById(id === 'linked' ? 'elsewhere' : id)
    part?.scrollIntoView()
    part?.focus({ preventScroll: true })
  }

  #reload = async () => {
    await this.load()
    await reloadMe()
  }

  #parts(security: Security) {
    const { password, passkeys, identities, addresses, direct } = waysWords()
    const { words, none } = keysWords()
    const reload = this.#reload
    const parts = [
      ['password', password.title],
      ['passkeys', passkeys.title],
      ['words', words.title],
      ['passphrase-part', passphraseWords().title],
      ['elsewhere', identities.title],
      ['mail', addresses.title],
      ['apps', appsWords().title],
      ...(state().firefox ? [['programs', clientPasswordWords().title]] : []),
      ['direct', direct.title],
      ['encrypted', none.title],
      ['log', logWords().title],
    ]
    return html`<nav class="contents" aria-label=${waysWords().contents}>
        <ul role="list">
          ${parts.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
        </ul>
      </nav>
      <essaim-password id="password" tabindex="-1" .security=${security} .reload=${reload}></essaim-password>
      <essaim-passkeys id="passkeys" tabindex="-1" .security=${security} .reload=${reload}></essaim-passkeys>
      <essaim-own-words id="words" tabindex="-1" .security=${security} .reload=${reload}></essaim-own-words>
      <essaim-passphrase
        id="passphrase-part"
        tabindex="-1"
        .security=${security}
        .reload=${reload}
      ></essaim-passphrase>
      <essaim-identities
        id="elsewhere"
        tabindex="-1"
        .security=${security}
        .reload=${reload}
      ></essaim-identities>
      <essaim-addresses id="mail" tabindex="-1" .security=${security} .reload=${reload}></essaim-addresses>
      <essaim-app-passwords
        id="apps"
        tabindex="-1"
        .security=${security}
        .reload=${reload}
      ></essaim-app-passwords>
      ${
        state().firefox
          ? html`<essaim-client-password id="programs" tabindex="-1"></essaim-client-password>`
          : nothing
      }
      <essaim-direct-password
        id="direct"
        tabindex="-1"
        .security=${security}
        .reload=${reload}
      ></essaim-direct-password>
      <essaim-encrypted
        id="encrypted"
        tabindex="-1"
        .security=${security}
        .reload=${reload}
      ></essaim-encrypted>
      <essaim-own-log id="log" tabindex="-1" .security=${security}></essaim-own-log>`
  }

  protected override render() {
    const words = waysWords()
    return wide(
      words.title,
      '/account/security',
      html`<p class="intro">${words.lead}</p>
        ${this.data ? html`${this.trouble()} ${this.#parts(this.data)}` : this.waiting()}`,
    )
  }
}
customElements.define('essaim-security', SecurityPage)
