/** The package that configures Firefox: built, installed, in force in a stock Firefox, and gone again. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { addressOf } from './support/firefox-sync.ts'
import { startFirefox } from './support/firefox.ts'
import { openOwnRoot } from './support/own-root.ts'
import { requireProgram } from './support/requires.ts'
import { startServer } from './support/server.ts'

/** Found in the browser's global scope. */
// oxlint-disable-next-line no-explicit-any
declare const Services: any

const script = join(import.meta.dirname, '../scripts/package-firefox-config.mjs')
const preference = 'identity.fxaccounts.autoconfig.uri'

/** What becomes of the script with these options; what it says goes with it. */
function build(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { status, path: stdout.trim(), stderr }
}

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'essaim-package-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What a package puts into /etc/firefox. */
function preferencesIn(path: string, folder: string): string {
  assert.equal(spawnSync('dpkg-deb', ['--extract', path, folder]).status, 0)
  const text = readFileSync(join(folder, 'etc/firefox/defaults/pref/essaim.js'), 'utf8')
  assert.equal(readFileSync(join(folder, 'etc/firefox-esr/essaim.js'), 'utf8'), text)
  return text
}

test('the package holds the one preference, and is the same bytes for the same options', async (t) => {
  if (!requireProgram(t, 'dpkg-deb', 'dpkg')) return
  const folder = await folderOf(t)
  const made = ['a', 'b'].map((name) => {
    const out = join(folder, name)
    const env = { SOURCE_DATE_EPOCH: '1790000000' }
    const { status, path, stderr } = build(['--url', 'https://cloud.example', '--out', out], env)
    assert.deepEqual([status, stderr], [0, ''])
    return path
  })
  const hashes = made.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'))
  assert.equal(hashes[0], hashes[1])
  const text = preferencesIn(made[0]!, join(folder, 'c'))
  assert.deepEqual(text.match(/^pref\(.*$/gm), [`pref("${preference}", "https://cloud.example");`])
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const { stdout } = spawnSync('dpkg-deb', ['--field', made[0]!, 'Version', 'Architecture'], {
    encoding: 'utf8',
  })
  assert.equal(stdout, `Version: ${version}\nArchitecture: all\n`)
})

test('an address over http is said to be for trials, and takes a second preference; a lock is for all', async (t) => {
  if (!requireProgram(t, 'dpkg-deb', 'dpkg')) return
  const folder = await folderOf(t)
  const { status, path, stderr } = build(['--url', 'http://localhost:8888', '--lock', '--out', folder])
  assert.equal(status, 0)
  assert.match(stderr, /for trials only/)
  assert.deepEqual(preferencesIn(path, join(folder, 'c')).match(/^pref\(.*$/gm), [
    `pref("${preference}", "http://localhost:8888", locked);`,
    'pref("identity.fxaccounts.allowHttp", true, locked);',
  ])
})

test('what cannot be the address of a server, or the name of somebody, makes no package', async (t) => {
  const folder = await folderOf(t)
  for (const [args, expected] of [
    [[], /--url is missing/],
    [['--url', 'cloud.example'], /--url is missing, or not an address/],
    [['--url', 'ftp://cloud.example'], /not an address/],
    [['--url', 'https://cloud.example/essaim'], /without a path: https:\/\/cloud\.example$/m],
    [['--url', 'https://a@cloud.example'], /without a path/],
    [['--url', 'https://cloud.example', '--maintainer', 'Ada'], /"Name <address>"/],
    [['--url', 'https://cloud.example', '--loud'], /--loud/],
  ] as const) {
    const { status, stderr } = build([...args, '--out', join(folder, 'x')])
    assert.equal(status, 1, args.join(' '))
    assert.match(stderr, expected)
  }
  assert.ok(!existsSync(join(folder, 'x')))
  const { status, stderr } = build(['--url', 'https://cloud.example', '--out', folder], { PATH: folder })
  assert.equal(status, 1)
  assert.match(stderr, /dpkg-deb is missing/)
})

/** What a Firefox makes of the preference, as its own code reads it. */
const inForce = (name: string) => {
  const { prefs } = Services
  return {
    value: prefs.getStringPref(name, '') as string,
    standard: prefs.getDefaultBranch('').getStringPref(name, '') as string,
    isTheirs: prefs.prefHasUserValue(name) as boolean,
    isLocked: prefs.prefIsLocked(name) as boolean,
  }
}

test('installed, it leads a stock Firefox to this server; purged, nothing of it is left', async (t) => {
  const firefox = requireProgram(t, '/usr/bin/firefox-esr', 'firefox-esr')
  if (!firefox || !requireProgram(t, 'dpkg', 'dpkg')) return
  const root = await openOwnRoot(t)
  if (!root) return
  const server = await startServer(t, { ESSAIM_DOORS: 'kinto,sync,fxa' })
  const { url } = server
  const open = () => startFirefox(root.program(firefox), {}, (undo) => t.after(undo))
  const install = async (...more: string[]) => {
    const { path } = build(['--url', url, '--out', await folderOf(t), ...more])
    root.run('dpkg', '--install', path)
  }

  await t.test('it is the standard of every profile, and can be changed', async () => {
    await install()
    assert.match(root.run('dpkg', '--verify', 'essaim-firefox-config'), /^$/)
    const one = await open()
    assert.deepEqual(await one.driver.run('chrome', inForce, preference), {
      value: url,
      standard: url,
      isTheirs: false,
      isLocked: false,
    })
    const address = new URL(await addressOf(one, 'sign-in'))
    assert.equal(address.origin, url)
    assert.equal(address.pathname, '/')
    assert.equal(address.searchParams.get('context'), 'oauth_webchannel_v1')
    await one.close()
  })

  await t.test('with a lock it cannot be changed', async () => {
    await install('--lock')
    const one = await open()
    const found = await one.driver.run(
      'chrome',
      (name: string) => {
        const { prefs } = Services
        // As about:config would.
        prefs.setStringPref(name, 'https://elsewhere.example')
        return [prefs.getStringPref(name), prefs.prefIsLocked(name)]
      },
      preference,
    )
    assert.deepEqual(found, [url, true])
    await one.close()
  })

  await t.test('purged, Firefox knows nothing of it, and no file stays', async () => {
    root.run('dpkg', '--purge', 'essaim-firefox-config')
    assert.equal(root.run('sh', '-c', 'find /etc/firefox* -name "*essaim*"; ls -d /etc/firefox || true'), '')
    const one = await open()
    assert.equal((await one.driver.run('chrome', inForce, preference)).value, '')
    await one.close()
  })
})
