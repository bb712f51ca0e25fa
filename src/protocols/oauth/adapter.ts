/** Where the library keeps things: each kind in the place that it has on this server. */
import type { Grant } from '../../core/accounts/index.ts'
import { heldScopes, isStandard } from '../../core/apps/index.ts'
import type { Artifacts } from './artifacts.ts'
import type { Clients } from './clients.ts'
import type { Adapter, Library, Payload } from './library.ts'
import type { OAuthParts } from './parts.ts'
import { provedAt, sessionId, type Visitors } from './visitors.ts'

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1_000)
/** Of what never ends by itself: further away than any token. */
const noEnd = 10 * 365 * 86_400

/** What a sign-out that an app asked for has to remember; seconds. */
const stateLasts = 3_600

interface Parts extends Pick<OAuthParts, 'clock' | 'apps'> {
  library: Library
  artifacts: Artifacts
  clients: Clients
  visitors: Visitors
  /** The addresses that tokens may be for. */
  resources: ReadonlyMap<string, string | null>
}

const absent = async () => undefined
const nothing = async () => {}
const none: Adapter = {
  upsert: nothing,
  find: absent,
  findByUid: absent,
  findByUserCode: absent,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
}

/** What the library asks for by the name of a kind. */
export function createAdapters(parts: Parts): (model: string) => Adapter {
  const special: Readonly<Record<string, () => Adapter>> = {
    Client: () => clientAdapter(parts),
    Grant: () => grantAdapter(parts),
    Session: () => sessionAdapter(parts),
    AccessToken: () => ({ ...artifactAdapter(parts, 'AccessToken'), revokeByGrantId: ending(parts) }),
  }
  return (model) => special[model]?.() ?? artifactAdapter(parts, model)
}

function artifactAdapter({ library, artifacts, visitors, clock, resources }: Parts, model: string): Adapter {
  const context = () => library.Provider.ctx
  return {
    ...none,
    async upsert(id, payload, expiresIn = noEnd) {
      const expires = clock.now() + expiresIn * 1_000
      if (model !== 'Interaction') return artifacts.put(model, id, payload, expires)
      const { asked, browser = null, impliedConsent } = visitors.of(context()?.req)
      const params = {
        ...(payload['params'] as object),
        // She may answer as somebody else, to whom it means nothing what was granted.
        ...(asked === undefined ? {} : { scope: asked }),
        // The app did not say it.
        ...(impliedConsent ? { prompt: undefined } : {}),
      }
      return artifacts.put(model, id, { ...payload, params }, expires, browser)
    },

    async find(id) {
      const found = await artifacts.find(model, id)
      if (!found) return undefined
      // A token for all of this server is one for what it says of the person, too.
      const { aud } = found.payload
      const isForAll = typeof aud === 'string' && resources.get(aud) === null
      if (model === 'AccessToken' && isForAll && context()?.oidc.route === 'userinfo')
        return { ...found.payload, aud: undefined }
      return found.payload
    },

    findByUserCode: async (code) => (await artifacts.findByUserCode(code))?.payload,

    async consume(id) {
      if (await artifacts.consume(id)) return
      // Two came at one moment: it is as if one had come after the other.
      const grantId = (await artifacts.find(model, id))?.payload['grantId']
      if (typeof grantId === 'string') await artifacts.endTokens(grantId)
      throw new library.errors.InvalidGrant('it was used already')
    },

    destroy: (id) => artifacts.remove(id),
  }
}

/**
 * Ends what was given under a grant. The library asks for each kind; all end with the first. Where an app gives back its
 * own token, only the sign-in ends that it is of: the same app may be on other devices.
 */
function ending({ library, artifacts }: Parts): Adapter['revokeByGrantId'] {
  return async (grantId) => {
    const { route, entities } = library.Provider.ctx?.oidc ?? {}
    const given = entities?.RefreshToken ?? entities?.AccessToken
    // At the token endpoint the library ends what was given for one reason: something came a second time.
    const reused = route === 'token'
    await artifacts.endTokens(grantId, route === 'revocation' ? given?.sessionUid : undefined, reused)
  }
}

function clientAdapter({ clients }: Parts): Adapter {
  return { ...none, find: (id) => clients.find(id), upsert: (id, metadata) => clients.keep(id, metadata) }
}

/** What a person has allowed is the grant: it is read where she changes it, and never written from here. */
function grantAdapter({ apps, clock, resources }: Parts): Adapter {
  return {
    ...none,
    async find(id) {
      const grant = await apps.grant(id)
      return grant && grantPayload(grant, clock.now(), resources)
    },
  }
}

/** A grant as the library knows grants; undefined: it does not hold. */
export function grantPayload(
  grant: Grant,
  now: number,
  resources: ReadonlyMap<string, string | null>,
): Payload | undefined {
  const { id, account, client, kind, created, expires, suspended } = grant
  if (kind !== 'app' || suspended || (expires !== null && expires <= now)) return undefined
  const scopes = heldScopes(grant, now)
  return {
    jti: id,
    kind: 'Grant',
    accountId: account,
    clientId: client,
    iat: seconds(created),
    exp: expires === null ? seconds(now) + noEnd : seconds(expires),
    openid: { scope: scopes.filter(isStandard).join(' ') },
    resources: Object.fromEntries([...resources.keys()].map((address) => [address, scopes.join(' ')])),
  }
}

/**
 * The session is that of our pages. Nothing of it is kept but what a sign-out has to remember between the question and
 * the answer.
 */
function sessionAdapter({ library, artifacts, visitors, clock }: Parts): Adapter {
  const visitor = () => visitors.of(library.Provider.ctx?.req)
  return {
    ...none,
    async find(id) {
      const { account, session } = visitor()
      if (!account || !session || sessionId(session) !== id) return undefined
      const kept = library.Provider.ctx?.path.startsWith('/oauth/logout')
        ? await artifacts.find('Session', id)
        : undefined
      return {
        jti: id,
        uid: id,
        kind: 'Session',
        accountId: account.id,
        loginTs: seconds(provedAt(session)),
        iat: seconds(session.created),
        exp: seconds(clock.now()) + stateLasts,
        ...(kept ? { state: kept.payload['state'] } : {}),
      }
    },

    async upsert(_id, { uid, state, kind }) {
      const { session } = visitor()
      if (state === undefined || !session || uid !== sessionId(session)) return
      await artifacts.put('Session', sessionId(session), { kind, state }, clock.now() + stateLasts * 1_000)
    },

    async destroy(id) {
      const { session } = visitor()
      if (session && sessionId(session) === id) await artifacts.remove(id)
    },
  }
}
