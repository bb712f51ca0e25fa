/** `essaim check` */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../config.ts'
import { controlClient } from './control.ts'
import type { Command, Terminal } from './command.ts'
import { exit, parse } from './command.ts'
import { configOf, controlPath } from './open.ts'

/** What was looked at: well, or wrong with what to do about it. */
interface Finding {
  part: string
  wrong?: string
}

export const check: Command = {
  name: 'check',
  summary: 'say what is wrong with a set-up, and where',
  help: `essaim check

Looks at the options, the data folder, the secret key, the database and the address, and says what is
wrong with each. Ends with 0 if nothing is, 1 if something is, 78 if the options cannot be read.`,
  async run(args, terminal) {
    parse(args, {}, { min: 0, max: 0 })
    const config = configOf(terminal)
    const findings = [
      { part: 'options' },
      folder(config),
      secret(config),
      ...addresses(config),
      await store(config),
    ]
    for (const { part, wrong } of findings) report(terminal, part, wrong)
    return findings.some(({ wrong }) => wrong !== undefined) ? exit.failed : exit.done
  },
}

function report(terminal: Terminal, part: string, wrong: string | undefined): void {
  terminal.out(wrong === undefined ? `ok     ${part}\n` : `wrong  ${part}: ${wrong}\n`)
}

function folder({ data }: Config): Finding {
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

function secret({ secretFile }: Config): Finding {
  const part = `secret key ${secretFile}`
  if (!existsSync(secretFile)) return { part: `${part} (made at the first start)` }
  const mode = statSync(secretFile).mode & 0o777
  if ((mode & 0o077) !== 0) return { part, wrong: `others can read it; run: chmod 600 ${secretFile}` }
  return { part }
}

function addresses({ publicUrl, contentUrl, listen }: Config): Finding[] {
  const url = new URL(publicUrl)
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  const findings: Finding[] = [{ part: `public address ${publicUrl}` }]
  if (url.protocol === 'http:' && !local)
    findings[0]!.wrong =
      'browsers allow sign-in and encryption over https only; put a proxy with a certificate in front'
  if (local && !['127.0.0.1', '::1', 'localhost'].includes(listen.host))
    findings[0]!.wrong = 'the server listens to others, but its address is localhost; set ESSAIM_PUBLIC_URL'
  findings.push({ part: `content address ${contentUrl}` })
  return findings
}

async function store(config: Config): Promise<Finding> {
  const part = config.store.type === 'sqlite' ? 'database (SQLite)' : 'database (PostgreSQL)'
  if (await controlClient(controlPath(config))) return { part: `${part}, in use by the running server` }
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
