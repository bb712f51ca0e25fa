/** What the API answers about apps. Times are milliseconds since 1970. */

/** How far what an app says of itself is known to be true. */
export type Verified = 'configured' | 'document' | 'registered'

/** An app that asks. */
export interface AskingApp {
  name: string
  /** The host of its page; empty: it runs on a device, such as a program or a television. */
  origin: string
  verified: Verified
  /** It is a device that showed a code, as it calls itself. */
  device?: string
}

/** One thing that is asked for. */
export interface Asked {
  /** As it is written; what an answer speaks of. */
  scope: string
  title: string
  description: string
  /** Where it is left open which thing is meant: what is asked, and what there is to choose from. */
  question?: string
  choices?: readonly { id: string; title: string }[]
  /** What stands before the name of a new thing, where she may begin one. */
  begins?: string
  /** What can be answered: `r` reads, `rw` changes as well. */
  verbs?: readonly string[]
  fields?: readonly { name: string; title: string }[]
  /** How many days it asks for, at most. */
  days?: number
  /** It opens so much that it has to be said loudly. */
  high?: boolean
}

export interface Consent {
  app: AskingApp
  asks: readonly Asked[]
  /** Days that can be chosen. */
  periods: readonly number[]
  /** Titles of what it may do already. */
  already: readonly string[]
  /** The login. */
  account: string
}

/** What is answered about one thing. */
export interface Answer {
  asked: string
  allow: boolean
  target?: string
  verb?: string
  fields?: readonly string[]
}

/** One thing that an app may do. */
export interface AllowedThing {
  /** As it is written; empty where it cannot be taken back by itself. */
  scope: string
  title: string
  description: string
  since: number
  until: number | null
}

export interface App {
  id: string
  kind: 'app-password' | 'app' | 'token' | 'browser'
  label: string
  origin?: string
  verified?: Verified
  created: number
  expires: number | null
  lastUsed: number | null
  paused: boolean
  /** It may act while she is away. */
  offline: boolean
  allowed: readonly AllowedThing[]
  /** Requests of the last seven days, today's last. */
  uses: readonly number[]
  /** What it touched on these days; a space of null is her own home. */
  touched: readonly { space: string | null; name: string }[]
}

export interface AppsPage {
  apps: readonly App[]
  next?: string
}

/** Why an app may do something. */
export interface Why extends AllowedThing {
  /** Whether it really can: she has to be able to herself. */
  holds: boolean
  reasons: readonly { because: string }[]
}

/** Something of hers that others can reach. */
export interface SharedLine {
  home: number
  path: string
  principal: string
  source: string
  /** The space's name; null: her own. */
  space: string | null
  /** What it is, in words. */
  thing: string
  whom: { kind: 'everyone' | 'authenticated' | 'person' | 'group' | 'sender'; name: string }
  /** Names of rights. */
  may: readonly string[]
  until: number | null
  why: 'made' | 'given'
}

export interface SharedPage {
  shared: readonly SharedLine[]
  next?: string
}
