/** What an app is called, and how far that is true. */
import { html, nothing, type TemplateResult } from 'lit'
import { notice } from '../parts/notices.ts'
import { consentWords } from '../words/apps/consent.ts'
import type { AskingApp } from './contract.ts'

const isHere = (origin: string) => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin)

/** What is known of it, in a sentence or two. */
export function knownOf({ name, origin, verified }: AskingApp): string {
  const { verified: said, certain, certainDevice, certainHere } = consentWords()
  const first =
    verified === 'configured'
      ? said.configured(name)
      : verified === 'document' && origin
        ? said.document(origin)
        : said.registered
  return `${first} ${origin === '' ? certainDevice : isHere(origin) ? certainHere(origin) : certain(origin)}`
}

export const appCard = (app: AskingApp): TemplateResult =>
  html`<div class="asking">
      <p class="title">${app.name}</p>
      ${app.origin || app.device ? html`<p class="detail">${app.device || app.origin}</p>` : nothing}
    </div>
    ${notice(app.verified === 'configured' ? 'info' : 'warn', knownOf(app))}`
