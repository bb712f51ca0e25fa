/** The mark: a cell of a honeycomb with two lines in it. */
import { svg, html } from 'lit'

export const mark = () =>
  html`<svg class="cell" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    ${svg`<path class="comb" d="m16 2 12.1 7v14L16 30 3.9 23V9z"/><path class="lines" d="M10 12h12v3H10zm0 5h12v3H10z"/>`}
  </svg>`
