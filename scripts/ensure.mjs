// Brings node_modules in step with package-lock.json, so that `npm start` and `npm test` are each enough on a
// fresh clone. Runs on the Node of the machine (20 or newer), before the packaged one is there; says nothing on
// standard output. `--production`: a first install leaves the development packages out.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'

const root = new URL('..', import.meta.url)
const installed = new URL('node_modules/.package-lock.json', root)
const production = process.argv.includes('--production')

const packages = (url) => JSON.parse(readFileSync(url, 'utf8')).packages

/** True when every package that this machine must have is there in the locked version. */
function current() {
  if (!existsSync(installed)) return false
  const have = packages(installed)
  return Object.entries(packages(new URL('package-lock.json', root))).every(
    ([path, { version, optional, dev, devOptional }]) =>
      !path.includes('node_modules/') ||
      optional ||
      devOptional ||
      (dev && production) ||
      have[path]?.version === version,
  )
}

/** `npm ci` without install scripts: no dependency needs one. Returns npm's exit code. */
function install() {
  const args = ['ci', '--ignore-scripts', '--loglevel=error', '--no-audit', '--no-fund']
  if (production && !existsSync(installed)) args.push('--omit=dev')
  process.stderr.write('Installing the dependencies from the npm registry …\n')
  const npm = process.env.npm_execpath
  // npm runs on the Node that it came with: Debian's works on no other.
  const [command, first] = npm ? [process.env.npm_node_execpath ?? process.execPath, [npm]] : ['npm', []]
  return spawnSync(command, [...first, ...args], { cwd: root, stdio: ['ignore', 2, 2] }).status ?? 1
}

/** True when `node` in the scripts of package.json will be 24 or newer. */
function nodeIsNewEnough() {
  if (Number.parseInt(process.versions.node) >= 24) return true
  const command = new URL('node_modules/.bin/node', root)
  const packaged = `node-${process.platform}-${process.arch}/bin/node`
  // npm 9 takes the link away again when it passes over the package for another processor.
  if (!existsSync(command) && existsSync(new URL(`node_modules/${packaged}`, root)))
    symlinkSync(`../${packaged}`, command)
  return existsSync(command)
}

process.exitCode = current() ? 0 : install()

if (process.exitCode === 0 && !nodeIsNewEnough()) {
  process.stderr.write('Essaim needs Node 24 or newer, and there is no packaged one for this platform.\n')
  process.exitCode = 1
}
