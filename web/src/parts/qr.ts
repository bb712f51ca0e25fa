/** A text as a picture that a camera reads. */
import { svg, html, type TemplateResult } from 'lit'
import { encode } from 'uqr'

/** Drawn dark on light in either scheme: many cameras read nothing else. */
export function qrCode(text: string, label: string): TemplateResult {
  const { data, size } = encode(text, { border: 2, ecc: 'M' })
  const path = data
    .flatMap((line, y) => line.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label=${label}>
    ${svg`<rect class="light" width=${size} height=${size}/><path class="dark" d=${path}/>`}
  </svg>`
}
