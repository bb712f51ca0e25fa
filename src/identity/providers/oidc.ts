/** OpenID Connect (Core 1.0, Discovery 1.0): code flow with PKCE, nonce and state; the issuer is checked (RFC 9207). */
import * as client from 'openid-client'
import { createLru } from '../../lib/lru.ts'
import { ourError } from './errors.ts'
import { call, isCallable } from './fetch.ts'
import { hintOf, labelOf, subjectOf } from './names.ts'
import { probe } from './probe.ts'
import { fail } from './types.ts'
import type { OidcProvider, Speaker, TokenAuth } from './types.ts'

/** Milliseconds that a provider's description is kept. */
const keptFor = 3_600_000

export function createOidc(callbackOf: (id: string) => string, now: () => number): Speaker<OidcProvider> {
  const known = createLru<string, Promise<client.Configuration>>({ max: 50, ttl: keptFor })

  /** The provider's description and keys; asked for again after an hour, or when the settings changed. */
  async function configuration(provider: OidcProvider): Promise<client.Configuration> {
    const key = JSON.stringify(provider)
    const found = known.get(key, now())
    if (found) return found
    const asked = discover(provider)
    known.set(key, asked, now())
    asked.catch(() => known.delete(key))
    return asked
  }

  return {
    async start(provider, { state, nonce, verifier }, again) {
      const config = await configuration(provider).catch((error: unknown) => {
        throw ourError(error)
      })
      return client.buildAuthorizationUrl(config, {
        redirect_uri: callbackOf(provider.id),
        scope: provider.scopes,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(again ? { prompt: 'login', max_age: '0' } : {}),
      })
    },

    async finish(provider, query, { state, nonce, verifier }) {
      try {
        const config = await configuration(provider)
        const url = new URL(callbackOf(provider.id))
        url.search = query.toString()
        const tokens = await client.authorizationCodeGrant(config, url, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (!claims) throw fail('provider-answer', 'there is no ID token', { reason: 'id_token' })
        const named =
          labelOf(claims) === '' ? await userInfo(config, tokens.access_token, claims.sub) : claims
        return {
          issuer: claims.iss,
          subject: subjectOf(claims.sub),
          label: labelOf(named) || provider.name,
          hint: hintOf(named),
          authenticated: claims.auth_time === undefined ? null : claims.auth_time * 1_000,
        }
      } catch (error) {
        throw ourError(error)
      }
    },

    async check(provider) {
      const config = await discover(provider).catch((error: unknown) => {
        const ours = ourError(error)
        if (ours.code !== 'provider-answer') throw ours
        throw ours.details['reason'] === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED'
          ? fail('provider-issuer', 'it calls itself by another address')
          : fail('provider-not-oidc', 'there is no description of an OpenID Connect provider')
      })
      const {
        authorization_endpoint: authorize,
        token_endpoint: token,
        jwks_uri: keys,
      } = config.serverMetadata()
      // Only a provider of this machine may name addresses of this machine.
      const mayCall = (address: string) =>
        isCallable(address) && (address.startsWith('https:') || isLocal(provider))
      if (!authorize || !token || !keys || ![authorize, token, keys].every(mayCall))
        throw fail('provider-not-oidc', 'the description lacks an address')
      await probe({
        token,
        clientId: provider.clientId,
        secret: provider.secret,
        tokenAuth: authOf(provider, config.serverMetadata()),
        callback: callbackOf(provider.id),
      })
    },
  }
}

const isLocal = ({ issuer }: OidcProvider) => new URL(issuer).protocol === 'http:'

async function discover(provider: OidcProvider): Promise<client.Configuration> {
  const { issuer, clientId, secret } = provider
  const execute = isLocal(provider) ? [client.allowInsecureRequests] : []
  const options = { execute, [client.customFetch]: call as client.CustomFetch, timeout: 5 }
  const found = await client.discovery(new URL(issuer), clientId, undefined, client.None(), options)
  const metadata = found.serverMetadata()
  const methods: Record<TokenAuth, () => client.ClientAuth> = {
    none: () => client.None(),
    basic: () => client.ClientSecretBasic(secret ?? ''),
    post: () => client.ClientSecretPost(secret ?? ''),
  }
  const config = new client.Configuration(metadata, clientId, {}, methods[authOf(provider, metadata)]())
  config[client.customFetch] = call as client.CustomFetch
  config.timeout = 5
  if (isLocal(provider)) client.allowInsecureRequests(config)
  // The signature of the ID token is checked although it comes over TLS: one thing less to trust.
  client.enableNonRepudiationChecks(config)
  return config
}

/** The header where the provider takes it (which it does if it says nothing), else the form. */
function authOf({ secret }: OidcProvider, metadata: client.ServerMetadata): TokenAuth {
  if (secret === null) return 'none'
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return methods.includes('client_secret_basic') ? 'basic' : 'post'
}

/** What she is called, where the ID token does not say; nobody fails to sign in for it. */
async function userInfo(
  config: client.Configuration,
  token: string,
  subject: string,
): Promise<Record<string, unknown>> {
  if (!config.serverMetadata().userinfo_endpoint) return {}
  return client.fetchUserInfo(config, token, subject).catch(() => ({}))
}
