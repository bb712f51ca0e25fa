/** When codes and tokens are over, on a server whose clock is set forward. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as client from 'openid-client'
import { makePageOwner } from '../support/browser-session.ts'
import {
  askKinto,
  authorize,
  begin,
  letIn,
  questionOf,
  redeem,
  registerApp,
  visit,
} from '../support/oauth-app.ts'
import { startTimedServer } from '../support/timed-server.ts'

const scope = 'offline_access kinto:default/notes:rw'
const records = '/buckets/default/collections/notes/records'

test('what apps are given ends', async (t) => {
  const server = await startTimedServer(t)
  const { browser } = await makePageOwner(server)
  const app = await registerApp(server)

  await t.test('statement 3: a code dies after a minute', async () => {
    const [early, late] = [await begin(app, scope), await begin(app, scope)]
    const [first, second] = [await authorize(browser, early), await authorize(browser, late)]
    await server.later(50_000)
    assert.ok((await redeem(app, first, early)).access_token)
    await server.later(11_000)
    await assert.rejects(redeem(app, second, late), { error: 'invalid_grant' })
  })

  await t.test('a request that waits dies after half an hour', async () => {
    const question = await questionOf(browser, await visit(browser, (await begin(app, 'openid')).address))
    await server.later(31 * 60_000)
    await browser.refused('GET', `/consent/${question.id}`, undefined, 404, 'absent')
  })

  await t.test(
    'statement 6: tokens end by themselves: after an hour, and thirty days from their last use',
    async () => {
      const tokens = await letIn(browser, app, scope)
      assert.equal((await askKinto(server, tokens.access_token, records)).status, 200)
      await server.later(61 * 60_000)
      assert.equal((await askKinto(server, tokens.access_token, records)).status, 401)
      await server.later(29 * 86_400_000)
      const second = await client.refreshTokenGrant(app.config, tokens.refresh_token ?? '')
      assert.equal((await askKinto(server, second.access_token, records)).status, 200)
      await server.later(31 * 86_400_000)
      await assert.rejects(client.refreshTokenGrant(app.config, second.refresh_token ?? ''), {
        error: 'invalid_grant',
      })
    },
  )
})
