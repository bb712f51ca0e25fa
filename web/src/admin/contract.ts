/** What the API answers on the pages of administration. Times are milliseconds since 1970. */
import type { Registration, Role } from '../contract.ts'

export type PersonState = 'active' | 'waiting' | 'suspended' | 'leaving'

export interface Person {
  id: string
  login: string
  role: Role
  state: PersonState
  created: number
  signedIn: number | null
  ends: number | null
  door: string | null
  invitedBy: string | null
  /** `most` null: without limit. */
  quota: { bytes: number; most: number | null; records: number }
  /** Browsers that are signed in; told of one person alone. */
  sessions?: number
  recovery?: { via: string; due: number; created: number } | null
}

export interface Invitation {
  id: string
  /** Login of who invited. */
  inviter?: string | null
  role: Role
  label: string
  most: number
  used: number
  created: number
  expires: number
}

export interface Settings {
  registration: Registration
  serverName: string
  graceDays: number
  recoveryHours: number
}

/** A row of the presets, or one of the two kinds that everything else is. */
export type ProviderKind = 'github' | 'mozilla' | 'essaim' | 'oidc' | 'oauth2'

export interface Provider {
  id: string
  name: string
  kind: 'oidc' | 'oauth2'
  preset: string | null
  clientId: string
  scopes: string
  issuer?: string | null
  authorize?: string
  token?: string
  profile?: string
  idField?: string
  nameField?: string | null
  tokenAuth?: 'basic' | 'post' | 'none'
  pkce?: boolean
  /** Whether a secret is stored; it is never told. */
  hasSecret: boolean
  /** The address that the provider sends people back to. */
  callback: string
}

export interface Preset extends Partial<Omit<Provider, 'id' | 'kind' | 'hasSecret' | 'callback'>> {
  id: string
  kind: 'oidc' | 'oauth2'
  name: string
  /** Where an operator registers her server. */
  registerAt: string | null
}

export interface Providers {
  providers: readonly Provider[]
  presets: readonly Preset[]
  /** With the provider's id behind it. */
  callbackPrefix: string
}
