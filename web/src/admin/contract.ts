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
