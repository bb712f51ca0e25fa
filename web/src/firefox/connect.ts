/** How a Firefox is brought here: the preference to set, where, and how to see that it worked. For everybody. */
import { html, nothing, type TemplateResult } from 'lit'
import { Part } from '../page.ts'
import { narrow, wide } from '../parts/frame.ts'
import { notice, section } from '../parts/notices.ts'
import '../parts/secret.ts'
import { state } from '../session.ts'
import { connectWords } from '../words/firefox/connect.ts'
import { askStatus, type BrowserUser } from './channel.ts'
import { type Kind, kindOf } from './seen.ts'

const preference = 'identity.fxaccounts.autoconfig.uri'
const plainPreference = 'identity.fxaccounts.allowHttp'
const settingsOfSync = 'about:preferences#sync'
/** COMPAT Firefox for Android: it takes the path away, and puts it there again. */
const tokenPath = '/1.0/sync/1.5'

/** Seconds in which a Firefox says whether this is the server of its account. */
const patience = 3

type Section = Exclude<Kind, 'other'> | 'debian'
const sections: readonly Section[] = ['computer', 'debian', 'android', 'ios']

/** Something to copy, under its label. */
const copied = (label: string, text: string): TemplateResult =>
  html`<essaim-secret class="copied" .label=${label} .text=${text}></essaim-secret>`

const step = (text: string, rest: TemplateResult | typeof nothing = nothing): TemplateResult =>
  html`<li>
    <p>${text}</p>
    ${rest}
  </li>`

class Connect extends Part {
  static override properties = { user: { state: true } }
  /** Who is signed in in this Firefox; null: nobody; undefined: this is not the server of its account. */
  declare user: BrowserUser | null | undefined
  readonly #kind = kindOf(navigator.userAgent)

  constructor() {
    super()
    this.user = undefined
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#kind === 'other' || !state().firefox) return
    askStatus('sync', patience).then(
      ({ signedInUser }) => (this.user = signedInUser),
      () => undefined, // It goes elsewhere, or nowhere yet.
    )
  }

  /** What this Firefox says of itself. */
  #here(): TemplateResult | typeof nothing {
    const { here, copy, elsewhereRead } = connectWords()
    if (this.#kind === 'other')
      return html`<p>${elsewhereRead}</p>
        ${copied(copy.page, `${state().publicUrl}/firefox`)}`
    if (this.user === undefined) return nothing
    const [title, text, act] = this.user
      ? [
          here.already,
          here.as(this.user.email),
          html`<a class="button plain" href="/account/browsers">${here.see}</a>`,
        ]
      : [
          here.title,
          here.text,
          // A new document: what the browser asked before is over.
          html`<a class="button primary" href="/?context=oauth_webchannel_v1&service=sync">${here.act}</a>`,
        ]
    return notice(
      'good',
      html`<p><strong>${title}</strong></p>
        <p>${text}</p>`,
      act,
    )
  }

  #computer(): TemplateResult {
    const { computer: words, copy } = connectWords()
    const { publicUrl } = state()
    return html`<ol class="steps">
      ${step(words.open, copied(copy.config, 'about:config'))}
      ${step(words.search, copied(copy.name, preference))} ${step(words.set, copied(copy.value, publicUrl))}
      ${publicUrl.startsWith('http:') ? step(words.plain, copied(copy.plain, plainPreference)) : nothing}
      ${step(words.sign, copied(copy.settings, settingsOfSync))} ${step(words.known(new URL(publicUrl).host))}
    </ol>`
  }

  #debian(): TemplateResult {
    const { debian: words, copy } = connectWords()
    const build = `npm run package:firefox-config -- --url ${state().publicUrl}`
    return html`<p>${words.text}</p>
      <ol class="steps">
        ${step(words.build, copied(copy.build, build))}
        ${step(words.install, copied(copy.install, 'apt install ./essaim-firefox-config_*_all.deb'))}
      </ol>`
  }

  #android(): TemplateResult {
    const { android: words, copy } = connectWords()
    const { publicUrl } = state()
    return html`<ol class="steps">
        ${step(words.menu)} ${step(words.back)} ${step(words.accounts, copied(copy.accounts, publicUrl))}
        ${step(words.sync, copied(copy.sync, publicUrl + tokenPath))} ${step(words.restart)}
      </ol>
      <p class="quiet-text">${words.note}</p>`
  }

  #ios(): TemplateResult {
    const { ios: words, copy } = connectWords()
    const { publicUrl } = state()
    return html`<ol class="steps">
        ${step(words.menu)} ${step(words.open)} ${step(words.accounts, copied(copy.accounts, publicUrl))}
        ${step(words.sync, copied(copy.sync, publicUrl + tokenPath))} ${step(words.restart)}
      </ol>
      <p class="quiet-text">${words.note}</p>`
  }

  /** The one for this device is open, and comes first. */
  #ways(): TemplateResult {
    const { kinds, yours } = connectWords()
    const first = this.#kind === 'other' ? 'computer' : this.#kind
    const bodies: Record<Section, () => TemplateResult> = {
      computer: () => this.#computer(),
      debian: () => this.#debian(),
      android: () => this.#android(),
      ios: () => this.#ios(),
    }
    return html`${sections
      .toSorted((a, b) => Number(b === first) - Number(a === first))
      .map(
        (name) =>
          html`<details class="way" ?open=${name === first}>
            <summary>
              <h2>${kinds[name]}</h2>
              ${name === this.#kind ? html`<span class="tag">${yours}</span>` : nothing}
            </summary>
            ${bodies[name]()}
          </details>`,
      )}`
  }

  #rest(): TemplateResult {
    const { check, elsewhere, back, copy } = connectWords()
    return html`${section(
      check.title,
      html`<ul>
        <li>${check.menu}</li>
        <li>${check.page} <a href="/account/browsers">${check.pageLink}</a></li>
        <li>
          <p>${check.log}</p>
          ${copied(copy.log, 'about:sync-log')}
        </li>
      </ul>`,
    )}
    ${section(
      elsewhere.title,
      html`<ol class="steps">
        ${step(elsewhere.out)} ${step(elsewhere.set)} ${step(elsewhere.next)}
      </ol>`,
      elsewhere.text,
    )}
    ${section(
      back.title,
      html`<ol class="steps">
          ${step(back.out)} ${step(back.reset)}
        </ol>
        <p>${back.then}</p>`,
    )}`
  }

  protected override render() {
    const words = connectWords()
    const { me, firefox, publicUrl } = state()
    const content = firefox
      ? html`<p class="intro">${words.lead}</p>
          <p>${words.how}</p>
          ${publicUrl.startsWith('http:') ? notice('warn', words.plain) : nothing} ${this.#here()}
          ${this.#ways()} ${this.#rest()}`
      : html`<p>${words.off}</p>`
    return me?.state === 'active' ? wide(words.title, '/firefox', content) : narrow(words.title, content)
  }
}
customElements.define('essaim-connect', Connect)
