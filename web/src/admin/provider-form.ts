/** The form of one provider: only what its kind needs. It is tried out before it is saved. */
import { html, nothing, type TemplateResult } from 'lit'
import { ApiError, call } from '../api.ts'
import { Page } from '../page.ts'
import { button, checkbox, field, select, submit, submitted, type Field } from '../parts/forms.ts'
import { alert } from '../parts/notices.ts'
import '../parts/secret.ts'
import { baseWords } from '../words/base/index.ts'
import { providersWords } from '../words/admin/providers.ts'
import type { Provider, ProviderKind, Providers } from './contract.ts'

/** `<essaim-provider .kind=… .provider=… .all=… @saved=… @dropped=…>` */
class ProviderForm extends Page {
  static override properties = {
    ...Page.properties,
    kind: {},
    provider: {},
    all: {},
    shortName: { state: true },
    wrong: { state: true },
  }
  declare kind: ProviderKind
  declare provider: Provider | undefined
  declare all: Providers
  /** Its id, while it is typed: the callback address follows. */
  declare shortName: string | undefined
  /** The member that the server refused. */
  declare wrong: string

  constructor() {
    super()
    this.shortName = undefined
    this.wrong = ''
  }

  get #id(): string {
    return (
      this.provider?.id ?? this.shortName ?? (this.kind === 'oidc' || this.kind === 'oauth2' ? '' : this.kind)
    )
  }

  #save(values: Record<string, string>): void {
    const preset = this.all.presets.find(({ id }) => id === this.kind)
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
    delete given['short-name']
    this.wrong = ''
    void this.run(async () => {
      const body = {
        ...given,
        ...(preset ? { preset: this.kind } : { kind: this.kind }),
        ...(this.kind === 'oauth2' && { pkce: values['pkce'] === 'on' }),
      }
      try {
        const path = `/admin/providers/${encodeURIComponent(this.#id)}`
        const { provider } = await call<{ provider: Provider }>('PUT', path, body)
        this.dispatchEvent(new CustomEvent('saved', { detail: provider.name }))
      } catch (error) {
        if (error instanceof ApiError && error.code === 'malformed') {
          const member = String(error.details['member'] ?? '')
          this.wrong = member === 'id' ? 'short-name' : member
          await this.updateComplete
          this.querySelector<HTMLElement>(`[name="${CSS.escape(this.wrong)}"]`)?.focus()
        }
        throw error
      }
    })
  }

  #field(name: string, options: Omit<Field, 'name'>): TemplateResult {
    const value = (this.provider as Record<string, unknown> | undefined)?.[name]
    return field({
      name,
      required: true,
      autocomplete: 'off',
      maxlength: 500,
      ...(value != null && { value: String(value) }),
      ...(this.wrong === name && { wrong: baseWords().errors.malformed }),
      ...options,
    })
  }

  #places(): TemplateResult | typeof nothing {
    const { fields: words } = providersWords()
    if (this.kind === 'essaim' || this.kind === 'oidc') {
      const hint = this.kind === 'essaim' ? words.essaimHint : words.issuerHint
      return this.#field('issuer', { label: words.issuer, hint, type: 'url' })
    }
    if (this.kind !== 'oauth2') return nothing
    return html`${this.#field('authorize', { label: words.authorize, type: 'url' })}
    ${this.#field('token', { label: words.token, type: 'url' })}
    ${this.#field('profile', { label: words.profile, type: 'url' })}
    ${this.#field('idField', { label: words.subject, hint: words.subjectHint, maxlength: 100 })}
    ${this.#field('nameField', { label: words.label, required: false, maxlength: 100 })}
    ${select({
      name: 'tokenAuth',
      label: words.tokenAuth,
      value: this.provider?.tokenAuth ?? 'basic',
      options: (['basic', 'post', 'none'] as const).map((value) => ({
        value,
        label: words.tokenAuths[value],
      })),
    })}
    ${checkbox({ name: 'pkce', label: words.pkce, hint: words.pkceHint, checked: this.provider?.pkce ?? true })}`
  }

  #callback(): TemplateResult | typeof nothing {
    const words = providersWords()
    const id = this.#id
    if (id === '') return nothing
    const address = this.provider?.callback ?? `${this.all.callbackPrefix}${id}`
    return html`<div class="field">
      <p class="label">${words.callback}</p>
      <essaim-secret .text=${address} .label=${words.callback}></essaim-secret>
      <p class="hint">${words.callbackHint}</p>
    </div>`
  }

  protected override render() {
    const words = providersWords()
    const { fields } = words
    const { kind, provider } = this
    const preset = this.all.presets.find(({ id }) => id === kind)
    const free = kind === 'oidc' || kind === 'oauth2'
    return html`<h2 tabindex="-1">${provider ? words.editOne(provider.name) : words.kinds[kind]?.name}</h2>
      <p>
        ${words.where[kind]}
        ${
          preset?.registerAt
            ? html`<a href=${preset.registerAt} target="_blank" rel="noreferrer">${preset.registerAt}</a>`
            : nothing
        }
      </p>
      <form @submit=${submitted((values) => this.#save(values))}>
        ${
          provider
            ? nothing
            : this.#field('short-name', {
                label: fields.id,
                hint: fields.idHint,
                maxlength: 32,
                value: this.#id,
                onInput: (value) => (this.shortName = value.trim()),
              })
        }
        ${this.#callback()}
        ${this.#field('name', {
          label: fields.name,
          maxlength: 40,
          ...(!provider && preset && { value: preset.name }),
        })}
        ${this.#places()} ${this.#field('clientId', { label: fields.clientId, maxlength: 300 })}
        ${this.#field('secret', {
          label: fields.clientSecret,
          type: 'password',
          maxlength: 1000,
          required: false,
          hint: provider?.hasSecret ? fields.secretSet : fields.secretHint,
        })}
        ${
          free
            ? this.#field('scopes', {
                label: fields.scope,
                hint: fields.scopeHint,
                required: false,
                maxlength: 300,
                ...(!provider && kind === 'oidc' && { value: 'openid profile' }),
              })
            : nothing
        }
        <p class="hint">${words.tried}</p>
        ${this.error ? alert(this.error) : nothing}
        <div class="actions">
          ${submit(words.save, { busy: this.busy })}
          ${button({
            label: baseWords().cancel,
            disabled: this.busy,
            onClick: () => void this.dispatchEvent(new Event('dropped')),
          })}
        </div>
      </form>`
  }
}
customElements.define('essaim-provider', ProviderForm)
