/** Where NATS is and how to sign in there; fields are those of the client's connection options. */
export interface NatsAddress {
  servers: string[]
  user?: string
  pass?: string
  token?: string
  tls?: Record<string, never>
}

/**
 * Reads `nats://host:4222`, `nats://user:password@host`, `nats://token@host` or `tls://…`; several
 * servers of one cluster are separated by commas and share the first one's credentials. The error
 * has the code `bus-address` and does not repeat the address, which may hold a password.
 */
export function parseNatsAddress(text: string): NatsAddress {
  const urls = text.split(',').map(parseOne)
  const servers = urls.map((url) => (url.port === '' ? `${url.hostname}:4222` : url.host))
  const address: NatsAddress = { servers }
  if (urls.some((url) => url.protocol === 'tls:')) address.tls = {}
  const [user = '', pass = ''] = urls.slice(0, 1).flatMap(credentialsOf)
  if (user === '') return address
  return pass === '' ? { ...address, token: user } : { ...address, user, pass }
}

function parseOne(text: string): URL {
  const url = URL.parse(text.trim())
  const scheme = url?.protocol === 'nats:' || url?.protocol === 'tls:'
  if (!url || !scheme || url.hostname === '' || /[^/]/.test(url.pathname + url.search + url.hash))
    throw wrong()
  return url
}

function credentialsOf(url: URL): string[] {
  try {
    return [url.username, url.password].map((part) => decodeURIComponent(part))
  } catch {
    throw wrong()
  }
}

function wrong(): Error {
  const error = new TypeError('not an address of NATS: expected nats://host:port or tls://host:port')
  return Object.assign(error, { code: 'bus-address' })
}
