/** The providers that administrators configured: rows of the settings, their secrets sealed. */
import { providerPrefix } from '../../core/accounts/index.ts'
import type { Accounts } from '../../core/accounts/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { seal, unsealText } from '../../lib/sealed.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import { providerContext } from '../sealed-columns.ts'
import { isCallable } from './fetch.ts'
import { presets } from './presets.ts'
import type { Provider } from './types.ts'

const malformed = (member: string) => new CodedError('malformed', `not as it must be: ${member}`, { member })

const idPattern = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/
export const isProviderId = (id: string): boolean => idPattern.test(id)

/**
 * Reads what an administrator wants to have: members that are missing come from the preset. `before` is the provider as
 * it is: its secret stays where none is given, unless it would be sent to somewhere else (`secret-needed`).
 */
export function readProvider(
  id: string,
  given: Readonly<Record<string, unknown>>,
  before: Provider | undefined,
): Provider {
  if (!isProviderId(id)) throw malformed('id')
  const preset = given['preset'] ?? null
  if (preset !== null && (typeof preset !== 'string' || !Object.hasOwn(presets, preset)))
    throw malformed('preset')
  const known: Readonly<Record<string, unknown>> = preset === null ? {} : { ...presets[preset] }
  const value = (member: string) => given[member] ?? known[member] ?? null
  const text = (member: string, max: number): string => {
    const found = value(member)
    if (typeof found !== 'string' || found.trim() === '' || found.length > max) throw malformed(member)
    return found.trim()
  }
  const optional = (member: string, max: number): string | null =>
    value(member) === null || value(member) === '' ? null : text(member, max)
  const address = (member: string): string => {
    const found = text(member, 500)
    if (!isCallable(found) || found.includes('#')) throw malformed(member)
    return found
  }
  const base = {
    id,
    name: text('name', 40),
    preset,
    clientId: text('clientId', 300),
    scopes: optional('scopes', 300) ?? '',
  }
  if (!/^[\x21\x23-\x5b\x5d-\x7e]*( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(base.scopes)) throw malformed('scopes')
  const secret = optional('secret', 1_000)
  const kind = value('kind')
  if (kind === 'oidc') {
    const issuer = address('issuer')
    if (issuer.includes('?')) throw malformed('issuer')
    const scopes = ['openid', ...base.scopes.split(' ').filter((one) => one !== '' && one !== 'openid')]
    const next = { ...base, kind, issuer, scopes: scopes.join(' '), secret: null } as const
    return { ...next, secret: secret ?? keptSecret(next, before) }
  }
  if (kind !== 'oauth2') throw malformed('kind')
  const tokenAuth = value('tokenAuth') ?? 'basic'
  if (tokenAuth !== 'basic' && tokenAuth !== 'post' && tokenAuth !== 'none') throw malformed('tokenAuth')
  const pkce = value('pkce') ?? true
  if (typeof pkce !== 'boolean') throw malformed('pkce')
  const next = {
    ...base,
    kind,
    authorize: address('authorize'),
    token: address('token'),
    profile: address('profile'),
    idField: field(text('idField', 100), 'idField'),
    nameField: value('nameField') === null ? null : field(text('nameField', 100), 'nameField'),
    tokenAuth,
    pkce,
    issuer: optional('issuer', 500),
    secret: null,
  } as const
  return { ...next, secret: tokenAuth === 'none' ? null : (secret ?? keptSecret(next, before)) }
}

function field(path: string, member: string): string {
  if (!/^\w+(\.\w+){0,4}$/.test(path)) throw malformed(member)
  return path
}

/** The secret that is stored, for the same client at the same place alone: else it would be handed to another. */
function keptSecret(next: Provider, before: Provider | undefined): string | null {
  if (!before?.secret) return null
  if (before.clientId !== next.clientId || placeOf(before) !== placeOf(next))
    throw new CodedError('secret-needed', 'the secret has to be given again for another place')
  return before.secret
}

const placeOf = (provider: Provider): string => (provider.kind === 'oidc' ? provider.issuer : provider.token)

export interface ProviderSettings {
  /** By id. */
  list(): Promise<Provider[]>
  find(id: string): Promise<Provider | undefined>
  /** Errors: `too-many`. `by`: the administrator. */
  save(by: string, provider: Provider): Promise<void>
  remove(by: string, id: string): Promise<void>
}

export function createProviderSettings({
  accounts,
  keys,
}: {
  accounts: Pick<Accounts, 'namedSettings' | 'setNamed'>
  keys: KeyRing
}): ProviderSettings {
  const list = async (): Promise<Provider[]> =>
    (await accounts.namedSettings(providerPrefix)).map(({ name, value }) => {
      const sealed = value['secret']
      const secret = typeof sealed === 'string' ? unsealText(keys, providerContext(name), sealed) : null
      return { ...value, id: name.slice(providerPrefix.length), secret } as unknown as Provider
    })
  return {
    list,
    find: async (id) => (await list()).find((provider) => provider.id === id),
    async save(by, { id, secret, ...rest }) {
      const context = providerContext(`${providerPrefix}${id}`)
      const sealed = secret === null ? {} : { secret: seal(keys, context, secret) }
      await accounts.setNamed(by, providerPrefix, id, { ...rest, ...sealed } as JsonObject, 'provider-set')
    },
    remove: (by, id) => accounts.setNamed(by, providerPrefix, id, null, 'provider-removed'),
  }
}
