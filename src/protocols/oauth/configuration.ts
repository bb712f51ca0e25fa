/** What the library is told: which parts of the protocols are spoken, and how they meet this server. */
import { standardScopes } from '../../core/apps/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { createAdapters } from './adapter.ts'
import type { Artifacts } from './artifacts.ts'
import type { Clients } from './clients.ts'
import { whyNot } from './clients.ts'
import type { Context, Library, LibraryClient, Source } from './library.ts'
import { signOutPage, renderError, signedOutPage } from './html.ts'
import type { OAuthParts } from './parts.ts'
import type { Policy } from './policy.ts'
import { isAboutDoors, isOf } from './scopes.ts'
import type { Jwk } from './signing-keys.ts'
import { claims, type Subjects } from './subjects.ts'
import { cookieNames, type Visitors } from './visitors.ts'

/** Lifetimes in seconds (RFC 9700; OWASP ASVS 5.0, 10.4). */
const hour = 3_600
const day = 86_400
const refreshLasts = 30 * day
const refreshLastsAtMost = 365 * day
const codeLasts = 60
const requestLasts = hour / 2
const deviceLasts = 600

/** Where everything is, below the issuer. */
export const routes = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  registration: '/oauth/register',
  device_authorization: '/oauth/device',
  userinfo: '/oauth/userinfo',
  end_session: '/oauth/logout',
  // Our own page: the library's is never reached.
  code_verification: '/device',
  pushed_authorization_request: '/oauth/request',
} as const

export interface ConfigurationParts extends OAuthParts {
  library: Library
  artifacts: Artifacts
  clients: Clients
  subjects: Subjects
  visitors: Visitors
  policy: Policy
  addresses: ReadonlyMap<string, string | null>
  signingKeys: readonly Jwk[]
}

export function configurationOf(parts: ConfigurationParts): object {
  const { library, addresses, policy, subjects, publicUrl, style, fetch } = parts
  const enabled = { enabled: true }
  const disabled = { enabled: false }
  return {
    adapter: createAdapters({ ...parts, resources: addresses }),
    jwks: { keys: parts.signingKeys },
    routes,
    ...policy,
    findAccount: (_context: Context, id: string) => subjects.find(id),
    pairwiseIdentifier: (_context: Context, id: string, client: LibraryClient) =>
      subjects.nameFor(id, client),
    // To the library, which asks more of apps that are told pairwise names than they can do: see server.ts.
    subjectTypes: ['public', 'pairwise'],
    claims,
    scopes: Object.keys(standardScopes),
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: 'RS256',
      token_endpoint_auth_method: 'client_secret_basic',
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      idTokenSigningAlgValues: ['RS256', 'ES256'],
    },
    pkce: { required: () => true },
    cookies: { names: cookieNames, keys: [] },
    // A sign-in here may end: what a person allowed to an app does not end with it.
    expiresWithSession: async () => false,
    issueRefreshToken: async (_context: Context, client: LibraryClient, { scope = '' }: Source) =>
      client.grantTypeAllowed('refresh_token') && scope.split(' ').includes('offline_access'),
    rotateRefreshToken: true,
    // What she allowed stays in her list until she takes it away; what was given under it is ended.
    revokeGrantPolicy: () => false,
    ttl: {
      AccessToken: hour,
      AuthorizationCode: codeLasts,
      DeviceCode: deviceLasts,
      IdToken: hour,
      Interaction: requestLasts,
      Session: hour,
      Grant: refreshLastsAtMost,
      RefreshToken: (_context: Context, { iiat }: Source) => refreshTime(iiat, parts.clock.now()),
    },
    formats: { bitsOfOpaqueRandomness: 256 },
    clientBasedCORS,
    fetch: (address: string, { method = 'GET', headers }: { method?: string; headers?: Headers }) =>
      fetch(address, {
        method: method === 'GET' ? 'GET' : 'POST',
        headers: { Accept: headers?.get('accept') ?? 'application/json' },
        redirect: 'manual',
      }),
    fetchResponseBodyLimits: { jwks_uri: maxDocument, sector_identifier_uri: maxDocument },
    renderError: renderError(style),
    discovery: {
      ui_locales_supported: ['en', 'fr'],
    },
    features: {
      devInteractions: disabled,
      dPoP: disabled,
      pushedAuthorizationRequests: disabled,
      introspection: { ...enabled, allowedPolicy: isOwn },
      revocation: { ...enabled, allowedPolicy: isOwn },
      registration: { ...enabled, issueRegistrationAccessToken: false },
      deviceFlow: {
        ...enabled,
        charset: 'base-20',
        mask: '****-****',
        deviceInfo: (context: Context) => ({ agent: context.get('user-agent').slice(0, 200) }),
      },
      clientIdMetadataDocument: {
        ...enabled,
        ack: 'draft-02',
        allowFetch: async () => true,
        async allowClient(_context: Context, client: LibraryClient) {
          return whyNot(client.metadata()) === undefined
        },
        cacheDuration: { min: 60, max: hour },
      },
      rpInitiatedLogout: {
        ...enabled,
        logoutSource: signOutPage(style),
        postLogoutSuccessSource: signedOutPage(style, publicUrl),
      },
      resourceIndicators: resourceIndicators(parts, library),
    },
    extraClientMetadata: {
      properties: [],
    },
  }
}

/** Bytes of a document that an app points to. */
const maxDocument = 65_536

/** Seconds that a refresh token lasts: a while since its last use, and never past its end. */
export function refreshTime(began: number | undefined, now: number): number {
  const age = began === undefined ? 0 : Math.floor(now / 1_000) - began
  return Math.max(1, Math.min(refreshLasts, refreshLastsAtMost - age))
}

/** An app asks about its own tokens alone. */
const isOwn = async (_context: Context, client: LibraryClient, token: Source): Promise<boolean> =>
  token.clientId === client.clientId

/** Scripts of a page may ask for tokens where its app is called back. */
export function clientBasedCORS(_context: Context, origin: string, client: LibraryClient): boolean {
  return origin !== 'null' && client.redirectUris.some((uri) => URL.parse(uri)?.origin === origin)
}

/** The scopes that there are, without those of one thing in a door or of a module: for the documents of discovery. */
export function scopesSupported({ registry }: OAuthParts['apps']): string[] {
  const ofDoors = registry.doors.flatMap(({ name, scopes }) => scopes.map(({ verb }) => `${name}:${verb}`))
  const bundles = registry.bundles.map(({ name }) => `include:${name}`)
  return [...Object.keys(standardScopes), ...ofDoors, ...bundles]
}

/**
 * Tokens are for all of this server unless an app limits them to a door (RFC 8707). The scopes of doors are many and not
 * all known beforehand: which of them a token may have is asked for each.
 */
function resourceIndicators({ apps, addresses, publicUrl }: ConfigurationParts, { errors }: Library): object {
  const { registry } = apps

  /** As they are asked for, or were when what is shown at the token endpoint was given. */
  const scopesOf = ({ oidc: { params, entities } }: Context): string => {
    const { AuthorizationCode: code, RefreshToken: refresh, DeviceCode: device } = entities
    return code?.scope ?? refresh?.scope ?? device?.scope ?? params?.['scope'] ?? ''
  }

  function readScopes(context: Context) {
    try {
      return registry.parseAll(
        scopesOf(context)
          .split(' ')
          .filter((one) => one !== ''),
      )
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      throw new errors.InvalidScope(error.message, String(error.details['scope'] ?? ''))
    }
  }

  return {
    enabled: true,

    async defaultResource(context: Context, _client: LibraryClient, oneOf?: string[]) {
      if (oneOf) return oneOf
      const scopes = readScopes(context)
      return isAboutDoors(scopes.map(({ text }) => text)) ? publicUrl : undefined
    },

    useGrantedResource: async () => true,

    async getResourceServerInfo(context: Context, address: string) {
      const door = addresses.get(address)
      if (door === undefined)
        throw new errors.InvalidTarget(`there is no such resource here: use ${publicUrl}`)
      const scopes = readScopes(context).filter((scope) => isOf(registry, scope, door))
      return {
        scope: scopes.map(({ text }) => text).join(' '),
        accessTokenFormat: 'opaque',
        accessTokenTTL: hour,
      }
    },
  }
}
