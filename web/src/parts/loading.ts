/** A page, or a part of one, that shows what it first asks the server for. */
import { html, nothing, type TemplateResult } from 'lit'
import { Page } from '../page.ts'
import { baseWords } from '../words/base/index.ts'
import { alert } from './notices.ts'

export abstract class Loading<Data> extends Page {
  static override properties = { ...Page.properties, data: { state: true } }
  declare data: Data | undefined

  constructor() {
    super()
    this.data = undefined
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.run(() => this.load())
  }

  protected abstract ask(): Promise<Data>

  /** Asks the server (again). */
  protected async load(): Promise<void> {
    this.data = await this.ask()
  }

  /** What stands in for the data until it is there. */
  protected waiting(): TemplateResult {
    return this.busy
      ? html`<p class="empty waiting">${baseWords().loading}</p>`
      : html`${alert(this.error)}
          <p>
            <button type="button" class="plain" @click=${() => this.run(() => this.load())}>
              ${baseWords().retry}
            </button>
          </p>`
  }

  /** An error that came while there was something to show. */
  protected trouble(): TemplateResult | typeof nothing {
    return this.error ? alert(this.error) : nothing
  }
}
