/** The real server as a process of its own, on a free port of loopback, with its data in a temporary folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { onExit } from './cleanup.ts'

const usual = join(import.meta.dirname, '../../src/main.ts')

/** How long a server may take to answer at all before the test gives up. */
const patience = 30_000

export interface TestServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** ESSAIM_DATA of the server; its parent is the working directory and goes with the test. */
  readonly data: string
  /** What the running process, and those before it, wrote: standard output and errors, the last MiB. */
  output(): string
  /** The link by which the first account is made, of the running process; waits for it. */
  firstRun(): Promise<string>
  /** The process id; undefined while none runs. */
  pid(): number | undefined
  /** Ends it as an operator would (SIGTERM); the exit code, or null if a signal ended it. */
  stop(): Promise<number | null>
  /** Ends it with SIGKILL. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, after a `stop` if it runs; `env` is added for good. */
  restart(env?: Record<string, string>): Promise<void>
}

/** Starts a server and waits until it answers. Ended, and its data removed, after the test. `main` is what it runs. */
export async function startServer(
  t: TestContext,
  env: Record<string, string> = {},
  { main = usual }: { main?: string } = {},
): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'essaim-server-'))
  const forget = onExit(() => rmSync(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let variables = { ESSAIM_LISTEN: `127.0.0.1:${port}`, ESSAIM_DATA: data, ...env }
  let written = ''
  let from = 0 // where the output of the running process begins
  let child: ChildProcess | undefined

  async function start() {
    from = written.length
    child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'serve'], {
      cwd: folder,
      env: { ...inherited(), ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const running = child
    const forgetChild = onExit(() => running.kill('SIGKILL'))
    for (const stream of [running.stdout, running.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        written += text
        const surplus = Math.max(0, written.length - 2 ** 20)
        written = written.slice(surplus)
        from = Math.max(0, from - surplus)
      })
    running.on('exit', () => {
      forgetChild()
      if (child === running) child = undefined
    })
    await until(async () => {
      if (child !== running) throw new Error(`the server did not start:\n${written.slice(from)}`)
      const answer = await fetch(`${url}/__lbheartbeat__`).catch(() => undefined)
      await answer?.arrayBuffer()
      return answer?.ok || undefined
    })
  }

  /** Ends the process if one runs; its exit code. */
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (!child) return null
    const closed = once(child, 'close') // after its last output
    child.kill(signal)
    const [code] = (await closed) as [number | null]
    return code
  }

  t.after(async () => {
    await end('SIGKILL')
    await rm(folder, { recursive: true, force: true })
    forget()
  })
  await start()

  return {
    url,
    data,
    output: () => written,
    firstRun: () => until(async () => /^First run: (\S+)$/m.exec(written.slice(from))?.[1]),
    pid: () => child?.pid,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    async restart(more = {}) {
      await end('SIGTERM')
      variables = { ...variables, ...more }
      await start()
    },
  }
}

/** Asks again until there is a value. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + patience
  while (Date.now() < deadline) {
    const value = await ask()
    if (value !== undefined) return value
    await wait(20)
  }
  throw new Error(`nothing after ${patience / 1000} s`)
}

/** The environment without options, so that those of whoever runs the tests do not reach the server. */
function inherited(): NodeJS.ProcessEnv {
  const ours = /^(ESSAIM_|KINTO_|NODE_TEST_CONTEXT$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

/** A port of loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
