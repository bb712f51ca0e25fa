/** The processes that are measured: their start, the CPU they used, their memory. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

export interface Measured {
  url: string
  /** Where it keeps what it keeps; empty where it keeps nothing. */
  data: string
  pid: number
  /** Seconds of CPU of all threads, user and system, since the start. */
  cpu(): number
  /** Resident memory in bytes. */
  rss(): number
  output(): string
  stop(): Promise<void>
}

export async function startBare(): Promise<Measured> {
  const port = await freePort()
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare.ts')], {
    env: { ...process.env, BENCH_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return measured(child, `http://127.0.0.1:${port}`, '', async () => {})
}

/** Starts the server with these options: in the folder that is given, else in a new one that goes with it. */
export async function startEssaim(options: Record<string, string> = {}, folder?: string): Promise<Measured> {
  const port = await freePort()
  const data = folder ?? (await mkdtemp(join(tmpdir(), 'essaim-bench-')))
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'dist/main.js'), 'serve'],
    {
      cwd: data,
      env: {
        ...process.env,
        ESSAIM_LISTEN: `127.0.0.1:${port}`,
        ESSAIM_DATA: join(data, 'data'),
        ESSAIM_LOG_LEVEL: 'warn',
        ...options,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const clean = async () => {
    if (folder === undefined) await rm(data, { recursive: true, force: true })
  }
  return measured(child, `http://127.0.0.1:${port}`, join(data, 'data'), clean)
}

async function measured(
  child: ChildProcess,
  url: string,
  data: string,
  clean: () => Promise<void>,
): Promise<Measured> {
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const deadline = Date.now() + 20_000
  for (;;) {
    const answer = await fetch(`${url}/__lbheartbeat__`).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok) break
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`no answer from ${url}\n${output}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const pid = child.pid!
  return {
    url,
    data,
    pid,
    cpu() {
      // Fields 14 and 15 of proc(5), counted behind the name in parentheses; 100 ticks are a second.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
      return (Number(fields[11]) + Number(fields[12])) / 100
    },
    rss() {
      return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024
    },
    output: () => output,
    async stop() {
      child.kill('SIGTERM')
      await gone
      await clean()
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
