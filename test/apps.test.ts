/** What a person sees and takes back at the pages: every app, device and script in one list. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePageOwner, makePagePerson } from './support/browser-session.ts'
import { startServer } from './support/server.ts'

interface Line {
  id: string
  kind: string
  label: string
  paused: boolean
  allowed: { scope: string; title: string }[]
  uses: number[]
  touched: { space: string | null; name: string }[]
}

test('a person makes tokens for scripts, sees what they do, and takes them back', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const ann = await makePagePerson(server, olga, 'ann')
  const { browser } = ann
  const kinto = async (token: string, method = 'GET', collection = 'notes') => {
    const answer = await fetch(`${server.url}/v1/buckets/default/collections/${collection}/records`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(method === 'GET' ? {} : { body: '{"data":{}}' }),
    })
    await answer.arrayBuffer()
    return answer.status
  }
  const lines = async (): Promise<Line[]> => (await browser.get('/me/apps')).body.apps
  const line = async (id: string) => (await lines()).find((one) => one.id === id)

  await t.test('a token is made by who has just proved who she is, within what there is', async () => {
    const wanted = { name: 'Backup', scopes: ['notes:r', 'kinto:default/plans:rw'] }
    await browser.refused('POST', '/me/tokens', { ...wanted, name: '' }, 400, 'malformed')
    await browser.refused('POST', '/me/tokens', { ...wanted, scopes: 'notes:r' }, 400, 'malformed')
    await browser.refused('POST', '/me/tokens', { ...wanted, scopes: [] }, 400, 'scope-malformed')
    await browser.refused('POST', '/me/tokens', { ...wanted, scopes: ['::'] }, 400, 'scope-malformed')
    await browser.refused('POST', '/me/tokens', { ...wanted, scopes: ['kinto:x'] }, 400, 'scope-unknown')
    await browser.refused('POST', '/me/tokens', { ...wanted, scopes: ['kinto:pick:r'] }, 400, 'scope-open')
    await browser.refused(
      'POST',
      '/me/tokens',
      { ...wanted, scopes: ['kinto:none/x:r'] },
      404,
      'target-absent',
    )
    await browser.refused('POST', '/me/tokens', { ...wanted, days: 0 }, 400, 'malformed')
    const { scopes, ...rest } = (await browser.get('/me/scopes')).body
    assert.deepEqual([scopes, rest.modules], [undefined, true])
    assert.deepEqual(
      rest.doors.map(({ name }: { name: string }) => name),
      ['kinto', 'sync'],
    )
  })

  const { text, grant } = await browser.post('/me/tokens', {
    name: 'Backup',
    scopes: ['notes:r', 'kinto:default/plans:rw'],
    days: 30,
  })

  await t.test('it does what it says and nothing else, and is counted', async () => {
    assert.deepEqual(
      [
        await kinto(text),
        await kinto(text, 'POST'),
        await kinto(text, 'POST', 'plans'),
        await kinto(text, 'GET', 'else'),
      ],
      [200, 403, 201, 403],
    )
    const seen = await line(grant.id)
    assert.deepEqual([seen?.kind, seen?.label, seen?.paused], ['token', 'Backup', false])
    assert.deepEqual(
      seen?.allowed.map(({ scope }) => scope),
      ['kinto:default/plans:rw', 'notes:r'],
    )
    assert.deepEqual(
      seen?.allowed.map(({ title }) => title),
      ['Read and change “plans”', 'Read what is kept under “notes”'],
    )
    assert.deepEqual(seen?.uses, [0, 0, 0, 0, 0, 0, 4])
    assert.deepEqual(new Set(seen?.touched.map(({ name }) => name)), new Set(['notes', 'plans']))
    const { targets } = (await browser.get('/me/scopes/kinto/targets')).body
    assert.deepEqual(targets, [{ target: 'default/plans', title: 'plans' }])
    await browser.refused('GET', '/me/scopes/none/targets', undefined, 404, 'absent')
  })

  await t.test('the sentences why it may have their reasons', async () => {
    const { allowed } = (await browser.get(`/me/apps/${grant.id}/why`)).body
    assert.deepEqual(
      allowed.map(({ scope, holds }: { scope: string; holds: boolean }) => [scope, holds]),
      [
        ['kinto:default/plans:rw', true],
        ['notes:r', true],
      ],
    )
    await olga.browser.refused('GET', `/me/apps/${grant.id}/why`, undefined, 404, 'grant-absent')
  })

  await t.test('it is paused, goes on, and loses one thing; the next request knows', async () => {
    await browser.put(`/me/apps/${grant.id}`, { paused: true })
    assert.deepEqual([await kinto(text), (await line(grant.id))?.paused], [401, true])
    await browser.put(`/me/apps/${grant.id}`, { paused: false })
    assert.equal(await kinto(text), 200)
    await browser.put(`/me/apps/${grant.id}`, { narrow: 'notes:r' })
    assert.deepEqual([await kinto(text), await kinto(text, 'POST', 'plans')], [403, 201])
    await browser.refused('PUT', `/me/apps/${grant.id}`, { narrow: 'notes:r' }, 400, 'scope-unknown')
    for (const [method, path, body] of [
      ['PUT', '', { paused: true }],
      ['PUT', '', { narrow: 'kinto:default/plans:rw' }],
      ['DELETE', '', undefined],
    ] as const)
      await olga.browser.refused(method, `/me/apps/${grant.id}${path}`, body, 404, 'grant-absent')
  })

  await t.test('it is taken back, alone or with others', async () => {
    const make = async (name: string) => browser.post('/me/tokens', { name, scopes: ['notes:rw'] })
    const [one, other, third] = [await make('one'), await make('other'), await make('third')]
    const phone = await browser.post('/me/app-passwords', { door: 'kinto', label: 'Phone' })
    assert.equal((await lines()).length, 5)
    await browser.delete(`/me/apps/${grant.id}`)
    assert.equal(await kinto(text), 401)
    assert.deepEqual(await olga.browser.post('/me/apps/end', { ids: [one.grant.id] }), { ended: 0 })
    assert.equal(await kinto(one.text), 200)
    const ids = [one.grant.id, other.grant.id, phone.grant.id]
    assert.deepEqual(await browser.post('/me/apps/end', { ids }), { ended: 3 })
    assert.deepEqual(
      [await kinto(one.text), await kinto(other.text), await kinto(third.text)],
      [401, 401, 200],
    )
    assert.deepEqual(await browser.post('/me/apps/end', { which: 'unused' }), { ended: 0 })
    await browser.refused('POST', '/me/apps/end', { which: 'all' }, 400, 'malformed')
    await browser.refused('POST', '/me/apps/end', { ids: [1] }, 400, 'malformed')
    assert.deepEqual(
      (await lines()).map(({ label }) => label),
      ['third'],
    )
    const acts = (await browser.get('/me/log')).body.entries.map(({ act }: { act: string }) => act)
    for (const act of [
      'token-added',
      'token-suspended',
      'token-resumed',
      'token-narrowed',
      'token-removed',
      'app-password-removed',
    ])
      assert.ok(acts.includes(act), act)
  })
})
