/**
 * What an app says of itself when it registers (RFC 7591, 2), before the library looks: bounded, without what nobody
 * reads here, and with what it left out that can be told from the rest.
 */
import type { IncomingMessage } from 'node:http'
import { isJsonObject, type Json, type JsonObject } from '../../lib/json/index.ts'
import { isNativeRedirect } from './clients.ts'

/** Bytes of a registration. */
const maxBody = 32_768

/**
 * Left away: the logo, which would be fetched to be looked at; how the app wants to know people, which is the same for
 * all (see subjects.ts); and what only this server says.
 */
const left = new Set(['logo_uri', 'subject_type', 'client_id', 'client_secret'])

/** The body of a registration, or why it is none. */
export async function readRegistration(request: IncomingMessage): Promise<JsonObject | string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > maxBody) return `a registration has at most ${maxBody} bytes`
    chunks.push(chunk)
  }
  try {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json
    return isJsonObject(body) ? completed(body) : 'a registration is a JSON object'
  } catch {
    return 'a registration is a JSON object'
  }
}

/** One that is called back on the person's own device is native, where it does not say otherwise. */
function completed(body: JsonObject): JsonObject {
  const { redirect_uris: redirects } = body
  const isNative =
    Array.isArray(redirects) &&
    redirects.length > 0 &&
    redirects.every((one) => typeof one === 'string' && isNativeRedirect(one))
  const kept = Object.entries(body).filter(([name]) => !left.has(name))
  return { ...(isNative ? { application_type: 'native' } : {}), ...Object.fromEntries(kept) }
}

/** In the place of the request: its body is read already. */
export const requestWith = (body: JsonObject) => {
  const bytes = Buffer.from(JSON.stringify(body))
  return {
    length: bytes.byteLength,
    readable: true,
    async *iterator() {
      yield bytes
    },
  }
}
