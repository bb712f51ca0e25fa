/** A real NATS server for tests: Debian's. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { onExit } from './cleanup.ts'
import { requireProgram } from './requires.ts'

const program = '/usr/sbin/nats-server'

/** Whether there is none: the test is skipped then, and has to return. */
export const isNatsMissing = (t: TestContext): boolean => !requireProgram(t, program, 'nats-server')

export interface Nats {
  port: number
  /** Takes what is sent and answers nothing, as behind a line that was cut. */
  freeze(): void
  /** Ends it; connections break. */
  stop(): Promise<void>
}

/** Starts NATS on a free port of loopback, or on the one given; ended after the test. */
export async function startNats(t: TestContext, port?: number, options: string[] = []): Promise<Nats> {
  const child = spawn(program, ['--addr', '127.0.0.1', '--port', String(port ?? -1), ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const forget = onExit(() => child.kill('SIGKILL'))
  child.on('exit', forget)
  t.after(() => stop(child))
  for await (const line of createInterface({ input: child.stderr })) {
    const found = /Listening for client connections on 127\.0\.0\.1:(\d+)/.exec(line)
    if (!found) continue
    child.stderr.resume()
    return {
      port: Number(found[1]),
      freeze: () => void child.kill('SIGSTOP'),
      stop: () => stop(child),
    }
  }
  throw new Error('nats-server ended before it listened')
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
