/** `essaim check` */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Config, ConfigError } from '../config.ts'
import { checkSettings, say } from '../http/checks/index.ts'
import type { Finding, Level } from '../http/checks/index.ts'
import { controlClient } from './control.ts'
import type { Command } from './command.ts'
import { exit, parse } from './command.ts'
import { configOf, controlPath } from './open.ts'
import type { Operator } from './operator.ts'

/** A line: what was looked at, and how it is. `note` says what could not be looked at. */
interface Line {
  level: Level | 'note'
  text: string
}

export const check: Command = {
  name: 'check',
  summary: 'say what is wrong with a set-up, and where',
  help: `essaim check

Looks at the options, the data folder, the secret key, the database and the address, and says what is
wrong with each and what to change. While the server runs, it also has the server look at its own address
from outside: names, ports, certificate, proxy, clock. Nobody but that address is contacted.
Ends with 0 if nothing is wrong, 1 if something is, 78 if the options cannot be read.`,
  async run(args, terminal) {
    parse(args, {}, { min: 0, max: 0 })
    const config = configOf(terminal)
    const running = await controlClient(controlPath(config))
    const lines = [
      ...(await options(config)),
      line(folder(config)),
      line(secret(config)),
      line(await store(config, running)),
      ...(await address(config, running)),
    ]
    for (const { level, text } of lines) terminal.out(`${level.padEnd(5)}  ${text}\n`)
    return lines.some(({ level }) => level === 'wrong') ? exit.failed : exit.done
  },
}

/** What was looked at: well, or wrong with what to do about it. */
interface Part {
  part: string
  wrong?: string
}

const line = ({ part, wrong }: Part): Line =>
  wrong === undefined ? { level: 'ok', text: part } : { level: 'wrong', text: `${part}: ${wrong}` }

/** The options could be read; those of a Kinto server are looked at where they count. */
async function options(config: Config): Promise<Line[]> {
  const lines: Line[] = [{ level: 'ok', text: 'options' }]
  for (const name of config.ignoredVariables)
    lines.push({ level: 'warn', text: `${name} is ignored: set ESSAIM_KINTO_COMPAT=1, or take it away` })
  if (!config.doors.includes('kinto')) return lines
  const { kintoSettings } = await import('../app/doors.ts')
  try {
    const { inForce, ignored } = kintoSettings(config)
    if (inForce.length > 0) lines.push({ level: 'ok', text: `in force: ${inForce.join(', ')}` })
    for (const name of ignored) lines.push({ level: 'warn', text: `${name} has no meaning here` })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const problem of error.problems) lines.push({ level: 'wrong', text: problem })
  }
  return lines
}

function folder({ data }: Config): Part {
  const part = `data folder ${data}`
  if (!existsSync(data)) {
    const above = dirname(data)
    return writable(above)
      ? { part }
      : { part, wrong: `it is not there, and ${above} cannot be written to make it` }
  }
  if (!statSync(data).isDirectory()) return { part, wrong: 'it is a file; ESSAIM_DATA must name a folder' }
  if (!writable(data))
    return { part, wrong: 'it cannot be written; give it to the user that runs the server' }
  if ((statSync(data).mode & 0o007) !== 0)
    return { part, wrong: `others can look into it; run: chmod o-rwx ${data}` }
  return { part }
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

function secret({ secretFile }: Config): Part {
  const part = `secret key ${secretFile}`
  if (!existsSync(secretFile)) return { part: `${part} (made at the first start)` }
  const mode = statSync(secretFile).mode & 0o777
  if ((mode & 0o077) !== 0) return { part, wrong: `others can read it; run: chmod 600 ${secretFile}` }
  return { part }
}

async function address(config: Config, running: Operator | undefined): Promise<Line[]> {
  const { publicUrl, contentUrl, listen, trustedProxies, kintoBodyLimit: bodyLimit } = config
  const said = ({ level, ...finding }: Finding): Line => ({ level, text: say(finding, 'en') })
  const here: Line = { level: 'ok', text: `public address ${publicUrl}` }
  if (running) {
    const { findings } = await running.checkAddress({})
    return [here, ...findings.map(said)]
  }
  const input = { publicUrl, contentUrl, listen, trustedProxies, bodyLimit, signedPaths: [], passed: 0 }
  const later = 'names, ports, certificate and proxy: start the server, and run this again beside it'
  return [here, ...checkSettings(input, Date.now()).map(said), { level: 'note', text: later }]
}

async function store(config: Config, running: Operator | undefined): Promise<Part> {
  const part = config.store.type === 'sqlite' ? 'database (SQLite)' : 'database (PostgreSQL)'
  if (running) return { part: `${part}, in use by the running server` }
  if (config.store.type === 'sqlite' && !existsSync(config.data))
    return { part: `${part} (made at the first start)` }
  try {
    const { openOperator } = await import('../app.ts')
    await (await openOperator(config)).close()
    return { part }
  } catch (error) {
    return { part, wrong: error instanceof Error ? error.message : String(error) }
  }
}
