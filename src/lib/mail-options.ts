/** Options about mail: the server that takes it, and whom it comes from. */
import { readMailSender } from './mail-address.ts'
import { type Kind, onLoopback, OptionError } from './options.ts'

/** A mail server. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** `tls`: from the first byte. `starttls`: before anything is told. `none`: only on this machine. */
  readonly protection: 'tls' | 'starttls' | 'none'
  readonly user?: string
  readonly password?: string
}

const form = 'smtp://user:password@host:587 or smtps://…'

/** `smtp://` asks for STARTTLS unless the server is on this machine; `smtps://` speaks TLS from the start. */
export const smtpServer: Kind<SmtpServer> = {
  form,
  parse(value) {
    const url = URL.parse(value)
    const secure = url?.protocol === 'smtps:'
    if (!url || (!secure && url.protocol !== 'smtp:') || url.hostname === '') throw wrong()
    if (!['', '/'].includes(url.pathname) || /[?#]/.test(value)) throw wrong()
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const port = url.port === '' ? (secure ? 465 : 587) : Number(url.port)
    const here = onLoopback({ host, port })
    const user = decoded(url.username)
    const password = decoded(url.password)
    if ((user === '') !== (password === ''))
      throw new OptionError('needs a user and a password, or none of them')
    return {
      host,
      port,
      protection: secure ? 'tls' : here ? 'none' : 'starttls',
      ...(user === '' ? {} : { user, password }),
    }
  },
}

/** `address` or `Name <address>`. */
export const mailSender: Kind<{ readonly name: string; readonly address: string }> = {
  form: 'address, or `Name <address>`',
  parse(value) {
    const sender = readMailSender(value)
    if (!sender) throw new OptionError('must be an e-mail address, or a name and one in angle brackets')
    return sender
  },
}

const wrong = () => new OptionError(`must be ${form}`)

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw wrong()
  }
}
