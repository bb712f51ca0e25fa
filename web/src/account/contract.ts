/** What the API answers on a person's own pages. Times are milliseconds since 1970. */

export interface Session {
  id: string
  current: boolean
  method: string
  created: number
  seen: number
  address: string | null
  agent: string | null
}

export interface Passkey {
  id: string
  name: string
  created: number
  lastUsed: number | null
  /** Whether it unlocks the account key too. */
  prf: boolean
}

export interface Identity {
  issuer: string
  subject: string
  provider: string
  label: string | null
  created: number
  lastUsed: number | null
}

export interface MailAddress {
  id: string
  address: string
  verified: number | boolean | null
}

export interface AppPassword {
  id: string
  door: string
  label: string
  created: number
  expires: number | null
  lastUsed: number | null
  suspended: boolean
}

export interface Door {
  name: string
  title: string
}

export interface Security {
  password: { set: boolean; changed: number | null }
  direct: { set: boolean }
  passkeys: readonly Passkey[]
  words: { set: boolean; created: number | null }
  identities: readonly Identity[]
  addresses: readonly MailAddress[]
  mailSignIn: boolean
  appPasswords: readonly AppPassword[]
  /** The doors that take app passwords. */
  doors: readonly Door[]
}

export interface SealedBundle {
  id: string
  since: number
  until: number
  bundle: unknown
}

export interface LogEntry {
  id: string
  act: string
  /** Login of who did it; null: nobody signed in, or the operator. */
  actor: string | null
  mine: boolean
  /** Whoever did it has no account any more. */
  gone?: true
  details: Readonly<Record<string, unknown>>
  address: string | null
  agent: string | null
  created: number
}
