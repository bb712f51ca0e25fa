/** Token server 1.0: for an access token, the address of a person's storage and what proves its requests. */
import { createHmac } from 'node:crypto'
import { has, WRITE } from '../../core/permissions/index.ts'
import { createBearer } from '../../identity/bearer.ts'
import type { Answer, Headers, SyncParts, SyncRequest } from './call.ts'
import { TokenError } from './errors.ts'
import { tokenTime } from './limits.ts'
import { rootPath } from './storages.ts'
import { makeToken, type TokenWarrant } from './tokenlib.ts'
import type { KeyClaims, PagesKey, SyncPerson, Users } from './users.ts'
import { tokenSecrets } from './who.ts'

/** Who asks, by whose word. */
interface Bearing {
  person: SyncPerson
  /** What other servers know her by. */
  name: string
  warrant: TokenWarrant
  generation: number | undefined
  pages?: PagesKey | undefined
}

export interface TokenServer {
  handle(request: SyncRequest, query: ReadonlyMap<string, string>): Promise<Answer>
}

export function createTokenServer(parts: SyncParts, users: Users): TokenServer {
  const { settings, store, accounts, apps, permissions, clock, keys, foreign } = parts
  const bearer = createBearer({ accounts, tokens: apps, store, clock })
  const secrets = tokenSecrets(parts)
  // Clients show it in reports: it stays what it is when a later key is added.
  const hashKey = keys.derive('sync people', keys.generations[0])
  const hashed = (name: string) => createHmac('sha256', hashKey).update(name).digest('hex').slice(0, 32)

  async function bearing({ authorization }: Headers): Promise<Bearing> {
    if (typeof authorization !== 'string' || !authorization.includes(' ')) throw new TokenError('error')
    if (!/^bearer /i.test(authorization)) throw new TokenError('error', { description: 'Unsupported' })
    if (foreign?.claims(authorization)) {
      const { name, generation } = await foreign.verify(authorization)
      const person = { subject: foreign.subjectOf(name) }
      return { person, name, warrant: { issuer: foreign.issuer }, generation }
    }
    const known = bearer.cached(authorization) ?? (await proved(authorization))
    const { account, grant, subject } = known
    const { bits } = await permissions.rights(subject, account.home, rootPath)
    if (!has(bits, WRITE)) throw new TokenError('invalid-credentials')
    apps.uses.note(subject)
    return {
      person: { account: account.id, home: account.home },
      name: account.id,
      warrant: { account: account.id, grant: grant.id },
      // What a grant may do ends with the grant: there is no older word to be wary of. Of her keys her pages know.
      generation: undefined,
      pages: await parts.keyOf(account.id),
    }
  }

  async function proved(authorization: string) {
    const proof = await bearer.verify(authorization)
    if (proof.kind !== 'known') throw new TokenError('invalid-credentials')
    return proof.known
  }

  return {
    async handle({ headers }, query) {
      const { person, name, warrant, generation, pages } = await bearing(headers)
      const claims: KeyClaims = { ...readKeyId(headers), generation, pages }
      const user = await users.allot(person, claims)
      const now = clock.now()
      const duration = durationOf(query.get('duration'))
      const state = Buffer.from(user.clientState, 'hex').toString('base64url')
      const since = String(user.keysChangedAt || user.generation).padStart(13, '0')
      const token = makeToken(secrets()[0]!, {
        uid: user.uid,
        node: settings.publicUrl,
        expires: Math.floor(now / 1_000) + duration,
        fxa_uid: name,
        fxa_kid: `${since}-${state}`,
        hashed_fxa_uid: hashed(name),
        essaim: warrant,
      })
      return {
        status: 200,
        body: JSON.stringify({
          ...token,
          uid: user.uid,
          api_endpoint: `${settings.publicUrl}/1.5/${user.uid}`,
          duration,
          hashed_fxa_uid: hashed(name),
          hashalg: 'sha256',
          node_type: store.kind,
        }),
      }
    },
  }
}

/** Seconds; what is no number, or too many, is the usual time. */
function durationOf(text = ''): number {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0
  return seconds > 0 && seconds < tokenTime ? seconds : tokenTime
}

/** `X-KeyID` (when the keys changed, and what tells them), and `X-Client-State`, which must say the same if it is sent. */
function readKeyId(headers: Headers): Pick<KeyClaims, 'clientState' | 'keysChangedAt'> {
  const keyId = headers['x-keyid']
  if (typeof keyId !== 'string')
    throw new TokenError('invalid-key-id', { location: 'header', description: 'Missing X-KeyID header' })
  const [, digits = '', text] = /^(\d{1,16})-([\w-]{0,22})$/.exec(keyId) ?? []
  const bytes = Buffer.from(text ?? '', 'base64url')
  // One way to write each: what else decodes to the same bytes is refused.
  if (text === undefined || bytes.toString('base64url') !== text) throw new TokenError('invalid-credentials')
  const clientState = bytes.toString('hex')
  const given = headers['x-client-state']
  if (given !== undefined && (typeof given !== 'string' || !/^[a-zA-Z0-9._-]{1,32}$/.test(given))) {
    const about = {
      location: 'header',
      name: 'X-Client-State',
      description: 'Invalid client state value',
    } as const
    throw new TokenError('error', about, 400)
  }
  if (given !== undefined && given !== clientState) throw new TokenError('invalid-client-state')
  const changed = Number(digits)
  if (!Number.isSafeInteger(changed)) throw new TokenError('invalid-credentials')
  return { clientState, keysChangedAt: changed || undefined }
}
