/** Bodies of requests that a door takes before the framework reads them. */
import type { IncomingMessage } from 'node:http'

/** How many times the bound is read of a body that is too large. */
const discarded = 4

/**
 * Reads a body within its bound. Nothing is called for one that breaks off. What goes on behind the bound is thrown
 * away for a while: many clients write all they have before they read, and would lose the answer with the connection.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  done: (bytes: Uint8Array | 'too-large' | undefined) => void,
): void {
  const chunks: Buffer[] = []
  let size = 0
  let over = false
  const refuse = () => {
    over = true
    chunks.length = 0
    done('too-large')
  }
  if (Number(request.headers['content-length'] ?? 0) > limit) refuse()
  request.on('data', (chunk: Buffer) => {
    size += chunk.byteLength
    if (size <= limit && !over) chunks.push(chunk)
    else if (size > discarded * limit) request.destroy()
    else if (!over) refuse()
  })
  request.on('end', () => {
    if (!over) done(chunks.length === 0 ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
  })
  // An aborted request has nobody left to answer.
  request.on('error', () => {})
}
