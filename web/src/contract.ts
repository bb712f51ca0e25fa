/** What the API answers. Times are milliseconds since 1970; 0 stands for never where it says so. */
import type { Bundle, StretchParameters } from '@essaim/client'
import type { Language } from './words/language.ts'

export type Role = 'owner' | 'administrator' | 'inviter' | 'person'

export interface Me {
  id: string
  login: string
  role: Role
  state: 'active' | 'waiting' | 'suspended' | 'leaving'
  language: Language | null
  name: string
  avatar?: string
  /** When an account that is leaving is purged. */
  ends?: number
  /** How this session began. */
  method: string
  /** Until when the last proof holds; 0: it does not. */
  freshUntil: number
  created: number
  ways: {
    password: boolean
    passkeys: number
    words: boolean
    identities: number
    addresses: number
    direct: boolean
  }
  keys: { tag: string; epoch: number; revision: number } | null
  recovery?: { via: string; due: number; created: number }
  /** What her role allows. */
  can: readonly string[]
}

export interface Provider {
  id: string
  name: string
  kind: string
}

export type Registration = 'closed' | 'invitation' | 'approval' | 'open'

export interface State {
  me: Me | null
  /** Whether the server has an owner. */
  owner: boolean
  registration: Registration
  providers: readonly Provider[]
  mail: boolean
  /** Whether Firefox can have its account here. */
  firefox: boolean
  publicUrl: string
  /** Whether the public address is one where browsers have passkeys and keys. */
  secureOrigin: boolean
  serverName: string
  language: Language
}

/** How a new account is opened. */
export type Way =
  | { kind: 'password'; parameters: StretchParameters; auth: string }
  | { kind: 'passkey'; response: unknown; name: string }
  | { kind: 'provider' }

/** What a new account is made with. */
export interface Begun {
  account: string
  login: string
  ticket: string
  parameters: StretchParameters
  passkey: unknown
}

/** A bundle of keys as the server has it; `tag` is its revision there. */
export interface StoredKeys {
  bundle: Bundle | null
  tag: string | null
}
