/** Load from another process: `wrk` where it is installed, else a small client of our own. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Measured } from './processes.ts'

export interface Operation {
  method: 'GET' | 'PUT' | 'POST'
  /** Path; `{n}` becomes a number that differs from request to request, below `spread`. */
  path: string
  spread?: number
  headers?: Record<string, string>
  /** May have `{n}` too. */
  body?: string
  connections: number
  /** Each request's own path and Authorization header, used once and in this order; there must be enough of them. */
  signed?: readonly Signed[]
}

export interface Signed {
  path: string
  authorization: string
}

export interface Round {
  /** Requests that were answered, and how many of those not with 2xx or 304. */
  answered: number
  failed: number
  /** Requests a CPU-second of the server, all its threads; and a second of the clock. */
  perCpu: number
  perSecond: number
}

const hasWrk = spawnSync('wrk', ['-v']).error === undefined

export const loader = hasWrk ? 'wrk' : 'bench/client.ts'

/** Loads a server for some seconds. */
export async function load(server: Measured, operation: Operation, seconds: number): Promise<Round> {
  const before = server.cpu()
  const began = performance.now()
  const { answered, failed } = await (hasWrk ? byWrk : byClient)(server.url, operation, seconds)
  const wall = (performance.now() - began) / 1_000
  const cpu = server.cpu() - before
  return { answered, failed, perCpu: answered / Math.max(cpu, 0.01), perSecond: answered / wall }
}

async function byWrk(url: string, operation: Operation, seconds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-wrk-'))
  try {
    const script = join(folder, 'load.lua')
    const { signed } = operation
    if (signed) writeFileSync(join(folder, 'signed'), linesOf(signed))
    writeFileSync(script, signed ? signedLua(operation, join(folder, 'signed')) : lua(operation))
    const { stdout } = await promisify(execFile)('wrk', [
      '-t1',
      `-c${operation.connections}`,
      `-d${seconds}s`,
      '-s',
      script,
      url,
    ])
    const [, answered, failed] = /RESULT (\d+) (\d+)/.exec(stdout) ?? []
    if (answered === undefined) throw new Error(`wrk said:\n${stdout}`)
    return { answered: Number(answered), failed: Number(failed) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const linesOf = (signed: readonly Signed[]) =>
  signed.map(({ path, authorization }) => `${path}\n${authorization}\n`).join('')

/** Lua strings in long brackets need no escapes. */
const quoted = (text: string) => `[==[${text}]==]`

function lua({ method, path, spread = 1, headers = {}, body }: Operation): string {
  const fixed = !path.includes('{n}') && !body?.includes('{n}')
  return `
wrk.method = ${quoted(method)}
${Object.entries(headers)
  .map(([name, value]) => `wrk.headers[ ${quoted(name)} ] = ${quoted(value)}`)
  .join('\n')}
local path, body, n = ${quoted(path)}, ${body === undefined ? 'nil' : quoted(body)}, 0
${
  fixed
    ? 'local ready; request = function() ready = ready or wrk.format(nil, path, nil, body); return ready end'
    : `request = function()
  n = (n + 7919) % ${spread}
  local own = body and string.gsub(body, "{n}", n)
  return wrk.format(nil, (string.gsub(path, "{n}", n)), nil, own)
end`
}
${report}`
}

const report = `done = function(summary)
  print(string.format("RESULT %d %d", summary.requests, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
`

function signedLua({ method, headers = {}, body }: Operation, file: string): string {
  const others = Object.entries(headers).map(([name, value]) => `[ ${quoted(name)} ] = ${quoted(value)}`)
  return `
local lines, body = io.lines(${quoted(file)}), ${body === undefined ? 'nil' : quoted(body)}
local headers = { ${others.join(', ')} }
request = function()
  local path = lines()
  headers[ "Authorization" ] = lines()
  return wrk.format(${quoted(method)}, path, headers, body)
end
${report}`
}

async function byClient(url: string, { signed, ...operation }: Operation, seconds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-client-'))
  try {
    const file = signed ? join(folder, 'signed') : undefined
    if (signed && file) writeFileSync(file, linesOf(signed))
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(import.meta.dirname, 'client.ts'),
      JSON.stringify({ url, operation, seconds, file }),
    ])
    return JSON.parse(stdout) as { answered: number; failed: number }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
