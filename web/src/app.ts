/** Shows the page of the present address, and follows links within these pages without a new document. */
import { html } from 'lit'
import { sentenceOf } from './api.ts'
import { askedAddress } from './apps/asked.ts'
import { follow, go } from './navigation.ts'
import { Part } from './page.ts'
import { narrow } from './parts/frame.ts'
import { pagePath, routeOf } from './routes.ts'
import { load, sessionChanged, state } from './session.ts'
import { baseWords } from './words/base/index.ts'

/** What stands on the page: the element of a route, `absent` for an address that has none. */
type View = { path: string; tag: string; signedIn: boolean; element: HTMLElement } | 'absent' | undefined

class App extends Part {
  static override properties = { view: { state: true }, problem: { state: true } }
  declare view: View
  declare problem: string

  constructor() {
    super()
    this.view = undefined
    this.problem = ''
  }

  protected override createRenderRoot(): HTMLElement {
    // What was said while the script had not run.
    this.replaceChildren()
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('popstate', () => void this.#show())
    sessionChanged.addEventListener('change', () => {
      // Nothing of a person's pages stays when she has signed out.
      if (!state().me && this.view !== 'absent' && this.view?.signedIn) this.view = undefined
      void this.#show()
    })
    document.addEventListener('click', (event) => follow(event))
    load().catch((error: unknown) => (this.problem = sentenceOf(error)))
  }

  async #show(): Promise<void> {
    const path = pagePath()
    // Signing in may have led away from what an app asks, and ends at the start.
    const left = this.view === 'absent' ? undefined : this.view?.path
    const asked =
      ['/', '/sign-in'].includes(path) && state().me?.state === 'active' ? askedAddress(left) : undefined
    if (asked !== undefined) return go(asked, { replace: true })
    const route = routeOf(path)
    try {
      await route?.load()
    } catch {
      this.problem = baseWords().errors.offline
      return
    }
    // Another address may have come meanwhile.
    if (path !== pagePath() || route !== routeOf(path)) return
    const before = this.view
    if (before && before !== 'absent' && before.path === path && before.tag === route?.tag) return
    this.view = route
      ? {
          path,
          tag: route.tag,
          signedIn: route.signedIn ?? false,
          element: document.createElement(route.tag),
        }
      : 'absent'
    if (!before) return
    scrollTo(0, 0)
    await this.updateComplete
    await (this.firstElementChild as Part | null)?.updateComplete
    // Where a new page asks for nothing, screen readers begin at its heading.
    if (!this.contains(document.activeElement)) this.querySelector<HTMLElement>('#content')?.focus()
  }

  protected override render() {
    const words = baseWords()
    if (this.problem)
      return html`<main class="shell" id="content">
        <h1>Essaim</h1>
        <p role="alert">${this.problem}</p>
        <button type="button" class="plain" @click=${() => location.reload()}>${words.retry}</button>
      </main>`
    if (this.view === 'absent')
      return narrow(
        words.notFound,
        html`<p>${words.notFoundText}</p>
          <p><a href="/">${words.toStart}</a></p>`,
      )
    return html`${this.view?.element}`
  }
}

customElements.define('essaim-app', App)
