/** What stands around a page: the mark, the way to other pages, the language. */
import { html, nothing, type TemplateResult } from 'lit'
import { state } from '../session.ts'
import { baseWords } from '../words/base/index.ts'
import { language, setLanguage } from '../words/language.ts'
import { mark } from './mark.ts'

const accountPages = ['apps', 'devices', 'browsers', 'security', 'data', 'profile', 'operator'] as const
const adminPages = ['people', 'invitations', 'providers', 'settings', 'server', 'log'] as const

function switchLanguage(): TemplateResult {
  const other = language() === 'en' ? 'fr' : 'en'
  return html`<button
    type="button"
    class="quiet"
    lang=${other}
    @click=${async () => {
      setLanguage(other)
      const { rememberLanguage } = await import('../account-language.ts')
      await rememberLanguage(other)
    }}
  >
    ${baseWords().otherLanguage}
  </button>`
}

/** The title of the window follows the heading. */
function entitled(title: string): string {
  document.title = `${title} · Essaim`
  return title
}

/** A page of its own in the middle of the window: sign-in and what leads there. */
export const narrow = (title: string, content: TemplateResult): TemplateResult =>
  html`<div class="narrow">
    <header class="top">
      <a class="mark" href="/" aria-label="Essaim">${mark()}<span>Essaim</span></a>
    </header>
    <main id="content" tabindex="-1">
      <h1>${entitled(title)}</h1>
      ${content}
    </main>
    <footer class="foot">
      <span>${state().serverName}</span>
      ${switchLanguage()}
    </footer>
  </div>`

/** A page among others, with the way to them. `path` is the present one. */
export function wide(title: string, path: string, content: TemplateResult): TemplateResult {
  const words = baseWords()
  const { me, serverName, firefox } = state()
  const admin = path.startsWith('/admin/')
  const pages = admin ? adminPages : accountPages
  const area = admin ? 'admin' : 'account'
  const mayAdminister = me?.role === 'owner' || me?.role === 'administrator'
  const shown = pages.filter((name) =>
    admin ? mayAdminister || name === 'invitations' : firefox || name !== 'browsers',
  )
  const link = (name: (typeof pages)[number]) => {
    const address = `/${area}/${name}`
    return html`<li>
      <a href=${address} aria-current=${address === path ? 'page' : nothing}>${words.nav[name]}</a>
    </li>`
  }
  const across =
    !admin && me?.role === 'person'
      ? nothing
      : html`<li class="across">
          <a href=${admin ? '/account/devices' : mayAdminister ? '/admin/people' : '/admin/invitations'}
            >${admin ? words.nav.account : mayAdminister ? words.nav.admin : words.nav.invitations}</a
          >
        </li>`
  return html`<div class="wide">
    <a class="skip" href="#content">${words.skip}</a>
    <header class="top">
      <a class="mark" href="/" aria-label="Essaim, ${words.home}">${mark()}<span>Essaim</span></a>
      <span class="who">${me?.name || me?.login}</span>
    </header>
    <nav aria-label=${words.nav.main}>
      <ul role="list">
        ${shown.map(link)} ${across}
      </ul>
    </nav>
    <main id="content" tabindex="-1">
      <h1>${entitled(title)}</h1>
      ${content}
    </main>
    <footer class="foot">
      <span>${serverName}</span>
      ${switchLanguage()}
    </footer>
  </div>`
}
