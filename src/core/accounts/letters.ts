/** Mails to people: what each says, and how they come into the commit of what they speak of. */
import type { JsonObject } from '../../lib/json/index.ts'
import type { Language, Row, Session } from '../ports.ts'
import type { Change } from '../records/index.ts'
import type { Context } from './context.ts'
import { createSettings } from './settings.ts'
import type { Account } from './types.ts'

/** Who began a recovery; `operator`: at the command line. */
export type RecoveryVia = 'mail' | 'administrator' | 'operator'

/** What a mail says; links are made of the tokens in it. Times are in milliseconds since 1970. */
export type Letter =
  /** The address is asked whether it is hers. */
  | { kind: 'verify'; token: string }
  | { kind: 'sign-in'; token: string }
  /** Somebody asked to recover the account; `hours` is how long it will wait. */
  | { kind: 'recovery-asked'; token: string; hours: number }
  | { kind: 'recovery-waits'; via: RecoveryVia; due: number; stop: string }
  /** The wait is over. `finish` is only in the mails of a recovery by mail. */
  | { kind: 'recovery-ready'; finish: string | null; until: number; stop: string }
  /** Something was done: act and details as in her log. */
  | { kind: 'notice'; act: string; details: JsonObject; at: number }

export interface LetterTo {
  letter: Letter
  /** The address. */
  to: string
  language: Language
  /** Whom it is about. */
  login: string
}

/** The words of a letter: a subject, and plain text in which a link stands on a line of its own. */
export type LetterWords = (
  letter: Letter,
  about: { login: string; serverName: string; language: Language },
) => { subject: string; text: string }

/** A mail in words, and the account that it is about. */
export interface NewMail {
  account: string
  to: string
  subject: string
  text: string
  language: Language
}

/** Where mails wait to be sent. */
export interface MailQueue {
  words: LetterWords
  /** Whether there is room for another mail. */
  hasRoom(): Promise<boolean>
  /** What puts mails into the queue, in a commit of more. They are sent soon after it. */
  changes(mails: readonly NewMail[]): Change[]
}

/** The changes that send letters about an account; none where the server sends no mail, or far too many wait. */
export async function letterChanges(
  context: Pick<Context, 'store' | 'clock' | 'mail'>,
  account: Pick<Account, 'id' | 'login'>,
  letters: readonly Omit<LetterTo, 'login'>[],
): Promise<Change[]> {
  const { mail } = context
  if (mail === undefined || letters.length === 0 || !(await mail.hasRoom())) return []
  const { serverName } = await createSettings(context).settings()
  return mail.changes(
    letters.map(({ letter, to, language }) => ({
      account: account.id,
      to,
      language,
      ...mail.words(letter, { login: account.login, serverName, language }),
    })),
  )
}

/** The verified addresses of an account. */
export async function verifiedOf(reads: Pick<Session, 'rows'>, account: string): Promise<string[]> {
  const rows = await reads.rows('address', { account_id: account })
  return rows.filter((row: Row) => row['verified'] !== null).map((row) => String(row['address']))
}

/** The same letter to every verified address of an account, and to others. */
export async function lettersToAll(
  context: Pick<Context, 'store' | 'clock' | 'mail'>,
  account: Pick<Account, 'id' | 'login' | 'language'>,
  letter: Letter,
  { without, also = [] }: { without?: string; also?: readonly string[] } = {},
): Promise<Change[]> {
  if (context.mail === undefined) return []
  const addresses = new Set([...(await verifiedOf(context.store, account.id)), ...also])
  if (without !== undefined) addresses.delete(without)
  const language = account.language ?? 'en'
  return letterChanges(
    context,
    account,
    [...addresses].map((to) => ({ letter, to, language })),
  )
}
