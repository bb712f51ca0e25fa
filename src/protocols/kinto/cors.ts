/** Preflights (Fetch, "CORS-preflight request"): every endpoint may be used from every page that the settings allow. */
import type { Answer } from './answer.ts'
import type { Headers } from './conditions.ts'
import type { KintoSettings } from './settings.ts'

/** Headers that clients send; what a preflight asks for is allowed as well. */
const usualHeaders = 'Authorization, Content-Type, If-Match, If-None-Match, Response-Behavior'

const maxRequested = 4096

/** The answer to OPTIONS; `allow` are the endpoint's methods. */
export function preflight({ corsMaxAge }: KintoSettings, allow: string, headers: Headers): Answer {
  const requested = headers['access-control-request-headers']
  const allowed =
    typeof requested === 'string' && requested.length <= maxRequested && /^[\w\s,-]+$/.test(requested)
      ? `${usualHeaders}, ${requested}`
      : usualHeaders
  return {
    status: 200,
    headers: [
      'Access-Control-Allow-Methods',
      allow,
      'Access-Control-Allow-Headers',
      allowed,
      'Access-Control-Max-Age',
      String(corsMaxAge),
      'Allow',
      allow,
    ],
    body: '{}',
  }
}
