/**
 * COMPAT Firefox for Android and iOS: they look for a token's state and for the profile where OpenID Connect's discovery
 * says, which are the addresses for apps. What they show and how they write it is told apart from what apps send.
 */
import type { IncomingMessage } from 'node:http'
import type { Direct } from '../../http/server.ts'

/** Requests at the addresses for apps that a browser's token belongs to: what answers them here; undefined: none. */
export function browserAnswers(
  serve: (request: Parameters<Direct>[0], response: Parameters<Direct>[1], url: string) => void,
): (request: IncomingMessage) => Direct | undefined {
  const at =
    (url: string): Direct =>
    (request, response) =>
      serve(request, response, url)
  const profile = at('/fxa/profile/v1/profile')
  const introspection = at('/fxa/v1/introspect')

  return ({ method, url = '', headers }) => {
    const [path] = url.split('?', 1)
    // Tokens for apps are no hexadecimal numbers.
    if (path === '/oauth/userinfo' && method === 'GET')
      return /^Bearer [0-9a-f]{64}$/.test(headers.authorization ?? '') ? profile : undefined
    // Apps send forms, and say who they are.
    if (path === '/oauth/introspect' && method === 'POST')
      return /^application\/json\b/i.test(headers['content-type'] ?? '') ? introspection : undefined
    return undefined
  }
}
