/** The data and what stands on it, opened for a server or a command. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createFileBlobs } from '../blobs/files.ts'
import { createSmtpMailer } from '../bridges/mail.ts'
import { createLocalBus } from '../bus/local.ts'
import type { Config } from '../config.ts'
import { doors, scopes } from '../doors.ts'
import {
  createAccounts,
  createOutbox,
  type Accounts,
  type Outbox,
  type OutboxInput,
} from '../core/accounts/index.ts'
import { type Apps, createApps } from '../core/apps/index.ts'
import { createPermissions } from '../core/permissions/index.ts'
import type { Blobs, Bus, Clock, Mailer, Store } from '../core/ports.ts'
import { createPlanner } from '../core/records/index.ts'
import { createPasswords, type Passwords } from '../identity/password.ts'
import { createResealing, type Resealing } from '../identity/reseal.ts'
import { sealedColumns } from '../identity/sealed-columns.ts'
import { openKeyFile, type KeyFile } from '../identity/secret.ts'
import { createThrottle, type Throttle } from '../identity/throttle.ts'
import type { KeyRing } from '../lib/sealed.ts'
import { createLetterWords } from '../protocols/pages/mails/index.ts'
import { takeDataLock } from '../store/sqlite/lock.ts'

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

export interface Mail {
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
  const { createNatsBus } = await import('../bus/nats.ts')
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
    const { createSqliteStore } = await import('../store/sqlite/index.ts')
    return createSqliteStore({ path: databaseFile(config), planner, ...parts })
  }
  const { createPostgresStore } = await import('../store/postgres/index.ts')
  return createPostgresStore({ url: config.store.url, planner, saveTo: config.data, ...parts })
}

/** Puts a backup into the configured store, while no server runs on it. */
export async function restoreInto(config: Config, file: string, replace: boolean): Promise<Restoration> {
  mkdirSync(config.data, { recursive: true, mode: 0o700 })
  const lock = takeDataLock(join(config.data, 'lock'))
  try {
    const { restoreBackup } = await import('../store/backup.ts')
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
