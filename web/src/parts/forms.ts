/** Parts of forms, as templates: they stand in the page's own light DOM. */
import { html, nothing, type TemplateResult } from 'lit'
import { ifDefined } from 'lit/directives/if-defined.js'
import { live } from 'lit/directives/live.js'
import { baseWords } from '../words/base/index.ts'

type Content = TemplateResult | string | typeof nothing

export interface Field {
  /** Also its id, so unique on the page. */
  name: string
  label: string
  /** `text` where not given. */
  type?: 'text' | 'password' | 'email' | 'number' | 'url' | 'search'
  /** One of the standard's tokens, such as `username`. */
  autocomplete?: string
  hint?: Content
  /** What is wrong with it; an empty text: nothing. */
  wrong?: string
  value?: string
  required?: boolean
  maxlength?: number
  minlength?: number
  pattern?: string
  min?: number
  max?: number
  inputmode?: 'text' | 'numeric' | 'email' | 'url'
  autofocus?: boolean
  disabled?: boolean
  readonly?: boolean
  placeholder?: string
  onInput?: (value: string) => void
  onBlur?: (value: string) => void
}

/** Names, codes and words are not sentences: nothing corrects or capitalises them. */
const literal = (type: string) => type !== 'search'

/** A field with its label; what is wrong takes the hint's place, so that nothing moves. */
export function field(options: Field): TemplateResult {
  const { name, label, type = 'text', hint, wrong = '' } = options
  const described = hint || wrong ? `${name}-hint` : undefined
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <div class=${type === 'password' ? 'input with-button' : 'input'}>
      <input
        id=${name}
        name=${name}
        type=${type}
        autocomplete=${ifDefined(options.autocomplete)}
        autocapitalize=${ifDefined(literal(type) ? 'none' : undefined)}
        spellcheck=${literal(type) ? 'false' : 'true'}
        aria-describedby=${ifDefined(described)}
        aria-invalid=${ifDefined(wrong ? 'true' : undefined)}
        inputmode=${ifDefined(options.inputmode)}
        maxlength=${ifDefined(options.maxlength)}
        minlength=${ifDefined(options.minlength)}
        min=${ifDefined(options.min)}
        max=${ifDefined(options.max)}
        pattern=${ifDefined(options.pattern)}
        placeholder=${ifDefined(options.placeholder)}
        ?required=${options.required ?? false}
        ?disabled=${options.disabled ?? false}
        ?readonly=${options.readonly ?? false}
        ?autofocus=${options.autofocus ?? false}
        .value=${options.value === undefined ? nothing : live(options.value)}
        @input=${(event: Event) => options.onInput?.((event.target as HTMLInputElement).value)}
        @blur=${(event: Event) => options.onBlur?.((event.target as HTMLInputElement).value)}
      />
      ${type === 'password' ? reveal(name) : nothing}
    </div>
    ${described ? html`<p class="hint ${wrong ? 'wrong' : ''}" id=${described}>${wrong || hint}</p>` : nothing}
  </div>`
}

/** Shows what was typed as long as it is pressed in. */
function reveal(name: string): TemplateResult {
  const words = baseWords()
  const toggle = (event: Event) => {
    const button = event.currentTarget as HTMLButtonElement
    const input = button.parentElement!.querySelector<HTMLInputElement>(`#${CSS.escape(name)}`)!
    const shown = input.type === 'password'
    input.type = shown ? 'text' : 'password'
    button.setAttribute('aria-pressed', String(shown))
    button.textContent = shown ? words.hide : words.show
  }
  return html`<button
    type="button"
    class="in-field"
    aria-pressed="false"
    aria-controls=${name}
    @click=${toggle}
  >
    ${words.show}
  </button>`
}

/** A longer text, such as recovery words. */
export function area(options: Field & { rows?: number }): TemplateResult {
  const { name, label, hint, wrong = '', rows = 3 } = options
  const described = hint || wrong ? `${name}-hint` : undefined
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <textarea
      id=${name}
      name=${name}
      rows=${rows}
      autocomplete=${ifDefined(options.autocomplete)}
      autocapitalize="none"
      spellcheck="false"
      aria-describedby=${ifDefined(described)}
      aria-invalid=${ifDefined(wrong ? 'true' : undefined)}
      maxlength=${ifDefined(options.maxlength)}
      ?required=${options.required ?? false}
      ?autofocus=${options.autofocus ?? false}
      .value=${options.value === undefined ? nothing : live(options.value)}
      @input=${(event: Event) => options.onInput?.((event.target as HTMLTextAreaElement).value)}
    ></textarea>
    ${described ? html`<p class="hint ${wrong ? 'wrong' : ''}" id=${described}>${wrong || hint}</p>` : nothing}
  </div>`
}

export interface Choice {
  name: string
  label: Content
  hint?: Content
  checked?: boolean
  disabled?: boolean
  onChange?: (checked: boolean) => void
}

/** A box to tick. */
export function checkbox({ name, label, hint, checked, disabled, onChange }: Choice): TemplateResult {
  return html`<div class="check">
    <input
      type="checkbox"
      id=${name}
      name=${name}
      aria-describedby=${ifDefined(hint ? `${name}-hint` : undefined)}
      ?disabled=${disabled ?? false}
      .checked=${live(checked ?? false)}
      @change=${(event: Event) => onChange?.((event.target as HTMLInputElement).checked)}
    />
    <label for=${name}>${label}</label>
    ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
  </div>`
}

export interface Select {
  name: string
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  hint?: Content
  disabled?: boolean
  onChange?: (value: string) => void
}

export function select({ name, label, value, options, hint, disabled, onChange }: Select): TemplateResult {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <select
      id=${name}
      name=${name}
      aria-describedby=${ifDefined(hint ? `${name}-hint` : undefined)}
      ?disabled=${disabled ?? false}
      @change=${(event: Event) => onChange?.((event.target as HTMLSelectElement).value)}
    >
      ${options.map(
        (one) => html`<option value=${one.value} ?selected=${one.value === value}>${one.label}</option>`,
      )}
    </select>
    ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
  </div>`
}

/** The button that sends the form. While it works it keeps its size and says so to screen readers. */
export function submit(
  label: string,
  { busy = false, disabled = false, danger = false } = {},
): TemplateResult {
  return html`<button
    class="primary ${danger ? 'danger' : ''}"
    ?disabled=${disabled || busy}
    aria-busy=${busy}
  >
    <span>${label}</span>
  </button>`
}

export interface Button {
  label: Content
  onClick: () => void
  busy?: boolean
  disabled?: boolean
  kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  /** Said in place of the label where it says too little by itself, such as “Remove Alice’s telephone”. */
  name?: string
}

export const button = ({ label, onClick, busy = false, disabled = false, kind = 'plain', name }: Button) =>
  html`<button
    type="button"
    class=${kind}
    ?disabled=${disabled || busy}
    aria-busy=${busy}
    aria-label=${ifDefined(name)}
    @click=${onClick}
  >
    <span>${label}</span>
  </button>`

/** Handles a form: nothing is sent by the browser itself. */
export const submitted = (act: (values: Record<string, string>) => unknown) => (event: SubmitEvent) => {
  event.preventDefault()
  const data = new FormData(event.currentTarget as HTMLFormElement)
  void act(Object.fromEntries([...data].map(([name, value]) => [name, String(value)])))
}
