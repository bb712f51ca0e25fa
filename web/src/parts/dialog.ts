/** Dialogs: the browser's own, so that keyboard, focus and Escape work as people know them. */
import { html, nothing, render, type TemplateResult } from 'lit'
import { baseWords } from '../words/base/index.ts'
import { languageChanged } from '../words/language.ts'

/**
 * Opens a dialog and waits until it is closed. `content` gets what ends it; Escape and the cross end it with
 * undefined. `label` is its heading.
 */
export function openDialog<Result>(
  label: () => string,
  content: (done: (result?: Result) => void) => TemplateResult,
): Promise<Result | undefined> {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog')
    dialog.setAttribute('aria-labelledby', 'dialog-title')
    let result: Result | undefined
    const done = (given?: Result) => {
      result = given
      dialog.close()
    }
    const show = () =>
      render(
        html`<div class="head">
            <h2 id="dialog-title">${label()}</h2>
            <button type="button" class="close" aria-label=${baseWords().close} @click=${() => done()}>
              <span aria-hidden="true">×</span>
            </button>
          </div>
          ${content(done)}`,
        dialog,
      )
    dialog.addEventListener('close', () => {
      languageChanged.removeEventListener('change', show)
      render(nothing, dialog)
      dialog.remove()
      resolve(result)
    })
    languageChanged.addEventListener('change', show)
    document.body.append(dialog)
    show()
    dialog.showModal()
  })
}

export interface Question {
  title: string
  text: TemplateResult | string
  /** The button that goes on. */
  confirm: string
  danger?: boolean
}

/** Asks before something happens. */
export async function ask({ title, text, confirm, danger = false }: Question): Promise<boolean> {
  const answer = await openDialog<boolean>(
    () => title,
    (done) =>
      html`<p>${text}</p>
        <div class="actions end">
          <button type="button" class="plain" @click=${() => done()}>${baseWords().cancel}</button>
          <button type="button" class=${danger ? 'danger' : 'primary'} autofocus @click=${() => done(true)}>
            ${confirm}
          </button>
        </div>`,
  )
  return answer ?? false
}
