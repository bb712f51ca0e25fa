/** A load source without dependencies, for machines without wrk. Prints what was answered as JSON. */
import { Agent, request } from 'node:http'
import { readFileSync } from 'node:fs'
import type { Operation } from './load.ts'

const { url, operation, seconds, file } = JSON.parse(process.argv[2]!) as {
  url: string
  operation: Operation
  seconds: number
  /** Paths and Authorization headers in turn, a line each. */
  file?: string
}
const lines = file === undefined ? undefined : readFileSync(file, 'utf8').split('\n')
const { method, path, spread = 1, headers = {}, body, connections } = operation
const agent = new Agent({ keepAlive: true, maxSockets: connections })
const end = Date.now() + seconds * 1_000
let answered = 0
let failed = 0
let n = 0
let line = 0

function once(): Promise<void> {
  n = (n + 7_919) % spread
  const fill = (text: string) => text.replaceAll('{n}', String(n))
  const to = lines ? (lines[line++] ?? '') : fill(path)
  const proof = lines ? { Authorization: lines[line++] ?? '' } : {}
  const sent = body === undefined ? undefined : Buffer.from(fill(body))
  return new Promise((resolve) => {
    const call = request(
      url + to,
      {
        method,
        agent,
        headers: { ...headers, ...proof, ...(sent ? { 'Content-Length': sent.length } : {}) },
      },
      (response) => {
        const { statusCode = 0 } = response
        answered++
        if (statusCode >= 400) failed++
        response.resume().once('end', resolve)
      },
    )
    call.once('error', () => {
      failed++
      resolve()
    })
    call.end(sent)
  })
}

await Promise.all(
  Array.from({ length: connections }, async () => {
    while (Date.now() < end) await once()
  }),
)
agent.destroy()
process.stdout.write(JSON.stringify({ answered, failed }))
