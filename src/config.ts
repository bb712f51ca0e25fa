/**
 * Every option of the server, once: its name, environment variable, kind, default and help.
 * `docs/operating.md` shows this table; a contradiction or an unknown name stops the start.
 */
import { join } from 'node:path'
import { mailSender, smtpServer } from './lib/mail-options.ts'
import { type Files, readKeyValues, readSecret } from './lib/optionfiles.ts'
import {
  addressRange,
  count,
  flag,
  hostName,
  instant,
  type Kind,
  type Listener,
  listener,
  listOf,
  onLoopback,
  oneOf,
  OptionError,
  origin,
  path,
  size,
  text,
  webAddress,
} from './lib/options.ts'

/** One option: `default` is text as an operator would write it, `otherwise` says what holds without one. */
interface Option<T> {
  readonly env: string
  readonly kind: Kind<T>
  readonly default?: string
  readonly otherwise?: string
  readonly secret?: true
  readonly help: string
}

/** The doors that exist. */
const doors = ['kinto', 'sync', 'fxa'] as const

/** Where the records are: a file in the data folder, or a PostgreSQL server. */
export type StoreAddress = { readonly type: 'sqlite' } | { readonly type: 'postgres'; readonly url: string }

/** How several processes tell each other of commits: not at all, or by a NATS server. */
export type BusAddress = { readonly type: 'local' } | { readonly type: 'nats'; readonly url: string }

const storeAddress: Kind<StoreAddress> = {
  form: 'sqlite: or postgres://…',
  parse(value) {
    if (value === 'sqlite:') return { type: 'sqlite' }
    if (/^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? '')) return { type: 'postgres', url: value }
    throw new OptionError('must be sqlite: or postgres://…')
  },
}

const busAddress: Kind<BusAddress> = {
  form: 'local or nats://…',
  parse(value) {
    if (value === 'local') return { type: 'local' }
    if (/^(nats|tls):$/.test(URL.parse(value)?.protocol ?? '')) return { type: 'nats', url: value }
    throw new OptionError('must be local or nats://…')
  },
}

const options = {
  listen: {
    env: 'ESSAIM_LISTEN',
    kind: listener,
    default: '127.0.0.1:8888',
    help: 'Address and port the server listens on; an IPv6 address stands in brackets.',
  },
  publicUrl: {
    env: 'ESSAIM_PUBLIC_URL',
    kind: origin,
    otherwise: 'http://localhost:PORT, with the port of ESSAIM_LISTEN',
    help: 'Address under which people and apps reach the server.',
  },
  contentUrl: {
    env: 'ESSAIM_CONTENT_URL',
    kind: origin,
    otherwise: 'as ESSAIM_PUBLIC_URL',
    help: 'Address under which what users uploaded is shown, best on a host of its own.',
  },
  trustedProxies: {
    env: 'ESSAIM_TRUSTED_PROXIES',
    kind: listOf(addressRange),
    default: '',
    help: 'Reverse proxies whose X-Forwarded-For header is believed; empty believes none.',
  },
  data: {
    env: 'ESSAIM_DATA',
    kind: path,
    default: './data',
    help: 'Folder of the database, the blobs, the secret key and the lock.',
  },
  store: {
    env: 'ESSAIM_STORE',
    kind: storeAddress,
    default: 'sqlite:',
    secret: true,
    help: 'Database: a file in the data folder, or a PostgreSQL server (15 or newer).',
  },
  bus: {
    env: 'ESSAIM_BUS',
    kind: busAddress,
    default: 'local',
    secret: true,
    help: 'How several processes on one PostgreSQL database tell each other of changes.',
  },
  secretFile: {
    env: 'ESSAIM_SECRET_FILE',
    kind: path,
    otherwise: '`secret` in the data folder, made at the first start',
    help: 'File with the key that seals secrets in the database; keep it out of database dumps.',
  },
  doors: {
    env: 'ESSAIM_DOORS',
    kind: listOf(oneOf(...doors)),
    default: doors.join(','),
    help: 'Protocols that the server speaks.',
  },
  quota: {
    env: 'ESSAIM_QUOTA',
    kind: size('1B', '1024TiB'),
    default: '5GiB',
    help: 'Room for each person, the spaces she pays for included.',
  },
  quotaSpaces: {
    env: 'ESSAIM_QUOTA_SPACES',
    kind: count(0, 1_000_000),
    default: '1000',
    help: 'Spaces, such as shared buckets, that a person may pay for.',
  },
  quotaCollections: {
    env: 'ESSAIM_QUOTA_COLLECTIONS',
    kind: count(1, 100_000_000),
    default: '100000',
    help: 'Collections in one home, deleted ones that are still remembered included.',
  },
  readonly: {
    env: 'ESSAIM_READONLY',
    kind: flag,
    default: '0',
    help: 'Refuses every change of what people keep here through the doors; they still sign in and out.',
  },
  backoff: {
    env: 'ESSAIM_BACKOFF',
    kind: count(0, 86_400),
    default: '0',
    help: 'Seconds that clients are asked to wait between two synchronisations; 0 asks nothing.',
  },
  eos: {
    env: 'ESSAIM_EOS',
    kind: instant,
    otherwise: 'none',
    help: 'Date of the end of this server: clients are warned before, and refused from then on.',
  },
  eosUrl: {
    env: 'ESSAIM_EOS_URL',
    kind: webAddress,
    otherwise: 'none',
    help: 'Page about the end of this server, sent with the warning.',
  },
  eosMessage: {
    env: 'ESSAIM_EOS_MESSAGE',
    kind: text(1000),
    otherwise: 'none',
    help: 'Sentence about the end of this server, sent with the warning.',
  },
  kintoBodyLimit: {
    env: 'ESSAIM_KINTO_BODY_LIMIT',
    kind: size('1KiB', '256MiB'),
    default: '8MiB',
    help: 'Kinto: the largest request body.',
  },
  kintoObjectLimit: {
    env: 'ESSAIM_KINTO_OBJECT_LIMIT',
    kind: size('1KiB', '64MiB'),
    default: '2.5MiB',
    help: 'Kinto: the largest bucket, group, collection or record.',
  },
  kintoBatchLimit: {
    env: 'ESSAIM_KINTO_BATCH_LIMIT',
    kind: count(1, 1000),
    default: '25',
    help: 'Kinto: requests in one batch.',
  },
  kintoFlush: {
    env: 'ESSAIM_KINTO_FLUSH',
    kind: flag,
    default: '0',
    help: 'Kinto: the owner may empty the whole door with one request.',
  },
  syncIssuer: {
    env: 'ESSAIM_SYNC_ISSUER',
    kind: text(256),
    otherwise: 'none: only people of this server',
    help: 'Sync: another accounts server, such as Mozilla’s, whose people keep their storage here; the `iss` of its tokens.',
  },
  syncJwks: {
    env: 'ESSAIM_SYNC_JWKS',
    kind: webAddress,
    otherwise: 'none',
    help: 'Sync: where that accounts server shows the keys of its tokens (JWKS).',
  },
  syncPeople: {
    env: 'ESSAIM_SYNC_PEOPLE',
    kind: listOf(text(128)),
    default: '',
    help: 'Sync: the ids of those of that server’s people who may store here; `any` lets everybody in.',
  },
  syncTestSecret: {
    env: 'ESSAIM_SYNC_TEST_SECRET',
    kind: text(256),
    otherwise: 'none',
    secret: true,
    help: 'Sync: secret of the tokens that a test suite makes for users of its own; needs ESSAIM_UNSAFE_TEST.',
  },
  metricsListen: {
    env: 'ESSAIM_METRICS_LISTEN',
    kind: listener,
    otherwise: 'none',
    help: 'A listener of its own for /__metrics__, which answers there without a token.',
  },
  metricsToken: {
    env: 'ESSAIM_METRICS_TOKEN',
    kind: text(256),
    otherwise: 'none',
    secret: true,
    help: 'Bearer token with which /__metrics__ answers on the main listener too.',
  },
  fetchAllow: {
    env: 'ESSAIM_FETCH_ALLOW',
    kind: listOf(hostName),
    default: '',
    help: 'Hosts of your own network, as name or name:port, that the server may fetch from where an app points there.',
  },
  smtpUrl: {
    env: 'ESSAIM_SMTP_URL',
    kind: smtpServer,
    otherwise: 'none: the server sends no mail',
    secret: true,
    help: 'Mail server that takes what is sent to people. Encryption is required unless it is on this machine.',
  },
  mailFrom: {
    env: 'ESSAIM_MAIL_FROM',
    kind: mailSender,
    otherwise: 'none',
    help: 'Whom mails come from; the mail server has to accept it as a sender.',
  },
  logLevel: {
    env: 'ESSAIM_LOG_LEVEL',
    kind: oneOf('silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'),
    default: 'info',
    help: 'The least important lines that the log still holds.',
  },
  kintoCompat: {
    env: 'ESSAIM_KINTO_COMPAT',
    kind: flag,
    default: '0',
    help: 'Reads the KINTO_* variables of a Kinto server, for people who move from one.',
  },
  unsafeTest: {
    env: 'ESSAIM_UNSAFE_TEST',
    kind: flag,
    default: '0',
    help: 'Allows what weakens the server for foreign test suites; every listener must be on loopback.',
  },
} as const satisfies Record<string, Option<unknown>>

type Options = typeof options
type Value<O> = O extends { kind: Kind<infer T> }
  ? O extends { default: string }
    ? T
    : T | undefined
  : never

/** What the table alone gives: options without a default may be undefined. */
type Values = { readonly [name in keyof Options]: Value<Options[name]> }

/** The options in force. Sizes are in bytes, `backoff` in seconds, `eos` in milliseconds since 1970. */
export interface Config extends Values {
  readonly publicUrl: string
  readonly contentUrl: string
  readonly secretFile: string
  /** The `KINTO_*` variables as given; empty without ESSAIM_KINTO_COMPAT. */
  readonly kintoVariables: Readonly<Record<string, string>>
  /** What the operator wrote of options that are no secrets, by variable; those left out have their default. */
  readonly given: Readonly<Record<string, string>>
  /** Names of `KINTO_*` variables that are set and not read: worth a warning in the log. */
  readonly ignoredVariables: readonly string[]
}

/** The options contradict each other, or one cannot be read. `problems` has a sentence for each. */
export class ConfigError extends Error {
  readonly code = 'config'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** The table, for help and documentation. */
export const optionList: readonly Option<unknown>[] = Object.values(options)

/** Variables that begin like options and belong to the project's test suite. */
const testVariables = new Set(['ESSAIM_TEST_REQUIRE', 'ESSAIM_TEST_PG'])

const known = new Set(optionList.flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])))

/**
 * The configuration from the environment and the option file (`ESSAIM_CONFIG`, else ./essaim.env if it is there).
 * An option in the environment wins over one in the file; an empty value means the default.
 * Throws a ConfigError that names every option at fault.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, files: Files): Config {
  const problems: string[] = []
  const ours = Object.entries(env).filter(
    (entry): entry is [string, string] => /^(ESSAIM|KINTO)_/.test(entry[0]) && entry[1] !== undefined,
  )
  const fromEnv = new Map(ours.filter(([name]) => name !== 'ESSAIM_CONFIG' && !testVariables.has(name)))
  const fromFile = readOptionFile(env['ESSAIM_CONFIG'], files, problems)
  const sources = [fromEnv, fromFile]
  for (const source of sources)
    for (const name of source.keys())
      if (name.startsWith('ESSAIM_') && !known.has(name)) problems.push(`${name} is not an option`)

  const read = <T>({ env: name, kind, default: fallback, secret }: Option<T>): T | undefined => {
    try {
      const given = secret ? readSecret(name, sources, files) : (fromEnv.get(name) ?? fromFile.get(name))
      const value = given || fallback
      return value === undefined ? undefined : freeze(kind.parse(value))
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
      problems.push(`${name} ${error.message}`)
      return undefined
    }
  }
  const values = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, read(option as Option<unknown>)]),
  ) as unknown as Values
  if (problems.length > 0) throw new ConfigError(problems)

  const kinto = new Map([...fromFile, ...fromEnv].filter(([name]) => name.startsWith('KINTO_')))
  const publicUrl = values.publicUrl ?? `http://localhost:${values.listen.port}`
  const contradictions = contradictionsOf(values)
  if (contradictions.length > 0) throw new ConfigError(contradictions)
  return Object.freeze({
    ...values,
    publicUrl,
    contentUrl: values.contentUrl ?? publicUrl,
    secretFile: values.secretFile ?? join(values.data, 'secret'),
    kintoVariables: Object.freeze(Object.fromEntries(values.kintoCompat ? kinto : [])),
    given: Object.freeze(
      Object.fromEntries(
        optionList
          .filter(({ secret }) => !secret)
          .map(({ env: name }) => [name, fromEnv.get(name) ?? fromFile.get(name)])
          .filter((entry): entry is [string, string] => !!entry[1]),
      ),
    ),
    ignoredVariables: Object.freeze(values.kintoCompat ? [] : [...kinto.keys()].toSorted()),
  })
}

/** The options of the file that ESSAIM_CONFIG names, or of ./essaim.env if that is there. */
function readOptionFile(given: string | undefined, files: Files, problems: string[]): Map<string, string> {
  const name = given || './essaim.env'
  try {
    const content = files(name)
    if (content === undefined && given) problems.push(`ESSAIM_CONFIG names ${name}, which does not exist`)
    return readKeyValues(content ?? '', /^(?!ESSAIM_CONFIG$)(ESSAIM|KINTO)_/, (line, what) =>
      problems.push(`${name} line ${line} ${what}`),
    )
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    problems.push(`${name} ${error.message}`)
    return new Map()
  }
}

/** What cannot hold together, a sentence each. */
function contradictionsOf(values: Values): string[] {
  const { listen, metricsListen: metrics, store, bus, unsafeTest, eos } = values
  const outside = (address: Listener | undefined) => address !== undefined && !onLoopback(address)
  const rules: readonly (readonly [wrong: boolean, sentence: string])[] = [
    [
      unsafeTest && outside(listen),
      'ESSAIM_UNSAFE_TEST needs every listener on loopback, and ESSAIM_LISTEN is not',
    ],
    [
      unsafeTest && outside(metrics),
      'ESSAIM_UNSAFE_TEST needs every listener on loopback, and ESSAIM_METRICS_LISTEN is not',
    ],
    [
      listen.port === 0 && values.publicUrl === undefined,
      'ESSAIM_LISTEN with port 0 needs ESSAIM_PUBLIC_URL',
    ],
    [
      listen.port !== 0 && listen.port === metrics?.port && listen.host === metrics.host,
      'ESSAIM_METRICS_LISTEN is the same address as ESSAIM_LISTEN',
    ],
    [
      bus.type === 'nats' && store.type === 'sqlite',
      'ESSAIM_BUS is for several processes, and ESSAIM_STORE=sqlite: serves one',
    ],
    [values.doors.length === 0, 'ESSAIM_DOORS names no door'],
    [
      values.kintoCompat && !values.doors.includes('kinto'),
      'ESSAIM_KINTO_COMPAT needs the kinto door, which ESSAIM_DOORS leaves out',
    ],
    [
      values.kintoObjectLimit > values.kintoBodyLimit,
      'ESSAIM_KINTO_OBJECT_LIMIT is larger than ESSAIM_KINTO_BODY_LIMIT',
    ],
    [
      (values.syncIssuer === undefined) !== (values.syncJwks === undefined),
      'ESSAIM_SYNC_ISSUER and ESSAIM_SYNC_JWKS need each other',
    ],
    [
      (values.syncIssuer === undefined) !== (values.syncPeople.length === 0),
      'ESSAIM_SYNC_ISSUER and ESSAIM_SYNC_PEOPLE need each other',
    ],
    [
      values.syncIssuer !== undefined && !values.doors.includes('sync'),
      'ESSAIM_SYNC_ISSUER needs the sync door, which ESSAIM_DOORS leaves out',
    ],
    [
      values.doors.includes('fxa') && !values.doors.includes('sync'),
      'ESSAIM_DOORS has fxa without sync, which browsers that sign in look for',
    ],
    [values.syncTestSecret !== undefined && !unsafeTest, 'ESSAIM_SYNC_TEST_SECRET needs ESSAIM_UNSAFE_TEST'],
    [
      (values.smtpUrl === undefined) !== (values.mailFrom === undefined),
      'ESSAIM_SMTP_URL and ESSAIM_MAIL_FROM need each other',
    ],
    [eos === undefined && values.eosUrl !== undefined, 'ESSAIM_EOS_URL needs ESSAIM_EOS'],
    [eos === undefined && values.eosMessage !== undefined, 'ESSAIM_EOS_MESSAGE needs ESSAIM_EOS'],
  ]
  return rules.filter(([wrong]) => wrong).map(([, sentence]) => sentence)
}

const freeze = <T>(value: T): T => (typeof value === 'object' ? Object.freeze(value) : value)
