/** What the words of a language have to say. Every text is plain, with links on lines of their own. */
import type { RecoveryVia } from '../../../core/accounts/index.ts'

/** Whom and what a mail is about. */
export interface About {
  login: string
  /** What the server is called, and its address. */
  server: string
  publicUrl: string
}

export interface Said {
  subject: string
  /** Paragraphs. */
  text: readonly string[]
}

/** Details of an act, as texts; times are in words. */
export type Told = Readonly<Record<string, string>>

export interface MailWords {
  verify(about: About, link: string): Said
  signIn(about: About, link: string): Said
  recoveryAsked(about: About, link: string, hours: number): Said
  recoveryWaits(about: About, via: RecoveryVia, due: string, stop: string): Said
  recoveryReady(about: About, finish: string | null, until: string, stop: string): Said
  /** `at`: when; `log`: her own log. */
  notice(about: About, act: string, told: Told, at: string, log: string): Said
  /** The last paragraph of every mail. */
  footer(about: About): string
}

/** Acts that are never the person's own: nothing is wrong because it was not her. */
export const byOthers: ReadonlySet<string> = new Set(['approved', 'suspended', 'resumed'])
