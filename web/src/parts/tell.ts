/** Tells what was done, at the foot of the window: read out, seen for a while, with a way back where there is one. */
import { html, nothing, render } from 'lit'

interface Undo {
  label: string
  act: () => unknown
}

/** How long it is seen, in milliseconds; longer while the pointer or the focus is on it. */
const lasts = 8_000

let region: HTMLElement | undefined
let timer: ReturnType<typeof setTimeout> | undefined

function regionOf(): HTMLElement {
  if (region?.isConnected) return region
  region = document.createElement('div')
  region.className = 'told'
  region.setAttribute('role', 'status')
  // Hovered or focused it stays: nobody loses the way back by reading.
  for (const event of ['pointerenter', 'focusin']) region.addEventListener(event, () => clearTimeout(timer))
  for (const event of ['pointerleave', 'focusout']) region.addEventListener(event, later)
  document.body.append(region)
  return region
}

function later(): void {
  clearTimeout(timer)
  timer = setTimeout(hush, lasts)
}

/** Takes the sentence away. */
export function hush(): void {
  clearTimeout(timer)
  if (region) render(nothing, region)
}

/** Shows a sentence, in place of the one before. */
export function tell(sentence: string, undo?: Undo): void {
  const act = () => {
    hush()
    undo?.act()
  }
  render(
    html`<p>
      <span>${sentence}</span>
      ${undo ? html`<button type="button" class="quiet" @click=${act}>${undo.label}</button>` : nothing}
    </p>`,
    regionOf(),
  )
  later()
}
