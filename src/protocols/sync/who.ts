/**
 * Who makes a storage request: by Hawk, under a token that says whose storage it is for and by whose word. That word is
 * asked for with every request: in memory, where nothing moved since.
 */
import type { Subject } from '../../core/permissions/index.ts'
import { createReplays, isHawk, readHawk, staleChallenge } from '../../lib/hawk.ts'
import { createLru } from '../../lib/lru.ts'
import type { Headers, Owner, SyncParts } from './call.ts'
import { StorageError, weave } from './errors.ts'
import { maxSkew } from './limits.ts'
import { readToken, type TokenData, type TokenSecret, tokenSecret } from './tokenlib.ts'
import { isGuest, storagePath, type Users } from './users.ts'

export interface Authenticator {
  /**
   * Throws 401. `late`: a token whose time is over is good enough.
   * Told at once where memory knows, which is the common case.
   */
  prove(request: Asked): Owner | Promise<Owner>
}

export interface Asked {
  method: string
  url: string
  headers: Headers
  late: boolean
}

interface Entry {
  data: TokenData
  key: string
  isTest: boolean
  owner?: Owner
  /** Of the directory tables below, when `owner` was looked up. */
  version?: number | undefined
  /** When what `owner` hangs on is over, in milliseconds. */
  expires: number
}

const rows = ['account', 'membership', 'app_grant', 'grant_scope', 'sync_user'] as const

/** Tokens that are remembered, and milliseconds for which: then the use of their grant is noted again. */
const maxEntries = 10_000
const entryTime = 600_000
/** Requests that are remembered, so that none is taken twice. */
const maxReplays = 400_000

/** The secrets under which tokens are read, the current one first. */
export function tokenSecrets({ keys }: Pick<SyncParts, 'keys'>): () => readonly TokenSecret[] {
  const made = new Map<number, TokenSecret>()
  return () =>
    keys.generations.toReversed().map((generation) => {
      const known = made.get(generation) ?? tokenSecret(keys.derive('sync tokens', generation))
      made.set(generation, known)
      return known
    })
}

export function createAuthenticator(parts: SyncParts, users: Users): Authenticator {
  const { settings, store, accounts, apps, clock, foreign } = parts
  const { protocol, hostname, port } = new URL(settings.publicUrl)
  const target = { host: hostname.toLowerCase(), port: Number(port) || (protocol === 'https:' ? 443 : 80) }
  const secrets = tokenSecrets(parts)
  const test = settings.testSecret === undefined ? [] : [tokenSecret(Buffer.from(settings.testSecret))]
  const entries = createLru<string, Entry>({ max: maxEntries, ttl: entryTime })
  const replays = createReplays({ time: 2 * maxSkew, most: maxReplays })
  const version = () => store.version(...rows)

  function read(id: string, now: number): Entry {
    const known = entries.get(id, now)
    if (known) return known
    const ours = readToken(secrets(), id)
    const found = ours ?? readToken(test, id)
    if (!found) throw unauthorized()
    const entry = { ...found, isTest: !ours, expires: Infinity }
    entries.set(id, entry, now)
    return entry
  }

  /** The token of a header, proved to be its sender's. */
  function check({ method, url, headers, late }: Asked, now: number): Entry {
    const { authorization } = headers
    const header = typeof authorization === 'string' ? readHawk(authorization) : undefined
    if (!header) throw unauthorized()
    const entry = read(header.id, now)
    if (!late && entry.data.expires * 1_000 <= now) throw unauthorized()
    if (!isHawk(entry.key, header, { ...target, method, resource: url })) throw unauthorized()
    if (Math.abs(Number(header.ts) * 1_000 - now) > maxSkew)
      throw unauthorized(staleChallenge(entry.key, now))
    if (!replays.first(header.mac, now)) throw unauthorized()
    return entry
  }

  async function ownerOf({ data, isTest }: Entry): Promise<{ owner: Owner; expires: number | null }> {
    const user = isTest ? await users.guest(data.uid) : await users.byUid(data.uid)
    if (!user || isTest !== isGuest(user)) throw unauthorized()
    const { uid, home } = user
    const place = { uid, home, path: storagePath(uid) }
    if (isTest) return { owner: { ...place, subject: undefined }, expires: null }
    const warrant: Partial<Record<'account' | 'grant' | 'issuer', string>> = data.essaim ?? {}
    if (warrant.issuer !== undefined) {
      const isHers = warrant.issuer === foreign?.issuer && user.subject === foreign.subjectOf(data.fxa_uid)
      if (!isHers || !foreign?.admits(data.fxa_uid)) throw unauthorized()
      return { owner: { ...place, subject: undefined }, expires: null }
    }
    const { account = '', grant = '' } = warrant
    if (user.account !== account) throw unauthorized()
    const holder = await apps.grantHolder(account, grant)
    if (holder.kind !== 'known') throw unauthorized()
    accounts.used(holder)
    const subject = await accounts.subject(holder.account, holder.grant)
    return { owner: { ...place, subject }, expires: holder.expires }
  }

  return {
    prove(request) {
      const now = clock.now()
      const entry = check(request, now)
      const present = version()
      const { owner } = entry
      if (owner && present !== undefined && entry.version === present && entry.expires > now)
        return note(owner.subject, owner)
      return ownerOf(entry).then((found) => {
        entry.owner = found.owner
        entry.expires = found.expires ?? Infinity
        entry.version = present
        return note(found.owner.subject, found.owner)
      })
    },
  }

  function note(subject: Subject | undefined, owner: Owner): Owner {
    if (subject) {
      apps.uses.note(subject)
      apps.uses.place(subject, owner.home, owner.path)
    }
    return owner
  }
}

const unauthorized = (challenge = 'Hawk') =>
  new StorageError(401, weave.unknown, ['WWW-Authenticate', challenge])
