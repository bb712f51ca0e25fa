/** One app of the list: what it is, what it may do, what it did, and how to take that back. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { ask } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { Page } from '../page.ts'
import { alert } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { listWords } from '../words/apps/list.ts'
import { day, distance } from '../words/language.ts'
import type { AllowedThing, App, Why } from './contract.ts'
import { usesPart } from './uses.ts'

const isOver = ({ expires }: App) => expires !== null && expires <= Date.now()

/** `<essaim-one-app .app .chosen .choose .reload>` */
class OneApp extends Page {
  static override properties = {
    ...Page.properties,
    app: {},
    chosen: {},
    choose: {},
    reload: {},
    why: { state: true },
  }
  declare app: App
  declare chosen: boolean
  declare choose: (chosen: boolean) => void
  /** Asks the server again for the list. */
  declare reload: () => Promise<void>
  declare why: readonly Why[] | undefined

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    // What was explained may not be so any more.
    if (changed.has('app')) this.why = undefined
  }

  #pause(paused: boolean): void {
    const { id, label } = this.app
    const put = async (wanted: boolean) => {
      await call('PUT', `/me/apps/${id}`, { paused: wanted })
      await this.reload()
    }
    void this.run(async () => {
      await put(paused)
      const words = listWords()
      tell((paused ? words.pausedNow : words.resumedNow)(label), {
        label: words.undo,
        act: () => this.run(() => put(!paused)),
      })
    })
  }

  #remove(): void {
    const { id, label } = this.app
    void this.run(async () => {
      const words = listWords()
      const question = {
        title: words.removeTitle(label),
        text: words.removeAsk,
        confirm: words.remove,
        danger: true,
      }
      if (!(await ask(question))) return
      await call('DELETE', `/me/apps/${id}`)
      tell(listWords().removed(label))
      await this.reload()
    })
  }

  #narrow({ scope, title }: AllowedThing): void {
    const { id, label } = this.app
    void this.run(async () => {
      const words = listWords()
      const question = {
        title: words.narrowOne(title, label),
        text: words.narrowAsk(label),
        confirm: words.narrow,
        danger: true,
      }
      if (!(await ask(question))) return
      await call('PUT', `/me/apps/${id}`, { narrow: scope })
      tell(listWords().narrowed(title, label))
      await this.reload()
    })
  }

  #explain(): void {
    void this.run(async () => {
      this.why = (await call<{ allowed: readonly Why[] }>('GET', `/me/apps/${this.app.id}/why`)).allowed
    })
  }

  /** What it is, in a few words. */
  #about(): string {
    const words = listWords()
    const { kind, origin, verified, created, expires, lastUsed } = this.app
    const what = kind === 'app' && origin ? words.kindAt(origin) : words.kinds[kind]
    return [
      what,
      ...(kind === 'app' && verified === 'registered' ? [words.unchecked] : []),
      words.since(day(created)),
      expires === null ? words.forGood : (isOver(this.app) ? words.over : words.until)(day(expires)),
      lastUsed === null ? words.neverUsed : words.lastUsed(distance(lastUsed)),
    ].join(' · ')
  }

  #thing(thing: AllowedThing): TemplateResult {
    const words = listWords()
    const { scope, title, description, since, until } = thing
    const when = until === null ? words.thingSince(day(since)) : words.thingUntil(day(since), day(until))
    return html`<li class="thing">
      <div>
        <p class="title">${title}</p>
        <p class="detail">${description} ${when}</p>
      </div>
      ${
        scope === ''
          ? nothing
          : button({
              label: words.narrow,
              name: words.narrowOne(title, this.app.label),
              kind: 'quiet',
              disabled: this.busy,
              onClick: () => this.#narrow(thing),
            })
      }
    </li>`
  }

  #touched(): TemplateResult {
    const words = listWords()
    const names = this.app.touched.map(({ space, name }) =>
      space === null ? name || words.ownSpace : words.elsewhere(name, space),
    )
    return names.length === 0
      ? html`<p>${this.app.uses.some((count) => count > 0) ? nothing : words.untouched}</p>`
      : html`<p>${words.touched} ${[...new Set(names)].join(', ')}</p>`
  }

  #reasons(why: readonly Why[]): TemplateResult {
    const words = listWords()
    const sentence = ({ title, since, until, holds, reasons }: Why) => {
      const has = (because: string) => reasons.some((reason) => reason.because.startsWith(because))
      return [
        `${title}:`,
        until === null ? words.thingSince(day(since)) : words.thingUntil(day(since), day(until)),
        ...(has('owner')
          ? [words.whyYours]
          : has('entry')
            ? [words.whyShared]
            : has('configuration')
              ? [words.whyServer]
              : []),
        ...(this.app.paused ? [words.whyPaused] : holds ? [] : [words.whyNot]),
      ].join(' ')
    }
    return html`<ul class="facts" role="status">
      ${why.length === 0 ? html`<li>${words.whyNothing}</li>` : why.map((one) => html`<li>${sentence(one)}</li>`)}
    </ul>`
  }

  #details(): TemplateResult {
    const words = listWords()
    const { label, allowed, offline, uses } = this.app
    return html`<details>
      <summary><span class="hidden">${label}: </span>${words.details}</summary>
      <h3>${words.may}</h3>
      ${
        allowed.length === 0
          ? html`<p>${words.nothing}</p>`
          : html`<ul role="list">
              ${allowed.map((thing) => this.#thing(thing))}
            </ul>`
      }
      ${offline ? html`<p>${words.offline}</p>` : nothing}
      ${
        this.why
          ? this.#reasons(this.why)
          : html`<p>
              ${button({ label: words.why, kind: 'quiet', busy: this.busy, onClick: () => this.#explain() })}
            </p>`
      }
      <h3>${words.week}</h3>
      ${uses.some((count) => count > 0) ? usesPart(uses) : nothing} ${this.#touched()}
    </details>`
  }

  protected override render(): TemplateResult {
    const words = listWords()
    const { id, label, paused } = this.app
    const tag = isOver(this.app) ? words.ended : paused ? words.paused : ''
    return html`<div class="one-app">
      <input
        type="checkbox"
        id="choose-${id}"
        aria-label=${words.choose(label)}
        .checked=${this.chosen}
        @change=${(event: Event) => this.choose((event.target as HTMLInputElement).checked)}
      />
      <div class="what">
        <h2 class="title">${label}${tag ? html` <span class="tag">${tag}</span>` : nothing}</h2>
        <p class="detail">${this.#about()}</p>
        ${this.error ? alert(this.error) : nothing} ${this.#details()}
      </div>
      <div class="actions">
        ${
          isOver(this.app)
            ? nothing
            : button({
                label: paused ? words.resume : words.pause,
                name: (paused ? words.resumeOne : words.pauseOne)(label),
                kind: 'quiet',
                disabled: this.busy,
                onClick: () => this.#pause(!paused),
              })
        }
        ${button({
          label: words.remove,
          name: words.removeOne(label),
          disabled: this.busy,
          onClick: () => this.#remove(),
        })}
      </div>
    </div>`
  }
}
customElements.define('essaim-one-app', OneApp)
