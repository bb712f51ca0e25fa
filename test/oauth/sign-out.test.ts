/** Signing out for an app (OpenID Connect RP-Initiated Logout 1.0), and what signing out here means for apps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as client from 'openid-client'
import { type BrowserSession, makePageOwner, signInElsewhere } from '../support/browser-session.ts'
import { askKinto, begin, issuerOf, letIn, registerApp, visit } from '../support/oauth-app.ts'
import { startServer } from '../support/server.ts'

/** She presses a button of the page that asks. */
async function press(browser: BrowserSession, page: string, button: 'out' | 'stay') {
  const [, action = ''] = /action="([^"]+)"/.exec(page) ?? []
  const [, secret = ''] = /name="xsrf" value="([^"]+)"/.exec(page) ?? []
  const { pathname } = new URL(action)
  const answer = await fetch(`${new URL(action).origin}${pathname}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; ') },
    body: new URLSearchParams({ xsrf: secret, ...(button === 'out' ? { logout: 'yes' } : {}) }),
  })
  for (const line of answer.headers.getSetCookie()) {
    const [, name = ''] = /^([^=]+)=/.exec(line) ?? []
    if (/Max-Age=0/.test(line)) browser.cookies.delete(name)
  }
  return { status: answer.status, location: answer.headers.get('location') ?? '' }
}

test('an app may ask that its person be signed out', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const app = await registerApp(server, { post_logout_redirect_uris: ['https://notes.example/bye'] })
  const tokens = await letIn(olga.browser, app, 'openid offline_access kinto:default/notes:r')
  const addressOf = (more: Record<string, string> = {}) =>
    client.buildEndSessionUrl(app.config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'https://notes.example/bye',
      state: 'a b&c',
      ...more,
    })

  await t.test('she is asked, and may stay', async () => {
    const someone = await signInElsewhere(server, olga)
    const asked = await visit(someone, addressOf())
    assert.equal(asked.status, 200)
    assert.match(asked.body, /<h1>Sign out\?<\/h1>/)
    const policy = asked.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /frame-ancestors 'none'/)
    const back = await press(someone, asked.body, 'stay')
    assert.equal(back.location, 'https://notes.example/bye?state=a+b%26c')
    assert.equal((await someone.get('/me')).status, 200)
  })

  await t.test('and then is signed out of our pages too, while what she allowed goes on', async () => {
    const someone = await signInElsewhere(server, olga)
    const asked = await visit(someone, addressOf())
    const kept = new Map(someone.cookies)
    const back = await press(someone, asked.body, 'out')
    assert.equal(back.location, 'https://notes.example/bye?state=a+b%26c')
    for (const [name, value] of kept) someone.cookies.set(name, value)
    assert.equal((await someone.get('/me')).status, 401)
    assert.equal(
      (await askKinto(server, tokens.access_token, '/buckets/default/collections/notes/records')).status,
      200,
    )
    const silent = await visit(someone, (await begin(app, 'openid', { prompt: 'none' })).address)
    assert.equal(new URL(silent.location).searchParams.get('error'), 'login_required')
  })

  await t.test(
    'nobody is sent where the app has not said, and no other page presses the button',
    async () => {
      const someone = await signInElsewhere(server, olga)
      const wrong = await visit(someone, addressOf({ post_logout_redirect_uri: 'https://evil.example/' }))
      assert.deepEqual([wrong.status, wrong.location], [400, ''])
      await visit(someone, addressOf())
      const forged = await press(
        someone,
        `action="${issuerOf(server)}/oauth/logout/confirm" name="xsrf" value="x"`,
        'out',
      )
      assert.equal(forged.status, 400)
      assert.equal((await someone.get('/me')).status, 200)
    },
  )

  await t.test('the page speaks the language of the browser', async () => {
    const someone = await signInElsewhere(server, olga, { 'Accept-Language': 'fr-FR,fr;q=0.9' })
    const asked = await visit(someone, addressOf())
    assert.match(asked.body, /<html lang="fr">/)
    assert.match(asked.body, /Se déconnecter/)
  })
})
