/**
 * OAuth 2 (RFC 6749) where a profile says who somebody is: no standard, so the addresses and fields are configured.
 * It proves no fresh sign-in, since nothing tells when she last proved herself there.
 */
import * as client from 'openid-client'
import { ourError } from './errors.ts'
import { call } from './fetch.ts'
import { cleanLabel, cleanHint, memberOf, subjectOf } from './names.ts'
import { probe } from './probe.ts'
import { fail } from './types.ts'
import type { OAuth2Provider, Speaker, TokenAuth } from './types.ts'

/**
 * Who vouches: everybody with a say in it, and the field that is believed. So an administrator who points a provider
 * at another place, or at another field, does not open the accounts of those who were linked before.
 */
export const issuerOf = ({ id, authorize, token, profile, idField }: OAuth2Provider): string =>
  [
    ...new Set([authorize, token, profile].map((address) => new URL(address).origin)),
    `${id}:${idField}`,
  ].join(' ')

export function createOAuth2(callbackOf: (id: string) => string): Speaker<OAuth2Provider> {
  return {
    async start(provider, { state, verifier }) {
      return client.buildAuthorizationUrl(configuration(provider), {
        redirect_uri: callbackOf(provider.id),
        state,
        ...(provider.scopes === '' ? {} : { scope: provider.scopes }),
        ...(provider.pkce
          ? {
              code_challenge: await client.calculatePKCECodeChallenge(verifier),
              code_challenge_method: 'S256',
            }
          : {}),
      })
    },

    async finish(provider, query, { state, verifier }) {
      try {
        const config = configuration(provider)
        const url = new URL(callbackOf(provider.id))
        url.search = query.toString()
        const { access_token: token } = await client.authorizationCodeGrant(config, url, {
          expectedState: state,
          ...(provider.pkce ? { pkceCodeVerifier: verifier } : {}),
        })
        const headers = new Headers({ Accept: 'application/json' })
        const profile = new URL(provider.profile)
        const answer = await client.fetchProtectedResource(config, token, profile, 'GET', undefined, headers)
        if (!answer.ok)
          throw fail('provider-answer', 'the profile was refused', { reason: `status-${answer.status}` })
        const body: unknown = await answer.json().catch(() => undefined)
        const subject = subjectOf(memberOf(body, provider.idField))
        const name = provider.nameField === null ? undefined : memberOf(body, provider.nameField)
        return {
          issuer: issuerOf(provider),
          subject,
          label: cleanLabel(name) || provider.name,
          hint: cleanHint(name),
          authenticated: null,
        }
      } catch (error) {
        throw ourError(error)
      }
    },

    check: (provider) => probe({ ...provider, callback: callbackOf(provider.id) }),
  }
}

function configuration(provider: OAuth2Provider): client.Configuration {
  const { authorize, token, issuer, clientId, secret, tokenAuth, profile } = provider
  const methods: Record<TokenAuth, () => client.ClientAuth> = {
    none: () => client.None(),
    basic: () => client.ClientSecretBasic(secret ?? ''),
    post: () => client.ClientSecretPost(secret ?? ''),
  }
  const metadata = {
    issuer: issuer ?? new URL(authorize).origin,
    authorization_endpoint: authorize,
    token_endpoint: token,
  }
  const config = new client.Configuration(metadata, clientId, {}, methods[tokenAuth]())
  config[client.customFetch] = call as client.CustomFetch
  config.timeout = 5
  // What is called has its own rule: http on this machine alone.
  if ([token, profile].some((address) => new URL(address).protocol === 'http:'))
    client.allowInsecureRequests(config)
  return config
}
