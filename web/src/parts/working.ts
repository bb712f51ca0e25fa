/** What is seen while a password is stretched: how far it is, and a way to stop it. */
import { html, type TemplateResult } from 'lit'
import { baseWords } from '../words/base/index.ts'

export const working = (share: number, stop: () => void): TemplateResult => {
  const words = baseWords()
  return html`<div class="working">
    <p id="working">${words.working}</p>
    <progress max="1" value=${share} aria-labelledby="working"></progress>
    <button type="button" class="quiet" @click=${stop}>${words.cancel}</button>
  </div>`
}
