/** What others can reach of what is hers: by person, and by whom it was shared; taken back, one or all of one. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { ask, type Question } from '../parts/dialog.ts'
import { button } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { sharedWords } from '../words/apps/shared.ts'
import { day } from '../words/language.ts'
import type { SharedLine, SharedPage } from './contract.ts'

const whomOf = ({ whom: { kind, name } }: SharedLine): string => {
  const words = sharedWords()
  return kind === 'everyone' || kind === 'authenticated' ? words[kind] : words[kind](name)
}

const thingOf = ({ thing, space }: SharedLine): string =>
  space === null ? sharedWords().ownPlace(thing) : sharedWords().place(thing, space)

/** The most that it comes to; what stands beside that is said as well. */
function mayOf({ may }: SharedLine): string {
  const words = sharedWords()
  const has = (right: string) => may.includes(right)
  if (has('administer')) return words.administer
  const reads = has('read') || has('list')
  return [
    ...(has('write')
      ? [words.change]
      : [...(reads ? [words.read] : []), ...(has('create') ? [words.create] : [])]),
    ...(has('send') ? [words.send] : []),
    ...(has('see presence') ? [words.presence] : []),
  ].join(' ')
}

/** The list behind a place where it was cut. */
export const sharedPage = (after?: string): Promise<SharedPage> =>
  call('GET', `/me/shared${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`)

/** `<essaim-shared .first>` */
class SharedWith extends Loading<SharedPage> {
  static override properties = { ...Loading.properties, first: {} }
  /** The first page as it was asked for together with what stands above, so that nothing jumps; used once. */
  declare first: SharedPage | undefined
  /** How many pages of the list are shown. */
  #pages = 1

  /** All that was shown before, anew. */
  protected async ask(): Promise<SharedPage> {
    let page = this.first ?? (await sharedPage())
    this.first = undefined
    const shared = [...page.shared]
    for (let i = 1; i < this.#pages && page.next !== undefined; i++) {
      page = await sharedPage(page.next)
      shared.push(...page.shared)
    }
    return { ...page, shared }
  }

  #more(): void {
    this.#pages++
    void this.run(() => this.load())
  }

  /** Asks, does it, and shows what is left. */
  #end(question: Omit<Question, 'danger'>, act: () => Promise<string>): void {
    void this.run(async () => {
      if (!(await ask({ ...question, danger: true }))) return
      tell(await act())
      await this.load()
    })
  }

  #remove(line: SharedLine): void {
    const words = sharedWords()
    const { home, path, principal, source } = line
    const question = {
      title: words.removeTitle(thingOf(line)),
      text: words.removeAsk(whomOf(line)),
      confirm: words.remove,
    }
    this.#end(question, async () => {
      await call('DELETE', '/me/shared', { home, path, principal, source })
      return sharedWords().removed(thingOf(line))
    })
  }

  #removeAll(line: SharedLine): void {
    const words = sharedWords()
    const question = { title: words.allTitle(whomOf(line)), text: words.allAsk, confirm: words.removeAll }
    this.#end(question, async () => {
      const { principal } = line
      const { ended } = await call<{ ended: number }>('POST', '/me/shared/end', { principal })
      return sharedWords().allRemoved(ended)
    })
  }

  #line(line: SharedLine): TemplateResult {
    const words = sharedWords()
    const until = line.until === null ? words.forGood : words.until(day(line.until))
    return html`<li class="thing">
      <div>
        <p class="title">${thingOf(line)}</p>
        <p class="detail">${mayOf(line)} ${until} ${words[line.why]}</p>
      </div>
      ${button({
        label: words.remove,
        name: words.removeOne(thingOf(line), whomOf(line)),
        kind: 'quiet',
        disabled: this.busy,
        onClick: () => this.#remove(line),
      })}
    </li>`
  }

  #group(first: SharedLine, lines: readonly SharedLine[]): TemplateResult {
    const words = sharedWords()
    return html`<li class="shared-with">
      <div class="head">
        <h3 class="title">${whomOf(first)}</h3>
        ${button({
          label: words.removeAll,
          name: words.removeAllOf(whomOf(first)),
          disabled: this.busy,
          onClick: () => this.#removeAll(first),
        })}
      </div>
      <ul role="list">
        ${lines.map((line) => this.#line(line))}
      </ul>
    </li>`
  }

  #list({ shared, next }: SharedPage): TemplateResult {
    const words = sharedWords()
    const groups = Map.groupBy(shared, ({ principal }) => principal)
    return html`${this.trouble()}
    ${
      shared.length === 0
        ? next === undefined
          ? html`<p class="empty">${words.none}</p>`
          : nothing
        : html`<ul class="rows apps" role="list">
            ${[...groups.values()].map((lines) => this.#group(lines[0]!, lines))}
          </ul>`
    }
    ${
      next === undefined
        ? nothing
        : html`<p class="more">
            ${button({ label: words.more, busy: this.busy, onClick: () => this.#more() })}
          </p>`
    }`
  }

  protected override render(): TemplateResult {
    const words = sharedWords()
    return section(words.title, this.data ? this.#list(this.data) : this.waiting(), words.lead)
  }
}
customElements.define('essaim-shared', SharedWith)
