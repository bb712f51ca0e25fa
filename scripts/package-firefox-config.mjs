// Packs essaim-firefox-config: the one preference that brings Firefox to an Essaim, as a Debian package for all people of
// a machine. Firefox reads the file at its start. With SOURCE_DATE_EPOCH the same options give the same bytes.
import { spawnSync } from 'node:child_process'
import { chmodSync, lutimesSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { symlinkSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

const help = `npm run package:firefox-config -- --url https://cloud.example [options]

  --url URL          the server's ESSAIM_PUBLIC_URL
  --lock             nobody can change it in about:config
  --maintainer TEXT  "Name <address>" of who answers for the package
  --out FOLDER       where the package is put (dist)
`
const name = 'essaim-firefox-config'
/** Read by Firefox itself, whoever packed it; and by Debian's firefox-esr, older ones too. */
const file = 'etc/firefox/defaults/pref/essaim.js'
const debian = 'etc/firefox-esr/essaim.js'

function fail(text) {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

function readOptions() {
  const options = {
    url: { type: 'string' },
    lock: { type: 'boolean', default: false },
    maintainer: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, '../dist') },
    help: { type: 'boolean', default: false },
  }
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return fail(`${error.message}\n\n${help}`)
  }
}

/** The origin, or the end: Firefox opens its pages at the root. */
function originOf(text) {
  const url = URL.parse(text ?? '')
  if (!url || !/^https?:$/.test(url.protocol)) fail(`--url is missing, or not an address\n\n${help}`)
  if (url.href !== `${url.origin}/`) fail(`--url has to be an address without a path: ${url.origin}`)
  return url.origin
}

function preferences(origin, lock) {
  const end = lock ? ', locked);' : ');'
  const lines = [`pref("identity.fxaccounts.autoconfig.uri", ${JSON.stringify(origin)}${end}`]
  if (origin.startsWith('http:')) lines.push(`pref("identity.fxaccounts.allowHttp", true${end}`)
  return `// Firefox signs in, and syncs, at this Essaim. From the package ${name};
// /etc/firefox/defaults/pref/essaim.js and /etc/firefox-esr/essaim.js are one file.
${lines.join('\n')}
`
}

const { url, lock, maintainer, out, help: asked } = readOptions()
if (asked) {
  process.stdout.write(help)
  process.exit(0)
}
const origin = originOf(url)
const { hostname } = new URL(origin)
const who = maintainer ?? `Operator of ${hostname} <postmaster@${hostname}>`
if (!/^[^<>\n]+ <[^<>\s]+@[^<>\s]+>$/.test(who)) fail('--maintainer has to be "Name <address>"')
if (spawnSync('dpkg-deb', ['--version']).status !== 0)
  fail('dpkg-deb is missing: it comes with Debian and its relatives (apt-get install dpkg)')

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
const epoch = Number(process.env.SOURCE_DATE_EPOCH || Math.floor(Date.now() / 1000))
if (!Number.isSafeInteger(epoch)) fail('SOURCE_DATE_EPOCH has to be a number of seconds')
const written = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')

const doc = `usr/share/doc/${name}`
const changelog = `${name} (${version}) stable; urgency=medium

  * Firefox of this machine signs in at ${origin}.

 -- ${who}  ${written}
`
const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Essaim

Files: *
Copyright: ${new Date(epoch * 1000).getUTCFullYear()} the contributors of Essaim
License: MPL-2.0
 On Debian systems, the Mozilla Public License 2.0 is in
 /usr/share/common-licenses/MPL-2.0.
`
const control = `Package: ${name}
Version: ${version}
Architecture: all
Maintainer: ${who}
Section: web
Priority: optional
Enhances: firefox-esr, firefox
Description: sign-in of Firefox at ${hostname}
 Firefox on this machine signs in to accounts, and syncs, at the Essaim
 ${origin}
 in place of Mozilla's servers. Whoever is signed in elsewhere stays so
 until she signs out. Removing and purging the package undoes it.
`

const folder = mkdtempSync(join(tmpdir(), `${name}-`))
try {
  const put = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    chmodSync(join(folder, path), 0o644)
  }
  put(file, preferences(origin, lock))
  put(`${doc}/changelog.gz`, gzipSync(changelog, { level: 9 }))
  put(`${doc}/copyright`, copyright)
  mkdirSync(dirname(join(folder, debian)), { recursive: true })
  symlinkSync(relative(dirname(debian), file), join(folder, debian))

  const sums = [file, `${doc}/changelog.gz`, `${doc}/copyright`]
    .map((path) => [
      createHash('md5')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
      path,
    ])
    // Files that a person may change are not among those that are verified.
    .filter(([, path]) => path !== file)
    .map(([sum, path]) => `${sum}  ${path}\n`)
  put('DEBIAN/control', control)
  put('DEBIAN/conffiles', `/${file}\n`)
  put('DEBIAN/md5sums', sums.join(''))

  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) chmodSync(path, 0o755)
    lutimesSync(path, epoch, epoch)
  }
  lutimesSync(folder, epoch, epoch)

  const target = resolve(out, `${name}_${version}_all.deb`)
  mkdirSync(dirname(target), { recursive: true })
  const { status } = spawnSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', folder, target], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) fail('dpkg-deb could not build the package')
  process.stdout.write(`${target}\n`)
  if (origin.startsWith('http:'))
    process.stderr.write(
      'Over http, everybody on the way can read and change what is synced: for trials only.\n',
    )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
