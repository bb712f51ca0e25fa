#!/usr/bin/env node
// The command `essaim`. Where the Node that runs this is older than 24, the packaged one runs in its place.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const main = new URL('../src/main.ts', import.meta.url)

/** The packaged Node 24, or undefined where its package is missing. */
function packagedNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`)
  } catch {
    return undefined
  }
}

/** Runs the program under `node`; signals and the exit code pass through as if it had been started directly. */
function runUnder(node) {
  const args = ['--disable-warning=ExperimentalWarning', fileURLToPath(main), ...process.argv.slice(2)]
  const child = spawn(node, args, { stdio: 'inherit' })
  const pass = (signal) => child.kill(signal)
  process.on('SIGTERM', pass)
  // A terminal sends these two to the child as well, and a second one would end it at once.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  process.on('SIGINT', terminal ? () => {} : pass)
  process.on('SIGHUP', terminal ? () => {} : pass)
  child.on('error', (error) => {
    process.stderr.write(`essaim: cannot run ${node}: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) return process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

if (Number.parseInt(process.versions.node) >= 24) {
  await import(main)
} else {
  const node = packagedNode()
  if (node) runUnder(node)
  else {
    process.stderr.write(
      'essaim: Node 24 or newer is needed; run `npm ci` in its folder, or install Node 24.\n',
    )
    process.exitCode = 1
  }
}
