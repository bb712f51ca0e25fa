/** A real SMTP server on loopback that keeps what it is given, and misbehaves on demand. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'

export interface TakenMail {
  from: string
  to: string[]
  /** Header fields by lower-case name, decoded (RFC 2047). */
  headers: Readonly<Record<string, string>>
  subject: string
  text: string
  html: string
  raw: string
}

export interface MailServer {
  readonly port: number
  /** For ESSAIM_SMTP_URL. */
  readonly url: string
  readonly mails: readonly TakenMail[]
  /** How many connections were made. */
  connections(): number
  /** The mails to an address once there are `count` of them. */
  mailsTo(address: string, count?: number): Promise<TakenMail[]>
  /** What happens to a recipient from now on: an SMTP answer such as `550 no such user`, or undefined. */
  refuse(answer: ((address: string) => string | undefined) | undefined): void
  /** Ends it; nothing answers at its port then. */
  stop(): Promise<void>
  /** Begins again at the same port. */
  start(): Promise<void>
}

export interface MailServerOptions {
  key?: string
  cert?: string
  /** TLS from the start. */
  secure?: boolean
  /** Offers no STARTTLS. */
  plain?: boolean
  /** Asks for this user. */
  user?: { name: string; password: string }
}

export async function startMailServer(
  t: TestContext,
  { key, cert, secure = false, plain = cert === undefined, user }: MailServerOptions = {},
): Promise<MailServer> {
  const mails: TakenMail[] = []
  let refusal: ((address: string) => string | undefined) | undefined
  let connections = 0
  let port = 0
  let server: SMTPServer | undefined

  async function start() {
    server = new SMTPServer({
      secure,
      ...(key && cert ? { key, cert } : {}),
      disabledCommands: [...(plain ? ['STARTTLS'] : []), ...(user ? [] : ['AUTH'])],
      disableReverseLookup: true,
      allowInsecureAuth: true,
      closeTimeout: 100,
      onConnect(_session, done) {
        connections++
        done()
      },
      onAuth({ username, password }, _session, done) {
        if (username === user?.name && password === user?.password) done(null, { user: username })
        else done(new Error('wrong'))
      },
      onRcptTo({ address }, _session, done) {
        const [, code, words] = /^(\d{3}) (.*)$/.exec(refusal?.(address) ?? '') ?? []
        if (code === undefined) return done()
        return done(Object.assign(new Error(words), { responseCode: Number(code) }))
      },
      onData(stream, { envelope }, done) {
        const parts: Buffer[] = []
        stream.on('data', (part: Buffer) => parts.push(part))
        stream.on('end', () => {
          const raw = Buffer.concat(parts).toString('utf8')
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
          mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), ...parsed(raw), raw })
          done()
        })
      },
    })
    server.on('error', () => {})
    const listening = server.listen(port, '127.0.0.1')
    await once(listening, 'listening')
    port = (listening.address() as AddressInfo).port
  }

  async function stop() {
    const ending = server
    server = undefined
    if (ending) await new Promise<void>((resolve) => ending.close(() => resolve()))
  }

  t.after(stop)
  await start()
  return {
    get port() {
      return port
    },
    get url() {
      const who = user ? `${user.name}:${encodeURIComponent(user.password)}@` : ''
      return `smtp${secure ? 's' : ''}://${who}127.0.0.1:${port}`
    },
    mails,
    connections: () => connections,
    async mailsTo(address, count = 1) {
      for (const deadline = Date.now() + 30_000; ; await wait(20)) {
        const found = mails.filter(({ to }) => to.includes(address))
        if (found.length >= count) return found
        if (Date.now() > deadline)
          throw new Error(
            `${found.length} of ${count} mails to ${address}: ${found.map((one) => one.subject)}`,
          )
      }
    },
    refuse: (answer) => void (refusal = answer),
    stop,
    start,
  }
}

/** A listener that takes connections and never says a word. */
export async function startSilentServer(t: TestContext): Promise<{ url: string; connections(): number }> {
  const sockets = new Set<{ destroy(): void }>()
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.size,
  }
}

/** The links of ours in a mail, by what stands between `#` and `=`, or before the `#`. */
export function linksIn({ text }: Pick<TakenMail, 'text'>): Record<string, string> {
  const links: Record<string, string> = {}
  for (const [, path, kind, token] of text.matchAll(/https?:\/\/[^/\s]+\/([\w/]*)#(?:([\w-]+)=)?([\w-]+)/g))
    links[kind ?? path!] = token!
  return links
}

function parsed(raw: string): Pick<TakenMail, 'headers' | 'subject' | 'text' | 'html'> {
  const { headers, body } = partOf(raw)
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1] ?? '\0'
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => partOf(part.replace(/^\r\n/, '')))
  const contentOf = (type: string) =>
    contentIn(
      parts.find((part) => part.headers['content-type']?.startsWith(type)) ?? { headers: {}, body: '' },
    )
  const subject = decodedWords(headers['subject'] ?? '')
  return { headers, subject, text: contentOf('text/plain'), html: contentOf('text/html') }
}

function partOf(raw: string): { headers: Record<string, string>; body: string } {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (name in headers) throw new Error(`two headers ${name}`)
    headers[name] = line.slice(colon + 1).trim()
  }
  return { headers, body: raw.slice(end + 4) }
}

function contentIn({ headers, body }: { headers: Record<string, string>; body: string }): string {
  const encoding = headers['content-transfer-encoding']
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString('utf8')
      : encoding === 'quoted-printable'
        ? quotedPrintable(body.replaceAll('=\r\n', ''))
        : body
  return text.replaceAll('\r\n', '\n')
}

const quotedPrintable = (text: string) =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')

const decodedWords = (text: string) =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, coding: string, word: string) =>
      coding.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('latin1')
        : quotedPrintableBytes(word.replaceAll('_', ' ')),
    )
    .replace(/^.*$/s, (bytes) =>
      /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes,
    )

const quotedPrintableBytes = (text: string) =>
  text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
