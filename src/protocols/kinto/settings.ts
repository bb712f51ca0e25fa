/**
 * What can be set at this door. Essaim's own options give the values; with the compatibility switch the `KINTO_*`
 * variables of a Kinto server are laid over them, and what would weaken the server needs the test switch too.
 */

/** Server-wide grants, by the name of Kinto's setting without `_principals`. */
export type GrantName =
  `${'bucket' | 'collection' | 'group' | 'record' | 'account'}_${'create' | 'read' | 'write'}`

type ResourceName = 'bucket' | 'group' | 'collection' | 'record' | 'account'

/** The end of this server's life: warned of before, refused from then on. */
interface EndOfLife {
  /** Milliseconds since 1970. */
  at: number
  /** As the operator wrote it; shown by the root. */
  text: string
  url: string
  message: string | null
}

export interface KintoSettings {
  projectName: string
  projectDocs: string
  /** Origin of absolute addresses, without a slash at its end. */
  publicUrl: string
  readonly: boolean
  /** Seconds; 0 sends no header. */
  backoff: number
  /** How many answers of a hundred carry it. */
  backoffPercentage: number
  /** Seconds in `Retry-After` where nothing better is known. */
  retryAfter: number
  eos: EndOfLife | undefined
  /** Bytes of a request's body, of one object's JSON. */
  bodyLimit: number
  objectLimit: number
  /** Requests in a batch. */
  batchLimit: number
  /** Objects in a page where the client asks for more or for none; undefined: as many as `maxFetch`. */
  paginateBy: number | undefined
  /** Most objects in an answer, whatever was asked. */
  maxFetch: number
  /** A page ends before it has more bytes of data. */
  pageBytes: number
  /** `*`, or origins (with `*` for parts of a name) that get CORS headers. */
  corsOrigins: readonly string[]
  /** Seconds a browser may keep a preflight's answer. */
  corsMaxAge: number
  /** Who may empty the door. */
  flush: 'nobody' | 'owner' | 'anyone'
  /** Whether any name and password is somebody (`basicauth`): for foreign test suites alone. */
  guests: boolean
  permissionsEndpoint: boolean
  /** Whether whoever makes an object owns it. */
  explicitPermissions: boolean
  /** Whether passwords of any strength are taken: for foreign test suites alone. */
  weakPasswords: boolean
  /** Who may read `/permissions`, and the server-wide grants, by names as clients write them. */
  permissionsRead: readonly string[]
  grants: Readonly<Partial<Record<GrantName, readonly string[]>>>
  /** Seconds that a cache may keep an anonymous answer, by resource. */
  cacheExpires: Readonly<Partial<Record<ResourceName, number>>>
  /** The same for records of one bucket or collection, by `bucket_collection` in capitals, `-` and `.` as `_`. */
  recordCacheExpires: ReadonlyMap<string, number>
  rootCacheExpires: number
}

/** The options of the server that concern this door. */
export interface KintoOptions {
  publicUrl: string
  readonly: boolean
  backoff: number
  eos: number | undefined
  eosUrl: string | undefined
  eosMessage: string | undefined
  kintoBodyLimit: number
  kintoObjectLimit: number
  kintoBatchLimit: number
  kintoFlush: boolean
  unsafeTest: boolean
  /** `KINTO_*` variables; empty without the compatibility switch. */
  kintoVariables: Readonly<Record<string, string>>
}

export interface ReadSettings {
  settings: KintoSettings
  /** Variables that have an effect, for the log and the admin page. */
  inForce: readonly string[]
  /** Variables that have none here. */
  ignored: readonly string[]
}

/** Variables contradict each other or the switches: the server must not start. One sentence for each. */
export class SettingsError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'SettingsError'
    this.problems = problems
  }
}

const docsUrl = 'https://docs.kinto-storage.org/'

const mib = 1024 * 1024
const names = ['bucket', 'collection', 'group', 'record', 'account'] as const
const verbs = ['create', 'read', 'write'] as const

/** The door's settings. Throws a SettingsError that names every variable at fault. */
export function readSettings(options: KintoOptions): ReadSettings {
  const settings = defaults(options)
  const problems: string[] = []
  const inForce: string[] = []
  const ignored: string[] = []
  for (const name of Object.keys(options.kintoVariables).toSorted()) {
    const read = readers[name] ?? recordCacheReader(name)
    if (read === undefined) {
      ignored.push(name)
      continue
    }
    const problem = read(settings, options.kintoVariables[name]!, options.unsafeTest)
    if (problem === undefined) inForce.push(name)
    else problems.push(`${name} ${problem}`)
  }
  for (const [when, name] of [
    ['eosUrl', 'KINTO_EOS_URL'],
    ['eosMessage', 'KINTO_EOS_MESSAGE'],
  ] as const)
    if (settings[when] !== undefined && settings.eos === undefined && inForce.includes(name))
      problems.push(`${name} needs KINTO_EOS`)
  if (problems.length > 0) throw new SettingsError(problems)
  const { eosUrl, eosMessage, ...rest } = settings
  const eos = rest.eos && { ...rest.eos, url: eosUrl ?? rest.projectDocs, message: eosMessage ?? null }
  return { settings: Object.freeze({ ...rest, eos }), inForce, ignored }
}

/** Settings while they are being read: what belongs to the end of life comes in parts. */
type Draft = { -readonly [name in keyof KintoSettings]: KintoSettings[name] } & {
  eosUrl: string | undefined
  eosMessage: string | undefined
  grants: Partial<Record<GrantName, readonly string[]>>
  cacheExpires: Partial<Record<ResourceName, number>>
  recordCacheExpires: Map<string, number>
}

function defaults(options: KintoOptions): Draft {
  return {
    projectName: 'essaim',
    projectDocs: docsUrl,
    publicUrl: options.publicUrl,
    readonly: options.readonly,
    backoff: options.backoff,
    backoffPercentage: 100,
    retryAfter: 3,
    eos:
      options.eos === undefined
        ? undefined
        : { at: options.eos, text: new Date(options.eos).toISOString().slice(0, 10), url: '', message: null },
    eosUrl: options.eosUrl,
    eosMessage: options.eosMessage,
    bodyLimit: options.kintoBodyLimit,
    objectLimit: options.kintoObjectLimit,
    batchLimit: options.kintoBatchLimit,
    paginateBy: undefined,
    maxFetch: 10_000,
    pageBytes: 8 * mib,
    corsOrigins: ['*'],
    corsMaxAge: 3600,
    flush: options.kintoFlush ? 'owner' : 'nobody',
    guests: false,
    permissionsEndpoint: true,
    explicitPermissions: true,
    weakPasswords: options.unsafeTest,
    permissionsRead: ['system.Everyone'],
    grants: { bucket_create: ['system.Authenticated'] },
    cacheExpires: {},
    recordCacheExpires: new Map(),
    rootCacheExpires: 86_400,
  }
}

/** Reads a variable into the draft; says what is wrong with it, to complete "KINTO_X …". */
type Reader = (draft: Draft, value: string, unsafe: boolean) => string | undefined

const needsSwitch = 'weakens the server and needs ESSAIM_UNSAFE_TEST=1'

/** As Kinto does: JSON where it is JSON, else text. */
function decode(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

const text = (value: string): string => {
  const decoded = decode(value)
  return typeof decoded === 'string' ? decoded : value
}

const flag =
  (set: (draft: Draft, on: boolean) => void): Reader =>
  (draft, value) =>
    void set(draft, /^(true|yes|on|y|t|1)$/i.test(text(value)))

const count =
  (min: number, max: number, set: (draft: Draft, number: number) => void): Reader =>
  (draft, value) => {
    const number = Number(text(value))
    if (!Number.isInteger(number) || number < min || number > max)
      return `must be a whole number from ${min} to ${max}`
    set(draft, number)
    return undefined
  }

const words = (value: string): string[] =>
  text(value)
    .split(/\s+/)
    .filter((word) => word !== '')

const everybody = (principals: readonly string[]) =>
  principals.some((one) => one === 'system.Everyone' || one === 'system.Authenticated')

/** A grant over all homes reaches into what is not its holder's; making buckets and accounts does not. */
function grantReader(name: GrantName): Reader {
  const harmless = (principals: readonly string[]) =>
    name === 'bucket_create'
      ? !principals.includes('system.Everyone')
      : name.startsWith('account_') && !everybody(principals)
  return (draft, value, unsafe) => {
    const principals = words(value)
    if (principals.length > 100) return 'has more than 100 principals'
    if (!unsafe && !harmless(principals)) return needsSwitch
    draft.grants[name] = principals
    return undefined
  }
}

const maxSeconds = 10 * 365 * 86_400

const readers: Readonly<Record<string, Reader>> = {
  KINTO_PROJECT_NAME: (draft, value) => void (draft.projectName = text(value).slice(0, 100)),
  KINTO_PROJECT_DOCS: (draft, value) => void (draft.projectDocs = text(value).slice(0, 1000)),
  KINTO_READONLY: flag((draft, on) => (draft.readonly = on)),
  KINTO_BACKOFF: count(0, 86_400, (draft, seconds) => (draft.backoff = seconds)),
  KINTO_BACKOFF_PERCENTAGE: count(0, 100, (draft, share) => (draft.backoffPercentage = share)),
  KINTO_RETRY_AFTER_SECONDS: count(0, 86_400, (draft, seconds) => (draft.retryAfter = seconds)),
  KINTO_BATCH_MAX_REQUESTS: count(1, 1000, (draft, most) => (draft.batchLimit = most)),
  KINTO_PAGINATE_BY: count(1, 10_000, (draft, most) => (draft.paginateBy = most)),
  KINTO_STORAGE_MAX_FETCH_SIZE: count(1, 10_000, (draft, most) => (draft.maxFetch = most)),
  KINTO_CORS_ORIGINS: (draft, value) => void (draft.corsOrigins = words(value).slice(0, 100)),
  KINTO_CORS_MAX_AGE_SECONDS: count(0, 86_400, (draft, seconds) => (draft.corsMaxAge = seconds)),
  KINTO_EXPERIMENTAL_PERMISSIONS_ENDPOINT: flag((draft, on) => (draft.permissionsEndpoint = on)),
  KINTO_EXPLICIT_PERMISSIONS: flag((draft, on) => (draft.explicitPermissions = on)),
  KINTO_PERMISSIONS_READ_PRINCIPALS: (draft, value) => void (draft.permissionsRead = words(value)),
  KINTO_ROOT_CACHE_EXPIRES_SECONDS: count(
    0,
    maxSeconds,
    (draft, seconds) => (draft.rootCacheExpires = seconds),
  ),
  KINTO_EOS: (draft, value) => {
    const at = Date.parse(text(value))
    if (Number.isNaN(at)) return 'must be a date'
    draft.eos = { at, text: text(value), url: '', message: null }
    return undefined
  },
  KINTO_EOS_URL: (draft, value) => void (draft.eosUrl = text(value).slice(0, 1000)),
  KINTO_EOS_MESSAGE: (draft, value) => void (draft.eosMessage = text(value).slice(0, 1000)),
  // Plugins are always there here; only the one that empties the server is a matter of choice.
  KINTO_INCLUDES: (draft, value, unsafe) => {
    if (!words(value).includes('kinto.plugins.flush')) return undefined
    if (!unsafe) return `lists kinto.plugins.flush, which ${needsSwitch}; ESSAIM_KINTO_FLUSH=1 is safe`
    draft.flush = 'anyone'
    return undefined
  },
  KINTO_MULTIAUTH_POLICIES: (draft, value, unsafe) => {
    if (!words(value).includes('basicauth')) return undefined
    if (!unsafe) return `lists basicauth, which ${needsSwitch}`
    draft.guests = true
    return undefined
  },
  ...Object.fromEntries(
    names.flatMap((resource) =>
      verbs.map((verb) => [
        `KINTO_${resource}_${verb}_PRINCIPALS`.toUpperCase(),
        grantReader(`${resource}_${verb}`),
      ]),
    ),
  ),
  ...Object.fromEntries(
    names.map((resource) => [
      `KINTO_${resource}_CACHE_EXPIRES_SECONDS`.toUpperCase(),
      count(0, maxSeconds, (draft, seconds) => (draft.cacheExpires[resource] = seconds)),
    ]),
  ),
}

/** `KINTO_{BUCKET}[_{COLLECTION}]_RECORD_CACHE_EXPIRES_SECONDS`. */
function recordCacheReader(name: string): Reader | undefined {
  const place = /^KINTO_(.{1,200})_RECORD_CACHE_EXPIRES_SECONDS$/.exec(name)?.[1]
  if (place === undefined) return undefined
  return count(0, maxSeconds, (draft, seconds) => draft.recordCacheExpires.set(place, seconds))
}
