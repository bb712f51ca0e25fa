/**
 * A view of the machine's file system whose changes nobody else sees and that goes with the test: what a package puts
 * into /etc is there for the programs that are started in it, and for them alone.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { onExit } from './cleanup.ts'
import { requireProgram } from './requires.ts'

export interface OwnRoot {
  /** Runs a program in it to its end; its output. Throws with what it said where it fails. */
  run(command: string, ...args: string[]): string
  /** The path of a program that starts this one in it. */
  program(path: string): string
}

/** What can be written there, over what the machine has. */
const folders = ['etc', 'usr', 'var']

/** Undefined, and the test skipped, for who is not root or may make no mounts. */
export async function openOwnRoot(t: TestContext): Promise<OwnRoot | undefined> {
  const nsenter = requireProgram(t, 'nsenter', 'util-linux')
  const unshare = requireProgram(t, 'unshare', 'util-linux')
  if (!nsenter || !unshare) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'essaim-root-'))
  const over = folders.map(
    (name) =>
      `mkdir -p ${name}/above ${name}/work && mount -t overlay overlay -o lowerdir=/${name},upperdir=${folder}/${name}/above,workdir=${folder}/${name}/work /${name}`,
  )
  // In memory: an overlay does not lie on another one, as the disks of containers often are.
  const script = ['mount -t tmpfs none .', 'cd .', `cd ${folder}`, ...over, 'echo ready', 'exec cat'].join(
    ' && ',
  )
  const holder = spawn(unshare, ['--mount', 'sh', '-c', script], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const forget = onExit(() => holder.kill('SIGKILL'))
  t.after(async () => {
    await end(holder)
    forget()
    rmSync(folder, { recursive: true, force: true })
  })
  let said = ''
  holder.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ready = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    once(holder, 'exit').then(() => false),
  ])
  if (!ready) {
    t.skip(`needs root, and leave to mount: ${said.trim()}`)
    return undefined
  }
  const inside = [`--target=${holder.pid}`, '--mount']
  return {
    run(command, ...args) {
      const { status, stdout, stderr } = spawnSync(nsenter, [...inside, command, ...args], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      })
      if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout}${stderr}`)
      return stdout
    },
    program(path) {
      const wrapper = join(folder, 'start')
      // Outside of the view, where the test starts it.
      writeFileSync(wrapper, `#!/bin/sh\nexec ${nsenter} ${inside.join(' ')} ${path} "$@"\n`)
      chmodSync(wrapper, 0o755)
      return wrapper
    },
  }
}

/** Ends what holds the view. */
async function end(holder: ChildProcess): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return
  const exit = once(holder, 'exit')
  holder.kill('SIGKILL')
  await exit
}
