/** What the core needs in order to send mail. */
import type { Language } from './door.ts'

/**
 * Why a mail was not taken.
 * - `refused`: the mail server will never take it: the recipient is unknown, or the mail itself is not wanted.
 * - `later`: it does not take it now, such as for a full box.
 * - `unavailable`: it cannot be reached, does not prove who it is, or does not want us; no other mail goes out either.
 */
export type MailErrorCode = 'refused' | 'later' | 'unavailable'

/** `message` names what failed and the server's three digits, never an address or its words. */
export class MailError extends Error {
  readonly code: MailErrorCode

  constructor(code: MailErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MailError'
    this.code = code
  }
}

/** A mail of plain text; a line that is an address of the Web alone is shown as a link. */
export interface Mail {
  /** Part of its Message-ID, the same when it is sent again: letters, digits, dashes. */
  id: string
  /** One address, as lib/mail-address.ts reads them. */
  to: string
  /** At most 200 characters, without line breaks. */
  subject: string
  /** At most 10,000 characters. */
  text: string
  language: Language
}

export interface Mailer {
  /** Hands a mail to the mail server, and answers when that one took it, within two minutes. Errors: `MailError`. */
  send(mail: Mail): Promise<void>
  /** Comes in at the mail server and sends nothing. Errors: `MailError`. */
  check(): Promise<void>
  /** Ends what is being sent. */
  close(): void
}
