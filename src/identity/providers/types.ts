/** Providers of sign-in: who else may say who somebody is. */
import { CodedError } from '../../lib/coded-error.ts'

interface ProviderBase {
  /** In addresses and settings: lower-case letters, digits and hyphens, at most 32. */
  id: string
  /** What people read on the button; 1 to 40 characters. */
  name: string
  /** The row of the table of presets that it was made from. */
  preset: string | null
  clientId: string
  secret: string | null
  /** Separated by spaces; may be empty. */
  scopes: string
}

/** OpenID Connect: everything else is told by the issuer (discovery). */
export interface OidcProvider extends ProviderBase {
  kind: 'oidc'
  issuer: string
}

/** How the client proves itself at the token address: header, form, or not at all. */
export type TokenAuth = 'basic' | 'post' | 'none'

/** OAuth 2: a token that reads a profile, in which a field says who she is. */
export interface OAuth2Provider extends ProviderBase {
  kind: 'oauth2'
  authorize: string
  token: string
  profile: string
  /** Members of the profile, with dots between levels (`data.id`). The id must never pass to somebody else. */
  idField: string
  nameField: string | null
  tokenAuth: TokenAuth
  pkce: boolean
  /** What the provider calls itself in its answers (RFC 9207), where it does. */
  issuer: string | null
}

export type Provider = OidcProvider | OAuth2Provider

/** What a sign-in has to find again in the answer. */
export interface FlowChecks {
  state: string
  nonce: string
  verifier: string
}

/** Whom a provider vouches for. */
export interface Vouched {
  issuer: string
  subject: string
  /** For people's own lists. */
  label: string
  /** A login that she might like; may be empty. */
  hint: string
  /** When she last proved herself there, in milliseconds, where the provider tells. */
  authenticated: number | null
}

/**
 * - `provider-refused`: she or the provider said no. - `provider-unreachable`: no answer in time, or a broken one.
 * - `provider-answer`: the answer does not hold. - `provider-credentials`: client id or secret are not right.
 * - `provider-not-oidc`: no description of an OpenID Connect provider. - `provider-issuer`: it calls itself otherwise.
 */
export type ProviderErrorCode =
  | 'provider-refused'
  | 'provider-unreachable'
  | 'provider-answer'
  | 'provider-credentials'
  | 'provider-not-oidc'
  | 'provider-issuer'
  | 'busy'

export const fail = (code: ProviderErrorCode, message: string, details: Record<string, unknown> = {}) =>
  new CodedError<ProviderErrorCode>(code, message, details)

/** What a way of speaking to providers can do. */
export interface Speaker<P extends Provider> {
  /** Where the browser goes. `again`: she has to prove herself there now, whatever the provider remembers. */
  start(provider: P, checks: FlowChecks, again: boolean): Promise<URL>
  /** Reads the address that the browser came back with. Errors: `ProviderErrorCode`. */
  finish(provider: P, query: URLSearchParams, checks: FlowChecks): Promise<Vouched>
  /** Whether it would work, as far as that can be seen without a person. Errors: `ProviderErrorCode`. */
  check(provider: P): Promise<void>
}
