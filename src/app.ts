/** The only wiring: ports + core + doors -> one server. */
import { join } from 'node:path'
import { pino } from 'pino'
import { serveControl } from './cli/control.ts'
import { controlPath } from './cli/open.ts'
import type { Operator } from './cli/operator.ts'
import { createOperator, setupAddress } from './cli/acts.ts'
import type { Config } from './config.ts'
import { doors, topLevelPaths } from './doors.ts'
import { createAccountSweeps } from './core/accounts/index.ts'
import { serverFacts } from './cli/facts.ts'
import type { Clock } from './core/ports.ts'
import { createHousekeeping } from './core/records/index.ts'
import { loadAssets } from './http/assets.ts'
import { trustedProxies } from './http/addresses.ts'
import { healthRoutes, type Health } from './http/health.ts'
import { createMetrics, metricsListener, metricsRoute } from './http/metrics.ts'
import { createHttp, portOf, stopHttp } from './http/server.ts'
import { release } from './lib/release.ts'
import { root } from './lib/root.ts'
import { signInOf } from './protocols/fxa/index.ts'
import { browserCookies } from './protocols/pages/browsers.ts'
import { directSetup } from './protocols/pages/direct-setup.ts'
import { pagesDoor } from './protocols/pages/index.ts'
import { archive } from './moving/archive.ts'
import { shellRoutes } from './protocols/pages/shell.ts'
import { createOpenId } from './protocols/kinto/index.ts'
import { type Core, openCore } from './app/core.ts'
import {
  openChecks,
  openOAuth,
  openFxa,
  openKinto,
  openSync,
  kintoSettings,
  type ReadSettings,
} from './app/doors.ts'

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
