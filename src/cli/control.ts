/**
 * The socket by which commands speak to the running server: JSON over HTTP, one act a request. Who may
 * open the file (mode 0600) may operate the server, as who may open the database could.
 */
import { chmodSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { relative } from 'node:path'
import type { Operator } from './operator.ts'
import { acts, OperatorError } from './operator.ts'

const maxBody = 65_536
/** Milliseconds; a backup of many gigabytes takes its time. */
const patience = 24 * 3_600_000

export interface Control {
  close(): Promise<void>
}

/** Bytes that the system takes as the address of a socket. */
const maxAddress = 107

/** The path as the system takes it: from the working directory where that is shorter. */
function addressOf(path: string): string {
  const near = relative(process.cwd(), path)
  const address = near.length < path.length ? near : path
  if (Buffer.byteLength(address) > maxAddress)
    throw new Error(
      `The path ${path} is too long for a socket; start in the data folder or give it a shorter one.`,
    )
  return address
}

export async function serveControl(path: string, operator: Operator): Promise<Control> {
  const address = addressOf(path)
  // Left by a killed process: whoever holds the lock of the data owns the socket too.
  rmSync(path, { force: true })
  const server = createServer({ requestTimeout: 30_000 }, (incoming, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' })
      response.end(JSON.stringify(body ?? {}))
    }
    act(operator, incoming).then(
      (result) => answer(200, result),
      (error: unknown) => {
        if (error instanceof OperatorError) answer(400, { code: error.code, message: error.message })
        else answer(500, { code: 'failed', message: error instanceof Error ? error.message : String(error) })
      },
    )
  })
  server.maxConnections = 16
  const mask = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(address, () => resolve())
    })
  } finally {
    process.umask(mask)
  }
  chmodSync(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

async function act(operator: Operator, incoming: IncomingMessage): Promise<unknown> {
  const name = acts.find((one) => incoming.url === `/${one}` && incoming.method === 'POST')
  if (!name)
    throw new OperatorError('unknown-act', 'The server does not know this command; is it of another version?')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > maxBody) throw new OperatorError('too-large', 'The command is too large.')
    chunks.push(chunk)
  }
  const wanted: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
  return (operator[name] as (wanted: unknown) => Promise<unknown>)(wanted)
}

/** The operator of a running server; undefined if nobody answers at that socket. */
export async function controlClient(path: string): Promise<Operator | undefined> {
  const operator = Object.fromEntries(
    acts.map((name) => [name, (wanted: unknown) => call(path, name, wanted)]),
  )
  try {
    await call(path, 'ping', {})
  } catch (error) {
    if (!(error instanceof OperatorError)) return undefined
  }
  return operator as unknown as Operator
}

function call(path: string, name: string, wanted: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { socketPath: addressOf(path), path: `/${name}`, method: 'POST', timeout: patience },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('error', reject)
        response.on('end', () => {
          const body = JSON.parse(text) as { code?: string; message?: string }
          if (response.statusCode === 200) resolve(body)
          else reject(new OperatorError(body.code ?? 'failed', body.message ?? 'The server failed.'))
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(wanted ?? {}))
  })
}
