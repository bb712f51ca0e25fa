/** What holds for everybody on this server. */
import { html, type TemplateResult } from 'lit'
import { ApiError, call } from '../api.ts'
import { wide } from '../parts/frame.ts'
import { field, submit, submitted } from '../parts/forms.ts'
import { Loading } from '../parts/loading.ts'
import { tell } from '../parts/tell.ts'
import { load as loadState } from '../session.ts'
import { serverWords } from '../words/admin/server.ts'
import type { Settings } from './contract.ts'

const registrations = ['closed', 'invitation', 'approval', 'open'] as const

class ServerSettings extends Loading<Settings> {
  static override properties = { ...Loading.properties, wrong: { state: true } }
  /** The member that the server refused. */
  declare wrong: string

  constructor() {
    super()
    this.wrong = ''
  }

  protected async ask(): Promise<Settings> {
    return (await call<{ settings: Settings }>('GET', '/admin/settings')).settings
  }

  async #put(wanted: Settings): Promise<void> {
    this.wrong = ''
    try {
      this.data = (await call<{ settings: Settings }>('PUT', '/admin/settings', wanted)).settings
    } catch (error) {
      if (!(error instanceof ApiError) || !['setting-malformed', 'malformed'].includes(error.code))
        throw error
      this.wrong = String(error.details['member'] ?? '')
      await this.updateComplete
      this.querySelector<HTMLElement>(`[name=${CSS.escape(this.wrong)}]`)?.focus()
      throw error
    }
    // The name of the server stands at the foot of every page.
    await loadState()
  }

  #save(values: Record<string, string>): void {
    const before = this.data
    const { registration, serverName = '', graceDays, recoveryHours } = values
    void this.run(async () => {
      await this.#put({
        registration: registration as Settings['registration'],
        serverName: serverName.trim(),
        graceDays: Number(graceDays),
        recoveryHours: Number(recoveryHours),
      })
      const { settings: words } = serverWords()
      tell(
        words.saved,
        before && {
          label: words.undo,
          act: () =>
            this.run(async () => {
              await this.#put(before)
              tell(serverWords().settings.undone)
            }),
        },
      )
    })
  }

  #registration(chosen: string): TemplateResult {
    const { title, choices } = serverWords().settings.registration
    const choice = (value: string) => {
      const { label, hint } = choices[value]!
      return html`<div class="check">
        <input
          type="radio"
          name="registration"
          id="registration-${value}"
          value=${value}
          aria-describedby="registration-${value}-hint"
          ?checked=${value === chosen}
        />
        <label for="registration-${value}">${label}</label>
        <p class="hint" id="registration-${value}-hint">${hint}</p>
      </div>`
    }
    return html`<fieldset class="choices">
      <legend>${title}</legend>
      ${registrations.map(choice)}
    </fieldset>`
  }

  #form(settings: Settings): TemplateResult {
    const { settings: words } = serverWords()
    const wrong = (name: string) => (this.wrong === name ? words.wrong : '')
    const count = (name: 'graceDays' | 'recoveryHours', label: string, hint: string, max: number) =>
      field({
        name,
        label,
        hint,
        type: 'number',
        min: name === 'graceDays' ? 0 : 1,
        max,
        required: true,
        inputmode: 'numeric',
        value: String(settings[name]),
        wrong: wrong(name),
      })
    return html`<form aria-label=${words.title} @submit=${submitted((values) => this.#save(values))}>
      ${this.#registration(settings.registration)}
      ${field({
        name: 'serverName',
        label: words.name.title,
        hint: words.name.hint,
        required: true,
        maxlength: 60,
        autocomplete: 'off',
        value: settings.serverName,
        wrong: wrong('serverName'),
      })}
      ${count('graceDays', words.grace.field, words.grace.hint, 90)}
      ${count('recoveryHours', words.recovery.field, words.recovery.hint, 720)} ${this.trouble()}
      ${submit(words.save, { busy: this.busy })}
    </form>`
  }

  protected override render() {
    const { settings: words } = serverWords()
    return wide(
      words.title,
      '/admin/settings',
      html`<p class="intro">${words.lead}</p>
        ${this.data ? this.#form(this.data) : this.waiting()}`,
    )
  }
}
customElements.define('essaim-settings', ServerSettings)
