/** A server under watch: whatever it is sent, it answers, soon, without a 500, and goes on as before. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import type { TestContext } from 'node:test'
import { makeOwner } from '../support/people.ts'
import { startServer, type TestServer } from '../support/server.ts'

export interface Asked {
  method: string
  /** Path and query, sent as they are. */
  path: string
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array
}

export interface Answer {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
  json: unknown
}

export interface Watched {
  server: TestServer
  authorization: string
  /** Sends a request of Alice's; fails the test where the answer is late, a 5xx, or no proper error. */
  ask(asked: Asked): Promise<Answer>
  /** Sends many, some at a time. */
  askAll(all: readonly Asked[]): Promise<Answer[]>
  /** Runs `act` over and over; fails where the memory of the server goes on growing. */
  staysLevel(act: () => Promise<unknown>): Promise<void>
}

/** The words of a text: lists of odd things are long. */
export const words = (text: string): string[] => text.trim().split(/\s+/)

/** Milliseconds for one answer, on a machine that has other things to do. */
const patience = 20_000
/** With room to spare the engine collects late, and what grows is not told from what waits to be collected. */
const smallHeap = '--max-old-space-size=160 --max-semi-space-size=8'
/** What the memory may vary by, in MiB. */
const tolerance = 96

/** Starts the server with one of everything in it: bucket `b`, group `g`, collection `c`, record `r`, for Alice. */
export async function startWatched(t: TestContext): Promise<Watched> {
  let finish = async () => {}
  t.after(() => finish()) // before the server is ended
  const server = await startServer(t, { ESSAIM_LOG_LEVEL: 'warn', NODE_OPTIONS: smallHeap })
  const { authorization } = await makeOwner(server)
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const pid = server.pid()

  async function ask({ method, path, headers = {}, body }: Asked): Promise<Answer> {
    const what = `${method} ${path.slice(0, 200)} ${body ? Buffer.from(body).toString('utf8', 0, 200) : ''}`
    const outgoing = request(server.url, {
      method,
      path,
      agent,
      timeout: patience,
      headers: {
        Authorization: authorization,
        ...(body
          ? { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }
          : {}),
        ...headers,
      },
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer: ${what}`)))
    outgoing.end(body)
    const [incoming] = await once(outgoing, 'response')
    incoming.setEncoding('utf8')
    let text = ''
    for await (const part of incoming) text += part
    const answer = { status: incoming.statusCode, headers: incoming.headers, body: text, json: parse(text) }
    checkAnswer(answer, method, path, what)
    return answer
  }

  for (const path of ['', '/groups/g', '/collections/c', '/collections/c/records/r'])
    assert.equal((await ask({ method: 'PUT', path: `/v1/buckets/b${path}` })).status, 201)

  finish = async () => {
    agent.destroy()
    assert.equal(server.pid(), pid, `the server ended:\n${server.output()}`)
    const answer = await fetch(`${server.url}/v1/buckets/b/collections/c`, {
      headers: { Authorization: authorization },
    })
    assert.equal(answer.status, 200)
    const complaints = server
      .output()
      .split('\n')
      .filter((line) => /"level":[56]0/.test(line))
    assert.deepEqual(complaints, [])
  }

  return {
    server,
    authorization,
    ask,
    async askAll(all) {
      const answers: Answer[] = []
      const left = [...all.entries()]
      const worker = async () => {
        for (let next = left.shift(); next; next = left.shift()) answers[next[0]] = await ask(next[1])
      }
      await Promise.all(Array.from({ length: 8 }, worker))
      return answers
    },
    async staysLevel(act) {
      await act()
      const before = memory(pid!)
      for (let i = 0; i < 2; i++) await act()
      const grown = memory(pid!) - before
      assert.ok(grown < tolerance, `the server grew by ${grown} MiB`)
    },
  }
}

/** What every answer has to be, whatever was asked. */
function checkAnswer(
  { status, headers, body, json }: Answer,
  method: string,
  path: string,
  what: string,
): void {
  const said = `${what} -> ${status} ${body.slice(0, 300)}`
  assert.ok(status < 500 || status === 507 || (status === 503 && headers['retry-after']), said)
  assert.ok(!body.includes('/src/') && !body.includes('node:internal'), `it shows its inside: ${said}`)
  // The page of the first run is told a reason, for its own words.
  if (status < 400 || method === 'HEAD' || path === '/setup') return
  const { code, errno, error } = (json ?? {}) as Record<string, unknown>
  assert.equal(code, status, said)
  if (/^\/v1[/?]/.test(path)) assert.equal(typeof errno, 'number', said)
  assert.equal(typeof error, 'string', said)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Resident memory of a process, in MiB. */
function memory(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
