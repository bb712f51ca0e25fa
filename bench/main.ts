/**
 * `npm run bench`: for each operation of the Kinto door, requests a CPU-second of the server and the
 * ratio to a bare server, measured in turns in the same run; the median of five.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { controlClient } from '../src/cli/control.ts'
import { load, loader } from './load.ts'
import type { Operation, Round } from './load.ts'
import { startBare, startEssaim } from './processes.ts'
import type { Measured } from './processes.ts'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3)
const only = process.argv[2]

interface Case {
  name: string
  atLeast: number
  operation: Operation
  /** What one request counts for. */
  records?: number
  postgres?: true
}

const login = 'bench'
const password = 'eleven swarms of bees'
const headers = {
  Authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
  'Content-Type': 'application/json',
}
const records = '/v1/buckets/bench/collections/notes/records'
const lists = '/v1/buckets/bench/collections/list/records'
/** Records of 1 KB that are read and written at random. */
const many = { sqlite: 10_000, postgres: 2_000 }
/** A record of about this many bytes. */
const object = (bytes: number) => ({ title: 'note', done: false, text: 'x'.repeat(bytes - 40) })
const putBody = JSON.stringify({ data: object(1_000) })
const batchBody = JSON.stringify({
  defaults: { method: 'PUT' },
  requests: Array.from({ length: 25 }, (_, i) => ({
    path: `${records}/b{n}-${i}`,
    body: { data: object(180) },
  })),
})

function cases({ etag, tokens }: Prepared): Case[] {
  const get: Operation = {
    method: 'GET',
    path: `${records}/r{n}`,
    spread: many.sqlite,
    headers,
    connections: 32,
  }
  const put: Operation = {
    method: 'PUT',
    path: `${records}/r{n}`,
    spread: many.sqlite,
    headers,
    body: putBody,
    connections: 32,
  }
  return [
    { name: 'GET a 1 KB record', atLeast: 0.4, operation: get },
    { name: 'GET it by a token', atLeast: 0.4, operation: { ...get, headers: byToken(tokens.sqlite) } },
    {
      name: 'GET it with If-None-Match (304)',
      atLeast: 0.45,
      operation: { ...get, path: `${records}/fixed`, headers: { ...headers, 'If-None-Match': etag } },
    },
    { name: 'GET a list of 100 records of 200 bytes', atLeast: 0.1, operation: { ...get, path: lists } },
    { name: 'durable PUT of a 1 KB record, 32 connections', atLeast: 0.2, operation: put },
    {
      name: 'POST /batch of 25 PUTs of 180 bytes (records)',
      atLeast: 0.35,
      operation: { ...put, method: 'POST', path: '/v1/batch', body: batchBody, spread: 400, connections: 16 },
      records: 25,
    },
    { name: '64 clients, one collection', atLeast: 0.2, operation: { ...put, connections: 64 } },
    {
      name: 'PostgreSQL: GET a 1 KB record',
      atLeast: 0.15,
      operation: { ...get, spread: many.postgres },
      postgres: true,
    },
    {
      name: 'PostgreSQL: GET it by a token',
      atLeast: 0.15,
      operation: { ...get, spread: many.postgres, headers: byToken(tokens.postgres) },
      postgres: true,
    },
    {
      name: 'PostgreSQL: durable PUT of a 1 KB record',
      atLeast: 0.1,
      operation: { ...put, spread: many.postgres },
      postgres: true,
    },
  ]
}

/** What the cases need: the revision of a record, and a token for each server. */
interface Prepared {
  etag: string
  tokens: { sqlite: string; postgres: string }
}

const byToken = (token: string) => ({ ...headers, Authorization: `Bearer ${token}` })

/** A token that may do what the password does. */
async function tokenOf({ data }: Measured): Promise<string> {
  const operator = await controlClient(join(data, 'control.sock'))
  if (!operator) throw new Error('the server takes no commands')
  const { text } = await operator.tokenCreate({ login, name: 'bench', scopes: ['kinto:rw'] })
  return text
}

async function prepare(server: Measured, count: number): Promise<string> {
  const token = /First run: \S+#(\S+)/.exec(server.output())?.[1]
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = headers,
  ) => {
    const answer = await fetch(server.url + path, {
      method,
      headers: more,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
    return answer
  }
  await call('POST', '/setup', { token, login, password }, { 'Content-Type': 'application/json' })
  await call('PUT', '/v1/buckets/bench')
  for (const name of ['notes', 'list']) await call('PUT', `/v1/buckets/bench/collections/${name}`)
  const fill = async (path: string, prefix: string, count: number, bytes: number) => {
    for (let from = 0; from < count; from += 25) {
      const requests = Array.from({ length: Math.min(25, count - from) }, (_, i) => ({
        path: `${path}/${prefix}${from + i}`,
        body: { data: object(bytes) },
      }))
      await call('POST', '/v1/batch', { defaults: { method: 'PUT' }, requests })
    }
  }
  await fill(lists, 'l', 100, 200)
  await fill(records, 'r', count, 1_000)
  const fixed = await call('PUT', `${records}/fixed`, { data: object(1_000) })
  return fixed.headers.get('etag') ?? ''
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

async function main(): Promise<void> {
  const bare = await startBare()
  const sqlite = await startEssaim()
  const wanted = only === undefined || only.includes('PostgreSQL')
  const postgresUrl = wanted ? (process.env['BENCH_POSTGRES'] ?? (await ownPostgres())) : undefined
  const postgres = postgresUrl === undefined ? undefined : await startEssaim({ ESSAIM_STORE: postgresUrl })
  try {
    const etag = await prepare(sqlite, many.sqlite)
    if (postgres) await prepare(postgres, many.postgres)
    const tokens = { sqlite: await tokenOf(sqlite), postgres: postgres ? await tokenOf(postgres) : '' }
    process.stdout.write(
      `Load by ${loader}, ${rounds} rounds of ${seconds} s each, in turns with the bare server.\n\n`,
    )
    process.stdout.write(
      '| operation | per CPU-second | per second | ratio | at least |\n|---|---|---|---|---|\n',
    )
    for (const one of cases({ etag, tokens })) {
      const server = one.postgres ? postgres : sqlite
      if (!server || (only !== undefined && !one.name.includes(only))) continue
      process.stdout.write(`${await line(one, server, bare)}\n`)
    }
    process.stdout.write(`\nMemory after the load: ${Math.round(sqlite.rss() / 2 ** 20)} MiB.\n`)
  } finally {
    await Promise.all([bare.stop(), sqlite.stop(), postgres?.stop()])
  }
}

/** Debian's PostgreSQL, which syncs to the disk, where it is installed. */
async function ownPostgres(): Promise<string | undefined> {
  if (!existsSync('/usr/lib/postgresql/15/bin/postgres')) return undefined
  process.env['ESSAIM_TEST_PG'] = '15'
  const { freshDatabase } = await import('../test/support/postgres.ts')
  return freshDatabase()
}

async function line(one: Case, server: Measured, bare: Measured): Promise<string> {
  const ratios: number[] = []
  const seen: Round[] = []
  for (let round = 0; round < rounds; round++) {
    const plain = await load(
      bare,
      { method: 'GET', path: '/', connections: one.operation.connections },
      seconds,
    )
    const ours = await load(server, one.operation, seconds)
    if (ours.failed > 0) throw new Error(`${one.name}: ${ours.failed} of ${ours.answered} failed`)
    ratios.push((ours.perCpu * (one.records ?? 1)) / plain.perCpu)
    seen.push(ours)
  }
  const times = one.records ?? 1
  const perCpu = Math.round(median(seen.map((round) => round.perCpu)) * times)
  const perSecond = Math.round(median(seen.map((round) => round.perSecond)) * times)
  return `| ${one.name} | ${perCpu} | ${perSecond} | ${median(ratios).toFixed(2)} | ${one.atLeast.toFixed(2)} |`
}

await main()
// The PostgreSQL that was started for this ends with the process.
process.exit()
