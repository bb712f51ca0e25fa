/** Whom the browser will know: picture, name, and the address that it shows. */
import { html, type TemplateResult } from 'lit'
import { button } from '../parts/forms.ts'
import { me } from '../session.ts'
import { firefoxWords } from '../words/firefox/sign-in.ts'
import type { Identity } from './let-in.ts'

/** `app` is what the browser is called; `leave` goes on as somebody else. */
export function whoIs(
  app: string,
  { email }: Identity,
  leave: () => Promise<void>,
  busy: boolean,
): TemplateResult {
  const { avatar, name, login } = me()
  const shown = name || login
  return html`<div class="who-is">
      ${
        avatar
          ? html`<img src=${avatar} alt="" width="48" height="48" />`
          : html`<span class="initial" aria-hidden="true">${[...shown][0]?.toUpperCase()}</span>`
      }
      <div>
        <p class="title">${shown}</p>
        <p class="detail" id="firefox-email">${email}</p>
      </div>
    </div>
    <p class="hint">${firefoxWords().known(app)}</p>
    <p class="quiet-text">
      ${button({
        label: firefoxWords().other,
        kind: 'quiet',
        disabled: busy,
        onClick: () => void leave(),
      })}
    </p>`
}
