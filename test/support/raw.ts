/** HTTP as no library would write it: bytes into a socket, and what comes back. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  status: number
  /** Names in lower case; the last of a name that comes twice. */
  headers: Readonly<Record<string, string>>
  body: string
}

/** How long an answer may take before it counts as none, in milliseconds. */
const patience = 20_000

export async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  socket.on('error', () => {}) // being cut off is one of the answers
  await once(socket, 'connect')
  return socket
}

/**
 * Writes the parts one after another, waits until the server closes or as many answers as `answers` are there, and
 * gives the answers. Throws if the server neither answers nor closes.
 */
export async function converse(
  url: string,
  parts: readonly (string | Uint8Array)[],
  answers = 1,
): Promise<RawAnswer[]> {
  const socket = await open(url)
  const chunks: Buffer[] = []
  const found = () => readAnswers(Buffer.concat(chunks))
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the server neither answered nor closed')), patience)
      const done = () => {
        clearTimeout(timer)
        resolve(found())
      }
      socket.on('data', (chunk) => {
        chunks.push(chunk)
        if (found().length >= answers) done()
      })
      socket.on('close', done)
      socket.on('end', done)
      for (const part of parts) socket.write(part)
    })
  } finally {
    socket.destroy()
  }
}

/** The complete answers at the beginning of what came; those that say nothing of their length end with the bytes. */
function readAnswers(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = []
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\r\n\r\n', at)
    if (end < 0) break
    const [first = '', ...lines] = bytes.toString('latin1', at, end).split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    )
    const length = Number(headers['content-length'] ?? 0)
    const from = end + 4
    if (from + length > bytes.length) break
    const status = Number(first.split(' ')[1])
    at = from + length
    if (status >= 200) answers.push({ status, headers, body: bytes.toString('utf8', from, at) })
  }
  return answers
}
