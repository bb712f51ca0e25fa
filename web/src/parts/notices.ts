/** What pages tell: outcomes, warnings, lists of things. Templates, in the page's own light DOM. */
import { html, nothing, type TemplateResult } from 'lit'

type Content = TemplateResult | string | typeof nothing

/** What went wrong with a form. Its room is always there, and it is read out when it changes. */
export const alert = (text: string): TemplateResult => html`<p class="alert" role="alert">${text}</p>`

/** Something to know. `good`: it worked; `warn`: something to think of; `info`: the rest. */
export const notice = (
  kind: 'info' | 'good' | 'warn',
  content: Content,
  actions: Content = nothing,
): TemplateResult =>
  html`<div class="notice ${kind}" role=${kind === 'good' ? 'status' : nothing}>
    <div>${content}</div>
    ${actions === nothing ? nothing : html`<div class="actions">${actions}</div>`}
  </div>`

export interface Row {
  title: Content
  detail?: Content
  /** Small words beside the title, such as “this device”. */
  tag?: string
  actions?: Content
}

/** One thing of a list. */
export const row = ({ title, detail = nothing, tag, actions = nothing }: Row): TemplateResult =>
  html`<li class="row">
    <div class="what">
      <p class="title">${title}${tag ? html` <span class="tag">${tag}</span>` : nothing}</p>
      ${detail === nothing ? nothing : html`<p class="detail">${detail}</p>`}
    </div>
    ${actions === nothing ? nothing : html`<div class="actions">${actions}</div>`}
  </li>`

/** A list of rows, or what to say where there are none. */
export const rows = (items: readonly TemplateResult[], empty: Content): TemplateResult =>
  items.length > 0
    ? html`<ul class="rows" role="list">
        ${items}
      </ul>`
    : html`<p class="empty">${empty}</p>`

/** A part of a page under a heading of its own. */
export const section = (title: string, content: Content, intro: Content = nothing): TemplateResult =>
  html`<section>
    <h2>${title}</h2>
    ${intro === nothing ? nothing : html`<p class="intro">${intro}</p>`}${content}
  </section>`
