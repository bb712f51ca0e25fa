/** Where a person's own pages begin: what matters first, then the ways on. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import { wide } from '../parts/frame.ts'
import { alert, notice } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { me, reloadMe, setMe, state } from '../session.ts'
import { homeWords } from '../words/account/home.ts'
import { baseWords } from '../words/base/index.ts'
import { moment } from '../words/language.ts'

class Home extends Page {
  /** Does something with one press, and tells that it is done. */
  #act(path: string, done: () => string): void {
    void this.run(async () => {
      await call('POST', path, {})
      await reloadMe()
      tell(done())
    })
  }

  #signOut(): void {
    void this.run(async () => {
      await call('POST', '/sign-out')
      setMe(null)
    })
  }

  /** What needs her attention, the most pressing first. */
  #warnings(): TemplateResult[] {
    const words = homeWords()
    const { recovery, ends, state, ways, keys } = me()
    const warn = (title: string, text: string, act: TemplateResult | typeof nothing = nothing) =>
      notice(
        'warn',
        html`<h2>${title}</h2>
          <p>${text}</p>`,
        act,
      )
    const link = (address: string, text: string) =>
      html`<a class="button primary" href=${address}>${text}</a>`
    const found: TemplateResult[] = []
    if (recovery) {
      const { title, advice, stop } = words.recovery
      const by = recovery.via === 'administrator' ? words.recovery.administrator : words.recovery.mail
      const text = `${by(moment(recovery.created), moment(recovery.due))} ${advice}`
      const onClick = () => this.#act('/me/recovery/stop', () => homeWords().recovery.stopped)
      found.push(warn(title, text, button({ label: stop, kind: 'danger', busy: this.busy, onClick })))
    }
    if (state === 'waiting') found.push(warn(words.waiting.title, words.waiting.text))
    if (state === 'leaving' && ends) {
      const { title, text, keep } = words.leaving
      const onClick = () => this.#act('/me/keep', () => homeWords().leaving.kept)
      found.push(
        warn(title, text(moment(ends)), button({ label: keep, kind: 'primary', busy: this.busy, onClick })),
      )
    }
    if (state !== 'active') return found
    if (!ways.password && !ways.passkeys) {
      const { title, text, act } = words.noWay
      found.push(warn(title, text, link('/account/security#password', act)))
    } else if (!ways.words) {
      const { title, text, act } = words.noWords
      found.push(warn(title, text, link('/account/security#words', act)))
    } else if (!keys) {
      const { title, text, act } = words.noKey
      found.push(warn(title, text, link('/account/security#encrypted', act)))
    }
    return found
  }

  #cards(): TemplateResult {
    const { areas } = homeWords()
    const { role } = me()
    const { firefox } = state()
    const card = (address: string, { title, text }: { title: string; text: string }) =>
      html`<li class="card">
        <h2><a href=${address}>${title}</a></h2>
        <p>${text}</p>
      </li>`
    return html`<ul class="cards" role="list">
      ${card('/account/apps', areas.apps)} ${card('/account/devices', areas.devices)}
      ${
        firefox
          ? html`${card('/account/browsers', areas.browsers)} ${card('/firefox', areas.connect)}`
          : nothing
      }
      ${card('/account/security', areas.security)} ${card('/account/data', areas.data)}
      ${card('/account/profile', areas.profile)} ${card('/account/operator', areas.operator)}
      ${role === 'owner' || role === 'administrator' ? card('/admin/people', areas.admin) : nothing}
      ${role === 'inviter' ? card('/admin/invitations', areas.invitations) : nothing}
    </ul>`
  }

  protected override render() {
    const { name, login, state } = me()
    return wide(
      homeWords().hello(name || login),
      '/',
      html`${this.error ? alert(this.error) : nothing} ${this.#warnings()}
        ${state === 'active' ? this.#cards() : nothing}
        <p class="after">
          ${button({ label: baseWords().signOut, busy: this.busy, onClick: () => this.#signOut() })}
        </p>`,
    )
  }
}
customElements.define('essaim-home', Home)
