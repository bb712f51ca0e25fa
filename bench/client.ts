/** A load source without dependencies, for machines without wrk. Prints what was answered as JSON. */
import { Agent, request } from 'node:http'
import type { Operation } from './load.ts'

const { url, operation, seconds } = JSON.parse(process.argv[2]!) as {
  url: string
  operation: Operation
  seconds: number
}
const { method, path, spread = 1, headers = {}, body, connections } = operation
const agent = new Agent({ keepAlive: true, maxSockets: connections })
const end = Date.now() + seconds * 1_000
let answered = 0
let failed = 0
let n = 0

function once(): Promise<void> {
  n = (n + 7_919) % spread
  const fill = (text: string) => text.replaceAll('{n}', String(n))
  const sent = body === undefined ? undefined : Buffer.from(fill(body))
  return new Promise((resolve) => {
    const call = request(
      url + fill(path),
      { method, agent, headers: { ...headers, ...(sent ? { 'Content-Length': sent.length } : {}) } },
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
