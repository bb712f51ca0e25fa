/** Keys for scripts: made for what the person chooses, shown once. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { openDialog } from '../parts/dialog.ts'
import { button, field, select, submit, submitted } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { alert, section } from '../parts/notices.ts'
import '../parts/secret.ts'
import { consentWords } from '../words/apps/consent.ts'
import { keyWords } from '../words/apps/keys.ts'
import { newName, newOne, radios, slug } from './ask.ts'

interface Offered {
  name: string
  scopes: readonly { scope: string; title: string; description: string; one: boolean }[]
  /** What to ask where it can be about one thing. */
  question?: string
  /** What stands before the name of a new one, where she may begin one. */
  begins?: string
}

interface OfferedDoor extends Offered {
  targets: readonly { id: string; title: string }[]
}

const spans = [30, 90, 365] as const
const [none, all] = ['-', '*'] as const

/** `<essaim-script-keys .reload>` */
class ScriptKeys extends Loading<readonly OfferedDoor[]> {
  static override properties = { ...Loading.properties, reload: {}, missing: { state: true } }
  /** Asks the server again for the list of apps. */
  declare reload: () => Promise<void>
  /** What was left out. */
  declare missing: string

  constructor() {
    super()
    this.missing = ''
  }

  protected async ask(): Promise<readonly OfferedDoor[]> {
    const { doors } = await call<{ doors: readonly Offered[] }>('GET', '/me/scopes')
    return Promise.all(
      doors.map(async (door) => {
        if (door.question === undefined) return { ...door, targets: [] }
        const { targets } = await call<{ targets: readonly { target: string; title: string }[] }>(
          'GET',
          `/me/scopes/${door.name}/targets`,
        )
        return { ...door, targets: targets.map(({ target: id, title }) => ({ id, title })) }
      }),
    )
  }

  /** The scope that was chosen at a door; a sentence where something is missing. */
  #chosen(
    { name: door, targets, begins = '' }: OfferedDoor,
    values: Record<string, string>,
  ): { scope: string } | string | undefined {
    const picked = values[`at-${door}`]
    const verb = values[`verb-${door}`] ?? 'r'
    if (picked === undefined || picked === none) return undefined
    if (picked === all) return { scope: `${door}:${verb}` }
    const words = consentWords()
    const name = slug(values[`new-${door}`] ?? '')
    if (picked === newOne && name === '') return words.newNeeded
    const target = picked === newOne ? begins + name : picked
    if (picked === newOne && targets.some(({ id }) => id === target)) return words.newTaken
    return { scope: `${door}:${target}:${verb}` }
  }

  #make(values: Record<string, string>): void {
    const chosen = (this.data ?? []).map((door) => this.#chosen(door, values))
    const wrong = chosen.find((one) => typeof one === 'string')
    const scopes = chosen.flatMap((one) => (typeof one === 'object' ? [one.scope] : []))
    this.missing = wrong ?? (scopes.length === 0 ? keyWords().needed : '')
    if (this.missing) return
    const { 'key-name': name = '', 'key-days': days = '' } = values
    void this.run(async () => {
      const wanted = { name: name.trim(), scopes, ...(days && { days: Number(days) }) }
      const { text } = await call<{ text: string }>('POST', '/me/tokens', wanted)
      this.querySelector('form')?.reset()
      await openDialog<true>(
        () => keyWords().made,
        (done) => {
          const words = keyWords()
          return html`<p>${words.madeText}</p>
            <p class="label">${words.key}</p>
            <essaim-secret .text=${text} .label=${words.key}></essaim-secret>
            <p>${words.madeHow} <code>Authorization: Bearer …</code></p>
            <div class="actions end">
              ${button({ label: words.done, kind: 'primary', onClick: () => done(true) })}
            </div>`
        },
      )
      await this.reload()
    })
  }

  #door({ name, scopes, question, begins, targets }: OfferedDoor, several: boolean): TemplateResult {
    const words = keyWords()
    const { verbs, how } = consentWords()
    const one = question !== undefined && scopes.some((scope) => scope.one)
    const options = [
      ...(several ? [{ id: none, title: words.nothing }] : []),
      { id: all, title: words.everything },
      ...(one && begins !== undefined ? [{ id: newOne, title: consentWords().newOne }] : []),
      ...(one ? targets : []),
    ]
    const offered = scopes.map(({ scope }) => scope.slice(scope.lastIndexOf(':') + 1))
    return html`<div class="ask-door">
      ${radios(question ?? words.which, `at-${name}`, options, several ? none : undefined)}
      ${one && begins !== undefined ? newName(`new-${name}`, '') : nothing}
      ${radios(
        how,
        `verb-${name}`,
        offered.map((verb) => ({ id: verb, title: verbs[verb] ?? verb })),
        offered[0],
      )}
    </div>`
  }

  #form(doors: readonly OfferedDoor[]): TemplateResult {
    const words = keyWords()
    const { forever, dayCount } = consentWords()
    return html`<form @submit=${submitted((values) => this.#make(values))}>
      ${field({
        name: 'key-name',
        label: words.name,
        hint: words.nameHint,
        required: true,
        maxlength: 100,
        autocomplete: 'off',
      })}
      ${doors.map((door) => this.#door(door, doors.length > 1))}
      ${select({
        name: 'key-days',
        label: words.days,
        value: String(spans[1]),
        options: [
          ...spans.map((days) => ({ value: String(days), label: dayCount(days) })),
          { value: '', label: forever },
        ],
      })}
      ${alert(this.missing || this.error)} ${submit(words.make, { busy: this.busy })}
    </form>`
  }

  protected override render(): TemplateResult {
    const words = keyWords()
    return section(words.title, this.data ? this.#form(this.data) : this.waiting(), words.text)
  }
}
customElements.define('essaim-script-keys', ScriptKeys)
