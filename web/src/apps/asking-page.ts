/** What pages have in common on which an app asks: whoever is signed out signs in there first, and goes on. */
import { html, type TemplateResult } from 'lit'
import { callBare } from '../api.ts'
import { takeFragment } from '../navigation.ts'
import { Page } from '../page.ts'
import { pagePath } from '../routes.ts'
import '../pages/sign-in.ts'
import { sessionChanged, setMe, state } from '../session.ts'
import { askedOn, forgetAsked, keepAsked } from './asked.ts'

const isIn = () => state().me?.state === 'active'

export abstract class AskingPage extends Page {
  /** What the address said, then or when the tab came here first. */
  protected asked = ''
  readonly #path = pagePath()
  #moved = () => this.#begin()

  /** Begins once somebody is signed in, and anew when it is somebody else. */
  protected abstract begin(): void
  /** What the address says; an empty text: nothing. */
  protected read(): string {
    return takeFragment()
  }
  protected abstract page(): TemplateResult

  override connectedCallback(): void {
    super.connectedCallback()
    this.asked = this.read() || (askedOn(this.#path) ?? '')
    if (this.asked) keepAsked(this.#path, this.asked)
    sessionChanged.addEventListener('change', this.#moved)
    this.#begin()
  }

  override disconnectedCallback(): void {
    sessionChanged.removeEventListener('change', this.#moved)
    // Who goes elsewhere to sign in comes back; who leaves has left.
    if (isIn()) forgetAsked()
    super.disconnectedCallback()
  }

  #begin(): void {
    if (isIn()) this.begin()
    this.requestUpdate()
  }

  protected signIn(): TemplateResult {
    return html`<essaim-sign-in></essaim-sign-in>`
  }

  /** Goes on as somebody else. */
  protected leave = async (): Promise<void> => {
    await callBare('POST', '/sign-out')
    setMe(null)
  }

  /** It is answered: signing in leads here no more. */
  protected finished(): void {
    forgetAsked()
  }

  /** Where the browser goes after an answer, whatever it was. */
  protected async goTo(address: string): Promise<void> {
    this.finished()
    location.replace(address)
    // This page is about to go.
    await new Promise(() => undefined)
  }

  protected override render(): TemplateResult {
    return isIn() ? this.page() : this.signIn()
  }
}
