/** What all pages and parts of pages are: elements in the light DOM, so that password managers see their forms. */
import { KeysError } from '@essaim/client'
import { LitElement } from 'lit'
import { ApiError, sentenceOf } from './api.ts'
import { reportFault } from './faults.ts'
import { languageChanged } from './words/language.ts'

/** Renders into itself, without a shadow, and again when the language changes. */
export class Part extends LitElement {
  #update = () => this.requestUpdate()

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  /** What was taken off the page shows nothing more: what it would show may be gone, as after signing out. */
  protected override shouldUpdate(): boolean {
    return this.isConnected
  }

  override connectedCallback(): void {
    super.connectedCallback()
    languageChanged.addEventListener('change', this.#update)
  }

  override disconnectedCallback(): void {
    languageChanged.removeEventListener('change', this.#update)
    super.disconnectedCallback()
  }
}

/** A page, or a part of one, with something that takes its time: `busy` while it lasts, `error` if it failed. */
export class Page extends Part {
  static override properties = { busy: { state: true }, error: { state: true }, wait: { state: true } }

  declare busy: boolean
  /** A sentence, or an empty text. */
  declare error: string
  /** Seconds until it makes sense to try again; counts down by itself. */
  declare wait: number
  #timer: ReturnType<typeof setInterval> | undefined
  #failed: unknown

  constructor() {
    super()
    this.busy = false
    this.error = ''
    this.wait = 0
  }

  override disconnectedCallback(): void {
    clearInterval(this.#timer)
    super.disconnectedCallback()
  }

  /** Does one thing at a time. What it throws is shown as `error`. True when it went well. */
  protected async run(act: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false
    const before = document.activeElement
    this.busy = true
    this.error = ''
    try {
      await act()
      return true
    } catch (error) {
      this.fail(error)
      return false
    } finally {
      this.busy = false
      void this.updateComplete.then(() => this.#giveFocusBack(before))
    }
  }

  /** A button that works is disabled, and loses the focus by that; one whose thing was removed is gone. */
  #giveFocusBack(before: Element | null): void {
    if (document.activeElement && document.activeElement !== document.body) return
    if (!(before instanceof HTMLElement) || before === document.body || !this.isConnected) return
    if (before.isConnected) before.focus()
    if (document.activeElement === before) return
    const part =
      this.closest<HTMLElement>('[tabindex="-1"]') ?? this.querySelector<HTMLElement>('[tabindex="-1"]')
    part?.focus()
  }

  /** Shows what went wrong. */
  protected fail(error: unknown): void {
    // What has no sentence of its own is a fault of these pages.
    if (!(error instanceof ApiError) && !(error instanceof KeysError)) reportFault(error)
    this.#failed = error
    this.error = sentenceOf(error)
    const seconds = error instanceof ApiError ? error.retryAfter : undefined
    if (seconds !== undefined) this.#countDown(seconds)
  }

  /** The sentence follows the seconds that are left. */
  #countDown(seconds: number): void {
    clearInterval(this.#timer)
    const end = Date.now() + seconds * 1000
    this.wait = seconds
    this.#timer = setInterval(() => {
      this.wait = Math.max(0, Math.ceil((end - Date.now()) / 1000))
      const failed = this.#failed as ApiError
      this.error = this.wait
        ? sentenceOf(new ApiError(failed.code, { ...failed.details, retryAfter: this.wait }))
        : ''
      if (!this.wait) clearInterval(this.#timer)
    }, 1000)
  }
}
