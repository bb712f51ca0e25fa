/** The flow as another library sees it: `oauth4webapi`, which checks every answer by the letter of its specification. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { makePageOwner } from '../support/browser-session.ts'
import { authorize, issuerOf } from '../support/oauth-app.ts'
import { startServer } from '../support/server.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

test('oauth4webapi signs somebody in, renews, looks, and gives back', async (t) => {
  const server = await startServer(t)
  const { browser } = await makePageOwner(server)
  const issuer = new URL(issuerOf(server))
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
  const alone = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' })
  assert.equal((await oauth.processDiscoveryResponse(issuer, alone)).token_endpoint, as.token_endpoint)
  const redirect = 'https://notes.example/back'
  for (const method of ['none', 'client_secret_basic'] as const) {
    const registered = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(
        as,
        { client_name: 'Notes', redirect_uris: [redirect], token_endpoint_auth_method: method },
        insecure,
      ),
    )
    const client: oauth.Client = { client_id: registered.client_id }
    const auth = method === 'none' ? oauth.None() : oauth.ClientSecretBasic(String(registered.client_secret))
    const [verifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce(),
    ]
    const address = new URL(as.authorization_endpoint ?? '')
    address.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri: redirect,
      scope: 'openid profile offline_access kinto:default/notes:rw',
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString()
    const back = oauth.validateAuthResponse(as, client, await authorize(browser, { address }), state)
    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(as, client, auth, back, redirect, verifier, insecure),
      { expectedNonce: nonce, requireIdToken: true },
    )
    const subject = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? assert.fail('no subject')
    const told = await oauth.processUserInfoResponse(
      as,
      client,
      subject,
      await oauth.userInfoRequest(as, client, tokens.access_token, insecure),
    )
    assert.equal(told.preferred_username, 'olga')
    const resource = await oauth.protectedResourceRequest(
      tokens.access_token,
      'GET',
      new URL(`${issuer.origin}/v1/buckets/default/collections/notes/records`),
      undefined,
      undefined,
      insecure,
    )
    assert.equal(resource.status, 200)
    const renewed = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', insecure),
    )
    const look = async () =>
      oauth.processIntrospectionResponse(
        as,
        client,
        await oauth.introspectionRequest(as, client, auth, renewed.access_token, insecure),
      )
    assert.equal((await look()).active, true)
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, auth, renewed.refresh_token ?? '', insecure),
    )
    assert.equal((await look()).active, false)
  }
})
