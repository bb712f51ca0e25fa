/** What the checks of the public address are given, what they may reach, and what they find. */
import type { FindingCode } from './words.ts'

/** `ok`: as it should be; `warn`: works, at a cost that is named; `wrong`: something does not work. */
export type Level = 'ok' | 'warn' | 'wrong'

/** One thing that was looked at. `say` in words.ts makes a sentence of it that names what to change. */
export interface Finding {
  code: FindingCode
  level: Level
  /** What the sentence needs; nothing secret. Texts that came from outside are short and printable. */
  values: Readonly<Record<string, string | number>>
}

/** The settings that are looked at. */
export interface AddressInput {
  publicUrl: string
  contentUrl: string
  /** Where the server listens, with the port in use. */
  listen: { host: string; port: number }
  /** Addresses and ranges, as `ESSAIM_TRUSTED_PROXIES` has them. */
  trustedProxies: readonly string[]
  /** Bytes of the largest request body. */
  bodyLimit: number
  /** First segments, as `/1.5`, of the doors whose requests are signed with Hawk. */
  signedPaths: readonly string[]
  /** A moment that has certainly passed, in milliseconds: a clock that shows less is wrong. */
  passed: number
  /** What the clock of a visitor's browser shows, in milliseconds. */
  visitorTime?: number
}

/** What a name resolves to. `system`: only this machine's own list of names, or its network, knows it. */
export interface Resolved {
  four: readonly string[]
  six: readonly string[]
  source: 'dns' | 'system' | 'nobody' | 'failed'
}

/** A request to `url` at one of the addresses of its host. */
export interface Target {
  url: string
  address: string
  headers: Readonly<Record<string, string>>
}

export interface Certificate {
  /** Whether this machine trusts it for that name, now. */
  trusted: boolean
  /** Why not, as OpenSSL and Node call it: `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  problem: string
  /** Names it is for. */
  names: string
  /** Milliseconds. */
  from: number
  until: number
}

/** Why there was no answer: refused, nothing came in time, no way there, no TLS, or it broke off. */
export type Trouble = 'refused' | 'silent' | 'unreachable' | 'no-tls' | 'broken'

export interface Answer {
  status: number
  /** Headers of the answer: `server`, `date`, `location`. */
  headers: Readonly<Record<string, string | undefined>>
  /** At most 8 KiB of it. */
  body: string
  certificate: Certificate | undefined
}

/** The outside, as the checks may touch it. Each ends within seconds, whatever is at the other end. */
export interface Probes {
  resolve(host: string): Promise<Resolved>
  get(target: Target): Promise<Answer | Trouble>
  /** Sends a text; its type is in the target's headers. */
  post(target: Target, body: string): Promise<Answer | Trouble>
  /** Announces a body of so many bytes and sends none: the status of a refusal, undefined when it would be taken. */
  announce(target: Target, bytes: number): Promise<number | undefined>
  /** This machine's addresses, loopback excepted. */
  ownAddresses(): readonly string[]
  now(): number
}
