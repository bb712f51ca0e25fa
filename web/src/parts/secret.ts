/** A secret that is shown once: selectable, copied with one press. */
import { html } from 'lit'
import { Part } from '../page.ts'
import { baseWords } from '../words/base/index.ts'

/** `<essaim-secret .text=… .label=…>` */
class Secret extends Part {
  static override properties = { text: {}, label: {}, copied: { state: true } }
  declare text: string
  declare label: string
  declare copied: boolean

  constructor() {
    super()
    this.text = ''
    this.label = ''
    this.copied = false
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text)
      this.copied = true
    } catch {
      // Not allowed here: selected, the person copies it by herself.
      const output = this.querySelector('output')
      if (output) getSelection()?.selectAllChildren(output)
    }
  }

  protected override render() {
    const words = baseWords()
    return html`<div class="secret">
      <output aria-label=${this.label} tabindex="0">${this.text}</output>
      <button type="button" class="plain" @click=${() => this.#copy()}>
        <span aria-live="polite">${this.copied ? words.copied : words.copy}</span>
      </button>
    </div>`
  }
}
customElements.define('essaim-secret', Secret)
