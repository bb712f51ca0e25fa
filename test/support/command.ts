/** The command line as its user types it, and servers that a test starts and ends by hand. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { onExit } from './cleanup.ts'
import type { TestServer } from './server.ts'

const main = join(import.meta.dirname, '../../src/main.ts')

export interface Place {
  /** Options of the server; those of whoever runs the tests do not count. */
  env?: Record<string, string>
  /** The working directory. */
  cwd: string
}

export interface Ran {
  /** The exit code; null if a signal ended it. */
  code: number | null
  stdout: string
  stderr: string
}

/** Starts `essaim ARGUMENTS`; ended with the test process if nobody ended it before. */
export function startEssaim(args: readonly string[], { cwd, env = {} }: Place): ChildProcess {
  const ours = /^(ESSAIM_|KINTO_|NODE_TEST_CONTEXT$)/
  const outer = Object.entries(process.env).filter(([name]) => !ours.test(name))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    cwd,
    env: { ...Object.fromEntries(outer), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const forget = onExit(() => child.kill('SIGKILL'))
  child.on('exit', forget)
  child.stdin.on('error', () => {}) // a command that does not read its input
  return child
}

/** Runs `essaim ARGUMENTS` to its end, with `input` on its standard input. */
export async function essaim(args: readonly string[], place: Place, input = ''): Promise<Ran> {
  const child = startEssaim(args, place)
  const ran = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text))
  child.stdin?.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...ran }
}

/** Where commands find a test's server, or its data when it does not run. */
export function placeOf(server: Pick<TestServer, 'url' | 'data'>): Place {
  return {
    cwd: dirname(server.data),
    env: { ESSAIM_DATA: server.data, ESSAIM_LISTEN: new URL(server.url).host },
  }
}
