/** The only wiring: ports + core + doors -> one server. */
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Logger } from 'pino'
import { createFileBlobs } from './blobs/files.ts'
import { createSmtpMailer } from './bridges/mail.ts'
import { createLocalBus } from './bus/local.ts'
import { serveControl } from './cli/control.ts'
import { controlPath } from './cli/open.ts'
import type { Operator } from './cli/operator.ts'
import { createOperator, setupAddress } from './cli/acts.ts'
import { type Config, ConfigError } from './config.ts'
import { doors, scopes, topLevelPaths } from './doors.ts'
import { createAccounts, createAccountSweeps, createOutbox, readProfile } from './core/accounts/index.ts'
import type { Account, Accounts, Outbox, OutboxInput } from './core/accounts/index.ts'
import { type Apps, createApps, type FindAppRequest } from './core/apps/index.ts'
import { serverFacts } from './cli/facts.ts'
import { createPermissions } from './core/permissions/index.ts'
import type { Blobs, Bus, Clock, Mailer, Store } from './core/ports.ts'
import { createHousekeeping, createPlanner } from './core/records/index.ts'
import { loadAssets } from './http/assets.ts'
import { trustedProxies } from './http/addresses.ts'
import { createAddressChecks, createEcho, echoRoute, liveProbes } from './http/checks/index.ts'
import type { AddressChecks } from './http/checks/index.ts'
import { createGuard } from './http/guard.ts'
import { healthRoutes } from './http/health.ts'
import type { Health } from './http/health.ts'
import { createMetrics, metricsListener, metricsRoute } from './http/metrics.ts'
import type { Metrics } from './http/metrics.ts'
import { createHttp, portOf, stopHttp } from './http/server.ts'
import type { Http } from './http/server.ts'
import { createPasswords } from './identity/password.ts'
import type { Passwords } from './identity/password.ts'
import { createResealing } from './identity/reseal.ts'
import type { Resealing } from './identity/reseal.ts'
import { sealedColumns } from './identity/sealed-columns.ts'
import { openKeyFile } from './identity/secret.ts'
import type { KeyFile } from './identity/secret.ts'
import { createThrottle } from './identity/throttle.ts'
import type { Throttle } from './identity/throttle.ts'
import { release } from './lib/release.ts'
import { root } from './lib/root.ts'
import type { KeyRing } from './lib/sealed.ts'
import { type FxaDoor, fxaDoor, signInOf } from './protocols/fxa/index.ts'
import { oauthDoor, type OAuthParts } from './protocols/oauth/index.ts'
import { type BrowserCookies, browserCookies } from './protocols/pages/browsers.ts'
import { avatarPath } from './protocols/pages/profile.ts'
import { directSetup } from './protocols/pages/direct-setup.ts'
import { pagesDoor } from './protocols/pages/index.ts'
import { createLetterWords } from './protocols/pages/mails/index.ts'
import { archive } from './moving/archive.ts'
import { shellRoutes } from './protocols/pages/shell.ts'
import { createForeignAccounts, type PagesKey, type SyncDoor, syncDoor } from './protocols/sync/index.ts'
import {
  createConfiguredRights,
  createOpenId,
  kintoDoor,
  type OpenId,
  readSettings,
  SettingsError,
} from './protocols/kinto/index.ts'
import { takeDataLock } from './store/sqlite/lock.ts'

/** What a server and a command both stand on. */
export interface Core {
  config: Config
  log: Logger
  clock: Clock
  /** The keys in force; a rotation adds to them while the server runs. */
  keys: KeyRing
  keyFile: KeyFile
  resealing: Resealing
  store: Store
  blobs: Blobs
  bus: Bus
  /** Undefined where the server sends no mail. */
  mail: Mail | undefined
  accounts: Accounts
  apps: Apps
  passwords: Passwords
  throttle: Throttle
  close(): Promise<void>
}

const systemClock: Clock = { now: () => Date.now() }

/** Opens the data: lock, key, store, blobs, bus. Whoever opens it closes it. */
export async function openCore(config: Config, log: Logger, clock = systemClock): Promise<Core> {
  mkdirSync(config.data, { recursive: true, mode: 0o700 })
  const onError = (error: unknown) => log.error({ err: error }, 'something failed beside the requests')
  const closing: (() => Promise<void> | void)[] = []
  const close = async () => {
    for (const one of closing.splice(0).toReversed()) await one()
  }
  try {
    if (config.store.type === 'sqlite') {
      const lock = takeDataLock(join(config.data, 'lock'))
      closing.push(() => lock.release())
    }
    const keyFile = openKeyFile(config.secretFile, { lock: takeDataLock, onError })
    const keys = keyFile.ring
    const bus = await openBus(config, log, onError)
    closing.push(() => bus.close())
    const store = await openStore(config, { bus, clock, onError })
    closing.push(() => store.close())
    const blobs = createFileBlobs(blobFolder(config))
    const { unsafeTest, quota } = config
    const purges = doors.map(({ purge }) => purge)
    const mail = openMail(config, log, { store, clock, keys, onError })
    closing.push(() => mail?.outbox.stop())
    const accounts = createAccounts({
      store,
      clock,
      keys,
      quota,
      unsafeTest,
      purges,
      ...(mail ? { mail: mail.outbox } : {}),
      onError,
    })
    const apps = openApps(store, clock, onError)
    const passwords = createPasswords(undefined, unsafeTest ? quickParameters : undefined)
    const throttle = createThrottle(unsafeTest ? 1_000 : 1)
    const columns = [...sealedColumns, ...doors.flatMap(({ sealed = [] }) => sealed)]
    const resealing = createResealing({ store, keys, columns, onError })
    closing.push(() => resealing.stop())
    const secrets = { keys, keyFile, resealing }
    const parts = { store, blobs, bus, mail, accounts, apps, passwords, throttle }
    return { config, log, clock, ...secrets, ...parts, close }
  } catch (error) {
    await close()
    throw error
  }
}

function openApps(store: Store, clock: Clock, onError: (error: unknown) => void): Apps {
  const { explain } = createPermissions({ store, clock })
  const spaceName = async (home: number) => {
    for (const door of doors) {
      const name = await door.spaceName?.(store, home)
      if (name !== undefined) return name
    }
    return undefined
  }
  return createApps({ store, clock, registry: scopes, onError, explain, spaceName })
}

/** Foreign suites make hundreds of accounts; nobody's password is behind them. */
const quickParameters = { memory: 64, passes: 1, lanes: 1 }

interface Mail {
  mailer: Mailer
  outbox: Outbox
}

/** The mail server, and the mails that wait for it. Nothing is connected before the first one is sent. */
function openMail(
  { smtpUrl: server, mailFrom: from, publicUrl }: Config,
  log: Logger,
  parts: Pick<Core, 'store' | 'clock' | 'keys'> & { onError(error: unknown): void },
): Mail | undefined {
  if (!server || !from) return undefined
  const mailer = createSmtpMailer({ server, from, name: new URL(publicUrl).hostname })
  const onTrouble: OutboxInput['onTrouble'] = (what, details) => log.warn(details, what)
  return {
    mailer,
    outbox: createOutbox({ ...parts, mailer, words: createLetterWords(publicUrl), onTrouble }),
  }
}

async function openBus({ bus }: Config, log: Logger, onError: (error: unknown) => void): Promise<Bus> {
  if (bus.type === 'local') return createLocalBus({ onError })
  const { createNatsBus } = await import('./bus/nats.ts')
  return createNatsBus(bus.url, {
    onError,
    onState: (connected, reason) => log.warn({ connected, reason }, 'the bus changed its state'),
  })
}

async function openStore(
  config: Config,
  parts: { bus: Bus; clock: Clock; onError(error: unknown): void },
): Promise<Store> {
  const planner = createPlanner({ collections: config.quotaCollections, spaces: config.quotaSpaces })
  if (config.store.type === 'sqlite') {
    const { createSqliteStore } = await import('./store/sqlite/index.ts')
    return createSqliteStore({ path: databaseFile(config), planner, ...parts })
  }
  const { createPostgresStore } = await import('./store/postgres/index.ts')
  return createPostgresStore({ url: config.store.url, planner, saveTo: config.data, ...parts })
}

export interface Running {
  /** Where it listens, with the port in use. */
  url: string
  stop(): Promise<void>
}

/** Starts the server; `say` prints a line on standard output. Only tests give a clock. */
export async function startServer(
  config: Config,
  say: (line: string) => void,
  clock?: Clock,
): Promise<Running> {
  const log = pino({ level: config.logLevel, base: null }, pino.destination(2))
  // Before anything is opened: a start that is refused leaves nothing behind.
  const kinto = config.doors.includes('kinto') ? kintoSettings(config) : undefined
  const core = await openCore(config, log, clock)
  const stopping: (() => Promise<void> | void)[] = [() => core.close()]
  const stop = async () => {
    for (const one of stopping.splice(0).toReversed()) await one()
  }
  try {
    await assemble(core, kinto, say, stopping)
    for (const name of config.ignoredVariables)
      log.warn(`${name} is ignored: KINTO_* variables are read with ESSAIM_KINTO_COMPAT=1 only`)
    const { host, port } = config.listen
    return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function assemble(
  core: Core,
  kinto: ReadSettings | undefined,
  say: (line: string) => void,
  stopping: (() => Promise<void> | void)[],
): Promise<void> {
  const { config, log, store, blobs, accounts, clock } = core
  const onError = (error: unknown) => log.error({ err: error }, 'something failed beside the requests')
  await blobs.sweepTemporary(clock.now() - (store.kind === 'sqlite' ? 0 : longestUpload))
  const metrics = createMetrics({ token: config.metricsToken, gauges: [] })
  const health: Health = { parts: async () => ({ store: await store.health() }), version: release }
  const http = createHttp({
    origins: [config.publicUrl, config.contentUrl],
    listen: config.listen,
    paths: topLevelPaths,
    log,
  })
  const { app } = http
  stopping.push(() => stopHttp(app))
  healthRoutes(app, health)
  metricsRoute(app, metrics)
  // Before the Kinto door, which answers at the root whoever is no browser.
  const assets = loadAssets(join(root, 'dist/web'))
  shellRoutes(app, { publicUrl: config.publicUrl, assets })
  const browsers = browserCookies(accounts)
  const openid = kinto && createOpenId({ ...core, browsers })
  if (kinto && openid) openKinto(core, kinto, http, { health, metrics, openid, onError })
  const sync = config.doors.includes('sync')
    ? openSync(core, http, { onError, answered: (status) => metrics.answered('sync', status) })
    : undefined
  stopping.push(() => sync?.stop())
  const firefox = config.doors.includes('fxa')
    ? openFxa(core, http, {
        picture: `${assets.prefix}icon.svg`,
        onError,
        answered: (status) => metrics.answered('fxa', status),
      })
    : undefined
  stopping.push(() => firefox?.stop())
  const checks = openChecks(core, http)
  const appRequests = [
    openOAuth(core, http, {
      style: assets.prefix,
      browsers,
      elsewhere: firefox ? signInOf : () => undefined,
      answers: firefox ? firefox.answers : () => undefined,
      onError,
    }),
    ...(openid ? [openid.find] : []),
  ]
  pagesDoor(app, {
    ...core,
    appRequests,
    checks,
    ...(firefox ? { firefox: firefox.pages } : {}),
    ...(sync ? { syncUsage: ({ id }) => sync.usage(id) } : {}),
    publicUrl: config.publicUrl,
    contentUrl: config.contentUrl,
    trustedProxies: trustedProxies(config.trustedProxies),
    doors,
    archive: (account) => archive({ ...core, doors, publicUrl: config.publicUrl }, account),
    facts: serverFacts(config, clock.now(), kinto?.inForce ?? []),
    notices: {
      tell({ id }, act, details) {
        accounts.tellByMail(id, act, details).catch(onError)
        firefox?.happened(id, act).catch(onError)
      },
    },
    profileChanged: ({ id }) => void firefox?.happened(id, 'profile-changed').catch(onError),
    mail: core.mail !== undefined,
    weakPasswords: config.unsafeTest,
    onError,
  })
  directSetup(app, {
    publicUrl: config.publicUrl,
    accounts,
    passwords: core.passwords,
    weakPasswords: config.unsafeTest,
  })
  await app.listen({ host: config.listen.host, port: config.listen.port })
  if (config.metricsListen) {
    const listener = await metricsListener(metrics, config.metricsListen)
    stopping.push(() => void listener.close())
  }
  const control = await serveControl(controlPath(config), createOperator(core, { checks }))
  stopping.push(() => control.close())
  const housekeeping = createHousekeeping({ store, blobs, clock, onError })
  housekeeping.start()
  stopping.push(() => housekeeping.stop())
  stopping.push(purgeWhenDue(core, onError))
  const sweeps = createAccountSweeps({ store, clock, accounts, onError })
  sweeps.start()
  stopping.push(() => sweeps.stop())
  core.mail?.outbox.start()
  core.apps.start()
  stopping.push(() => core.apps.stop())
  core.resealing.start()
  stopping.push(watchKeys(core))
  log.info({ address: config.publicUrl, port: portOf(app) }, 'the server listens')
  const token = await accounts.issueSetup()
  if (token !== undefined) say(`First run: ${setupAddress(config.publicUrl, token)}`)
}

/** The checks of the address, and the path by which the server recognises itself. */
function openChecks({ config, keys, clock, mail }: Core, { app }: Http): AddressChecks {
  const echo = createEcho(keys, clock.now)
  const { publicUrl, contentUrl, listen, trustedProxies: proxies, kintoBodyLimit, secretFile } = config
  const open = config.doors
  const signedPaths = [...(open.includes('sync') ? ['/1.5'] : []), ...(open.includes('fxa') ? ['/fxa'] : [])]
  echoRoute(app, echo, signedPaths)
  const input = () => ({
    publicUrl,
    contentUrl,
    listen: { host: listen.host, port: portOf(app) ?? listen.port },
    trustedProxies: proxies,
    bodyLimit: kintoBodyLimit,
    signedPaths,
    passed: statSync(secretFile, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  })
  const { smtpUrl } = config
  const probe = mail &&
    smtpUrl && { server: `${smtpUrl.host}:${smtpUrl.port}`, check: () => mail.mailer.check() }
  return createAddressChecks({ input, probes: liveProbes, echo, mail: probe })
}

/** The OAuth server, which knows the browsers of our pages. Returns where apps wait for a person's answer. */
function openOAuth(
  core: Core,
  http: Http,
  parts: Pick<OAuthParts, 'style' | 'elsewhere' | 'answers' | 'onError'> & { browsers: BrowserCookies },
): FindAppRequest {
  const { config, store } = core
  const { publicUrl, contentUrl, fetchAllow: allow, doors: open } = config
  const own = [publicUrl, contentUrl].map((address) => new URL(address).host)
  return oauthDoor(http, {
    ...core,
    ...parts,
    publicUrl,
    resources: open.includes('kinto') ? [{ address: `${publicUrl}/v1`, door: 'kinto' }] : [],
    trustedProxies: trustedProxies(config.trustedProxies),
    profileOf: profiles(store, publicUrl),
    fetch: createGuard({ own, allow }),
  })
}

/** What apps and browsers show of a person. */
const profiles = (store: Store, publicUrl: string) => async (account: Account) => {
  const { name, avatar } = await readProfile(store, account)
  return { name, picture: avatar === null ? null : publicUrl + avatarPath(avatar) }
}

/** Accounts for Firefox. */
function openFxa(
  core: Core,
  http: Http,
  { picture, ...parts }: { picture: string; onError(error: unknown): void; answered(status: number): void },
): FxaDoor {
  const { publicUrl, contentUrl, trustedProxies: proxies, fetchAllow: allow } = core.config
  const own = [publicUrl, contentUrl].map((address) => new URL(address).host)
  return fxaDoor(http, {
    ...core,
    ...parts,
    publicUrl,
    noPicture: publicUrl + picture,
    fetch: createGuard({ own, allow }),
    trustedProxies: trustedProxies(proxies),
    profileOf: profiles(core.store, publicUrl),
  })
}

function openKinto(
  core: Core,
  { settings, inForce, ignored }: ReadSettings,
  http: Http,
  parts: { health: Health; metrics: Metrics; openid: OpenId; onError(error: unknown): void },
): void {
  const { config, log, store, clock } = core
  if (config.kintoCompat) log.warn('KINTO_* variables are read')
  for (const name of inForce) log.warn(`${name} is in force at the Kinto door`)
  for (const name of ignored) log.warn(`${name} has no meaning here and is ignored`)
  const configured = createConfiguredRights(settings)
  const permissions = createPermissions({
    store,
    clock,
    ...(configured.extra && { extra: configured.extra }),
  })
  const foreign = new Set(
    topLevelPaths.map(({ path }) => path).filter((path) => path !== '/' && path !== '/v1'),
  )
  kintoDoor(http, {
    ...core,
    ...parts,
    settings,
    permissions,
    configured,
    foreign,
    trustedProxies: trustedProxies(config.trustedProxies),
    answered: (status) => parts.metrics.answered('kinto', status),
  })
}

/** The Sync door, and the accounts server elsewhere whose people may store here. */
function openSync(
  core: Core,
  http: Http,
  parts: { onError(error: unknown): void; answered(status: number): void },
): SyncDoor {
  const { config, store, clock } = core
  const { publicUrl, contentUrl, readonly, backoff, quota, eos, eosUrl = '', eosMessage = '' } = config
  const { syncIssuer: issuer, syncJwks: keys, syncPeople: people, syncTestSecret: testSecret } = config
  const own = [publicUrl, contentUrl].map((address) => new URL(address).host)
  // What the operator names may be in her own network.
  const allow = keys === undefined ? [] : [new URL(keys).host]
  const foreign =
    issuer === undefined || keys === undefined
      ? undefined
      : createForeignAccounts(
          { issuer, keys, people },
          { fetch: createGuard({ own, allow }), now: () => clock.now() },
        )
  return syncDoor(http, {
    ...core,
    ...parts,
    foreign,
    keyOf: (account) => keyOfPages(store, account),
    permissions: createPermissions({ store, clock }),
    settings: {
      publicUrl,
      readonly,
      backoff,
      eos: eos === undefined ? undefined : { at: eos, url: eosUrl, message: eosMessage },
      testSecret,
      quota,
    },
  })
}

/** The latest key of Sync that a person's pages let a browser have. */
async function keyOfPages(store: Store, account: string): Promise<PagesKey | undefined> {
  const [row] = await store.rows('fxa_account', { account_id: account })
  const changed = Number(row?.['generation'] ?? 0)
  return changed > 0 ? { changed, clientState: String(row?.['client_state'] ?? '') } : undefined
}

type ReadSettings = ReturnType<typeof readSettings>

/** What can be set at the Kinto door. Variables that can't be read are reported as options are. */
export function kintoSettings(config: Config): ReadSettings {
  const { publicUrl, readonly, backoff, eos, eosUrl, eosMessage, unsafeTest, kintoVariables } = config
  const { kintoBodyLimit, kintoObjectLimit, kintoBatchLimit, kintoFlush } = config
  const limits = { kintoBodyLimit, kintoObjectLimit, kintoBatchLimit, kintoFlush }
  const service = { publicUrl, readonly, backoff, eos, eosUrl, eosMessage }
  try {
    return readSettings({ ...service, ...limits, unsafeTest, kintoVariables })
  } catch (error) {
    throw error instanceof SettingsError ? new ConfigError(error.problems) : error
  }
}

/** Milliseconds between two looks for accounts whose time of grace is over. */
const purgeEvery = 60_000

function purgeWhenDue({ accounts }: Core, onError: (error: unknown) => void): () => Promise<void> {
  let running = Promise.resolve()
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    running = accounts
      .purgeDue()
      .then(() => {}, onError)
      .finally(() => (busy = false))
  }, purgeEvery).unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}

/** Milliseconds between two looks at the key file, to which another process may have added a key. */
const keysEvery = 1_000

function watchKeys({ keyFile, resealing, log }: Core): () => void {
  let current = keyFile.ring.current
  const timer = setInterval(() => {
    keyFile.look()
    if (keyFile.ring.current === current) return
    current = keyFile.ring.current
    log.info({ generation: current }, 'secrets are sealed under a new key')
    resealing.begin()
  }, keysEvery).unref()
  return () => clearInterval(timer)
}

/** Milliseconds an upload may take, where other processes may have begun one. */
const longestUpload = 24 * 3_600_000

/** The operator of data that no server holds. Whoever opens it closes it. */
export async function openOperator(config: Config): Promise<{ operator: Operator; close(): Promise<void> }> {
  const core = await openCore(config, pino({ level: 'warn', base: null }, pino.destination(2)))
  return { operator: createOperator(core), close: core.close }
}

/** Puts a backup into the configured store, while no server runs on it. */
export async function restoreInto(config: Config, file: string, replace: boolean): Promise<Restoration> {
  mkdirSync(config.data, { recursive: true, mode: 0o700 })
  const lock = takeDataLock(join(config.data, 'lock'))
  try {
    const { restoreBackup } = await import('./store/backup.ts')
    const { homes, records, missing } = await restoreBackup({
      file,
      into:
        config.store.type === 'sqlite'
          ? { kind: 'sqlite', path: databaseFile(config) }
          : { kind: 'postgres', url: config.store.url },
      blobs: createFileBlobs(blobFolder(config)),
      now: systemClock.now(),
      replace,
    })
    return { homes, records, missing: missing.length }
  } finally {
    lock.release()
  }
}

/** What a restore brought back; `missing` blobs were not in the backup. */
export interface Restoration {
  homes: number
  records: number
  missing: number
}

const databaseFile = ({ data }: Config) => join(data, 'essaim.db')
const blobFolder = ({ data }: Config) => join(data, 'blobs')
