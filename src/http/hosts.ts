/** Which Host headers are ours. Everything else is answered 421, so that no foreign name gets our pages. */

export interface HostRules {
  /** Origins by configuration: the public and the content address. */
  origins: readonly string[]
  /** Where the server listens. */
  listen: { host: string; port: number }
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

/** The set of Host header values (lower case, with the port unless it is the scheme's own) that are ours. */
export function ownHosts(rules: HostRules): ReadonlySet<string> {
  const hosts = new Set<string>()
  for (const origin of rules.origins) {
    const url = new URL(origin)
    hosts.add(url.host)
    // A client may write the scheme's own port out.
    if (url.port === '') hosts.add(`${url.host}:${url.protocol === 'https:' ? 443 : 80}`)
  }
  const { host, port } = rules.listen
  if (loopback.has(host)) {
    for (const name of ['localhost', '127.0.0.1', '[::1]', '0.0.0.0']) {
      hosts.add(`${name}:${port}`)
      if (port === 80) hosts.add(name)
    }
  }
  return hosts
}

/** Whether a Host header names one of our hosts. */
export function isOwnHost(hosts: ReadonlySet<string>, header: string | undefined): boolean {
  if (header === undefined) return false
  return hosts.has(header) || hosts.has(header.toLowerCase())
}
