import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { check } from './check.ts'
import { exit } from './command.ts'
import { serveControl } from './control.ts'
import type { Finding } from '../http/checks/index.ts'
import type { Operator } from './operator.ts'
import { run } from './run.ts'

/** A data folder, and what `essaim check` says of it. */
function scene(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-check-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  const checked = async (env: Record<string, string> = {}) => {
    let out = ''
    const code = await run([check], ['check'], {
      env: { ESSAIM_DATA: data, ...env },
      interactive: false,
      readInput: async () => '',
      out: (text) => void (out += text),
      err: (text) => void (out += text),
    })
    return { code, out }
  }
  return { data, checked }
}

/** A running server that finds this under its address. */
const server = (...findings: Finding[]) =>
  ({ checkAddress: async () => ({ findings }) }) as Partial<Operator> as Operator

test('a set-up that was never started is well, and checking makes nothing', async (t) => {
  const { data, checked } = scene(t)
  const { code, out } = await checked()
  assert.equal(code, exit.done, out)
  assert.doesNotMatch(out, /wrong/)
  assert.throws(() => rmSync(data), { code: 'ENOENT' })
})

test('a key that others can read is found, with what to do', async (t) => {
  const { data, checked } = scene(t)
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(join(data, 'secret'), 'x', { mode: 0o644 })
  chmodSync(join(data, 'secret'), 0o644)
  const { code, out } = await checked()
  assert.equal(code, exit.failed)
  assert.match(out, /wrong {2}secret key .*chmod 600/)
})

test('a data folder that others can look into, or that is a file, is found', async (t) => {
  const { data, checked } = scene(t)
  mkdirSync(data)
  chmodSync(data, 0o755)
  const control = await serveControl(join(data, 'control.sock'), server())
  const open = await checked()
  await control.close()
  assert.match(open.out, /wrong {2}data folder .*chmod o-rwx/)
  rmSync(data, { recursive: true })
  writeFileSync(data, '')
  const file = await checked()
  assert.equal(file.code, exit.failed)
  assert.match(file.out, /it is a file/)
})

test('the database of a running server is taken to be well', async (t) => {
  const { data, checked } = scene(t)
  mkdirSync(data, { mode: 0o700 })
  const control = await serveControl(join(data, 'control.sock'), server())
  t.after(() => control.close())
  const { code, out } = await checked()
  assert.equal(code, exit.done, out)
  assert.match(out, /in use by the running server/)
})

test('a public address without encryption, or one that nobody can reach, is found', async (t) => {
  const { checked } = scene(t)
  const plain = await checked({ ESSAIM_PUBLIC_URL: 'http://example.org' })
  assert.equal(plain.code, exit.failed)
  assert.match(plain.out, /wrong {2}Over http:\/\/example\.org .*ESSAIM_PUBLIC_URL=https:\/\/example\.org/)
  const unreachable = await checked({ ESSAIM_LISTEN: '0.0.0.0:8888' })
  assert.match(unreachable.out, /Set ESSAIM_PUBLIC_URL/)
})

test('without a server it says what it could not look at', async (t) => {
  const { checked } = scene(t)
  const { code, out } = await checked()
  assert.equal(code, exit.done)
  assert.match(out, /^note {3}names, ports, certificate and proxy: start the server/m)
})

test('what the running server finds under its address is shown, and counts', async (t) => {
  const { data, checked } = scene(t)
  mkdirSync(data, { mode: 0o700 })
  const values = { peer: '10.0.0.2', setting: '10.0.0.2' }
  const control = await serveControl(
    join(data, 'control.sock'),
    server({ code: 'proxy-untrusted', level: 'wrong', values }),
  )
  t.after(() => control.close())
  const { code, out } = await checked()
  assert.equal(code, exit.failed)
  assert.match(out, /^wrong {2}.*Set ESSAIM_TRUSTED_PROXIES=10\.0\.0\.2\.$/m)
  assert.doesNotMatch(out, /^note/m)
})

test('variables of a Kinto server: in force, without meaning, at fault, or ignored as a whole', async (t) => {
  const { checked } = scene(t)
  const on = { ESSAIM_KINTO_COMPAT: '1' }
  const good = await checked({ ...on, KINTO_PAGINATE_BY: '100', KINTO_NO_SUCH_THING: '1' })
  assert.equal(good.code, exit.done, good.out)
  assert.match(good.out, /^ok {5}in force: KINTO_PAGINATE_BY$/m)
  assert.match(good.out, /^warn {3}KINTO_NO_SUCH_THING has no meaning here$/m)
  const bad = await checked({ ...on, KINTO_PAGINATE_BY: 'many' })
  assert.equal(bad.code, exit.failed)
  assert.match(bad.out, /^wrong {2}KINTO_PAGINATE_BY /m)
  const off = await checked({ KINTO_PAGINATE_BY: 'many' })
  assert.equal(off.code, exit.done)
  assert.match(off.out, /^warn {3}KINTO_PAGINATE_BY is ignored/m)
})

test('options that cannot be read end it with 78', async (t) => {
  const { checked } = scene(t)
  const { code, out } = await checked({ ESSAIM_LISTEN: 'nowhere', ESSAIM_NONSENSE: '1' })
  assert.equal(code, exit.config)
  assert.match(out, /ESSAIM_LISTEN/)
  assert.match(out, /ESSAIM_NONSENSE/)
})
