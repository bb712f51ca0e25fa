/** Mail by SMTP (RFC 5321), to the one server that the operator named. */
import { domainToASCII } from 'node:url'
import { promisify } from 'node:util'
import type MailComposer from 'nodemailer/lib/mail-composer'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { type Mail, type Mailer, MailError } from '../core/ports.ts'
import type { SmtpServer } from '../lib/mail-options.ts'
import { mailHtml } from './mail-html.ts'

/** Milliseconds for a connection, for a silence, and for a mail in all. */
const connecting = 20_000
const silence = 30_000
const inAll = 120_000
/** Bytes of one answer of the mail server. */
const maxAnswer = 16_384
const maxSubject = 200
const maxText = 10_000

export interface SmtpMailerOptions {
  server: SmtpServer
  from: { readonly name: string; readonly address: string }
  /** The host name that we greet the mail server with. */
  name: string
}

interface Library {
  Connection: typeof SMTPConnection
  Composer: typeof MailComposer
}

/** The library is loaded by the first mail: most servers start without sending one. */
async function load(): Promise<Library> {
  const [connection, composer] = await Promise.all([
    import('nodemailer/lib/smtp-connection'),
    import('nodemailer/lib/mail-composer'),
  ])
  return { Connection: connection.default, Composer: composer.default }
}

export interface SmtpMailer extends Mailer {
  /** Whether the mail server can be reached, proves who it is and lets us in; sends nothing. Errors: `unavailable`. */
  check(): Promise<void>
}

export function createSmtpMailer({ server, from, name }: SmtpMailerOptions): SmtpMailer {
  let library: Promise<Library> | undefined
  const open = new Set<SMTPConnection>()
  let closed = false

  async function message({ Composer }: Library, { id, to, subject, text, language }: Mail): Promise<Buffer> {
    const composed = new Composer({
      // The library writes into it.
      from: { ...from },
      // As an object: nothing in it is read as a list of addresses.
      to: { name: '', address: to },
      subject: subject.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, maxSubject),
      text: text.slice(0, maxText),
      html: mailHtml({ subject, text: text.slice(0, maxText), language }),
      messageId: `<${id.replaceAll(/[^\w-]/g, '')}@${from.address.slice(from.address.indexOf('@') + 1)}>`,
      // RFC 3834: so that nobody's absence note answers.
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    }).compile()
    return promisify((done: (error: Error | null, built?: Buffer) => void) =>
      composed.build(done),
    )() as Promise<Buffer>
  }

  /** Without a mail it only comes in. */
  /** Comes in, does what `work` begins, and leaves. */
  async function visit(
    { Connection }: Library,
    work?: (connection: SMTPConnection, done: (error?: unknown) => void) => void,
  ): Promise<void> {
    const connection = new Connection({
      host: server.host,
      port: server.port,
      name: domainToASCII(name) || 'localhost',
      secure: server.protection === 'tls',
      requireTLS: server.protection === 'starttls',
      ignoreTLS: server.protection === 'none',
      tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
      connectionTimeout: connecting,
      greetingTimeout: connecting,
      dnsTimeout: connecting,
      socketTimeout: silence,
      maxResponseSize: maxAnswer,
    })
    open.add(connection)
    const { user, password } = server
    try {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new MailError('unavailable', 'it took too long')), inAll)
        timer.unref()
        const fail = (error: unknown) => reject(translated(error))
        const next = (then: () => void) => (error?: unknown) => (error ? fail(error) : then())
        const inside = () => (work ? work(connection, next(resolve)) : resolve())
        connection.on('error', fail)
        connection.on('end', () => {
          clearTimeout(timer)
          open.delete(connection)
          fail(new Error('the connection ended'))
        })
        connection.connect(
          next(() => {
            if (user === undefined) inside()
            else connection.login({ user, pass: password }, next(inside))
          }),
        )
      })
      connection.quit()
    } catch (error) {
      connection.close()
      throw error
    }
  }

  async function loaded(): Promise<Library> {
    if (closed) throw new MailError('unavailable', 'the server stops')
    library ??= load()
    return library
  }

  return {
    async send(mail) {
      const ready = await loaded()
      const bytes = await message(ready, mail)
      const envelope = { from: from.address, to: [mail.to], size: bytes.byteLength }
      await visit(ready, (connection, done) => connection.send(envelope, bytes, done))
    },
    check: async () => visit(await loaded()),
    close() {
      closed = true
      for (const connection of open) connection.close()
    },
  }
}

/** What the mail server said of the recipient or the mail concerns this one alone; all else concerns every mail. */
function translated(error: unknown): MailError {
  if (error instanceof MailError) return error
  const {
    code = '',
    responseCode = 0,
    command = '',
  } = error as {
    code?: string
    responseCode?: number
    command?: string
  }
  const about = [command, code, responseCode || ''].filter(Boolean).join(' ') || 'the connection failed'
  if (!['RCPT TO', 'DATA'].includes(command) || responseCode === 0)
    return new MailError('unavailable', about, { cause: error })
  return new MailError(responseCode >= 500 ? 'refused' : 'later', about)
}
