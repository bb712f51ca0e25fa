/** Two processes on one database, without a bus: an app meets now this one, now the other. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { makePageOwner } from '../support/browser-session.ts'
import { askKinto, askToken, authorize, begin, issuerOf, letIn, registerApp } from '../support/oauth-app.ts'
import { freshDatabase } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

const notes = 'kinto:default/notes:rw'
const records = '/buckets/default/collections/notes/records'

test('two processes let apps in together', async (t) => {
  const ESSAIM_STORE = await freshDatabase()
  const one = await startServer(t, { ESSAIM_STORE })
  const other = await startServer(t, {
    ESSAIM_STORE,
    // They are one server to the world.
    ESSAIM_PUBLIC_URL: issuerOf(one),
    ESSAIM_SECRET_FILE: join(one.data, 'secret'),
  })
  const { browser } = await makePageOwner(one)
  const app = await registerApp(one)

  await t.test('with the same keys', async () => {
    const keysOf = async (url: string) =>
      (await fetch(`${url}/oauth/jwks`)).json() as Promise<{ keys: { kid: string }[] }>
    const [here, there] = await Promise.all([keysOf(one.url), keysOf(other.url)])
    assert.deepEqual(here.keys.map(({ kid }) => kid).toSorted(), there.keys.map(({ kid }) => kid).toSorted())
  })

  await t.test('a code of one is good at the other, once', async () => {
    const codes = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const begun = await begin(app, `offline_access ${notes}`)
        const back = await authorize(browser, begun)
        return { verifier: begun.verifier, code: back.searchParams.get('code') ?? '' }
      }),
    )
    for (const { code, verifier } of codes) {
      const form = {
        grant_type: 'authorization_code',
        client_id: app.id,
        code,
        redirect_uri: app.redirect,
        code_verifier: verifier,
      }
      const answers = await Promise.all([one, other, one, other].map((server) => askToken(server, form)))
      const given = answers.filter(({ status }) => status === 200)
      assert.ok(given.length <= 1, JSON.stringify(answers))
      for (const { body } of given)
        for (const server of [one, other])
          assert.equal((await askKinto(server, body.access_token, records)).status, 401)
    }
  })

  await t.test('a refresh token that both are shown is used once', async () => {
    const { access_token: access, refresh_token: token = '' } = await letIn(
      browser,
      app,
      `offline_access ${notes}`,
    )
    for (const server of [one, other]) assert.equal((await askKinto(server, access, records)).status, 200)
    const form = { grant_type: 'refresh_token', client_id: app.id, refresh_token: token }
    const answers = await Promise.all([other, one, other, one].map((server) => askToken(server, form)))
    assert.ok(answers.filter(({ status }) => status === 200).length <= 1)
    for (const server of [one, other]) assert.equal((await askKinto(server, access, records)).status, 401)
  })

  await t.test('what a person takes back at one is refused by the other with the next request', async () => {
    const { access_token: access } = await letIn(browser, app, notes)
    assert.equal((await askKinto(other, access, records)).status, 200)
    const { apps } = (await browser.get('/me/apps')).body
    await browser.delete(`/me/apps/${apps[0].id}`)
    assert.equal((await askKinto(other, access, records)).status, 401)
  })
})
