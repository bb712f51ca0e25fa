/** Administration at the pages, against the real server: who may do what with whom, and what stays hidden from her. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  makePageOwner,
  makePagePerson,
  openBrowser,
  newAuth,
  type PagePerson,
  signInElsewhere,
} from './support/browser-session.ts'
import { startServer } from './support/server.ts'

test('an administrator runs the server by its pages', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const ada = await makePagePerson(server, olga, 'ada', 'administrator')
  const alice = await makePagePerson(server, olga, 'alice')
  const at = (person: PagePerson) => `/admin/people/${person.id}`

  await t.test('she finds people, and sees sizes and times', async () => {
    const { people } = (await ada.browser.get('/admin/people?query=AL')).body
    assert.deepEqual(
      people.map((one: { login: string }) => one.login),
      ['alice'],
    )
    const [one] = people
    assert.deepEqual(
      [one.role, one.state, one.invitedBy, one.ends, one.quota.most],
      ['person', 'active', 'olga', null, 5 * 1024 ** 3],
    )
    assert.ok(one.signedIn >= one.created)
    assert.equal((await ada.browser.get(at(alice))).body.person.sessions, 1)
  })

  await t.test('she suspends, which ends every session at once, and lets on', async () => {
    const elsewhere = await signInElsewhere(server, alice)
    assert.equal((await ada.browser.post(`${at(alice)}/suspend`)).person.state, 'suspended')
    for (const browser of [alice.browser, elsewhere])
      await browser.refused('GET', '/me', undefined, 401, 'signed-out')
    const { login, auth } = alice
    await elsewhere.refused('POST', '/sign-in/password', { login, auth }, 401, 'wrong')
    assert.equal((await ada.browser.post(`${at(alice)}/resume`)).person.state, 'active')
    await alice.browser.refused('GET', '/me', undefined, 401, 'signed-out')
    await alice.browser.post('/sign-in/password', { login, auth })
  })

  await t.test('she sets quotas and roles below her own', async () => {
    const { person } = await ada.browser.put(`${at(alice)}/quota`, { bytes: 1_000_000 })
    assert.equal(person.quota.most, 1_000_000)
    assert.equal((await ada.browser.put(`${at(alice)}/quota`, { bytes: null })).person.quota.most, null)
    for (const bytes of [-1, 1.5, '5', 2 ** 60])
      await ada.browser.refused('PUT', `${at(alice)}/quota`, { bytes }, 400, 'malformed')
    assert.equal((await ada.browser.put(`${at(alice)}/role`, { role: 'inviter' })).person.role, 'inviter')
    for (const [person, role] of [
      [alice, 'administrator'],
      [ada, 'person'],
    ] as const)
      await ada.browser.refused('PUT', `${at(person)}/role`, { role }, 403, 'forbidden')
    await ada.browser.refused('PUT', `${at(olga)}/role`, { role: 'person' }, 409, 'owner-stays')
    await ada.browser.refused('PUT', `${at(alice)}/role`, { role: 'owner' }, 400, 'malformed')
    await olga.browser.put(`${at(alice)}/role`, { role: 'person' })
  })

  await t.test('she deletes an account and takes it back, and the owner’s stays', async () => {
    const { person } = await ada.browser.post(`${at(alice)}/delete`)
    assert.equal(person.state, 'leaving')
    assert.ok(person.ends > Date.now())
    const waiting = await alice.browser.post('/sign-in/password', { login: 'alice', auth: alice.auth })
    assert.equal(waiting.me.state, 'leaving')
    assert.equal((await ada.browser.post(`${at(alice)}/keep`)).person.state, 'active')
    await ada.browser.refused('POST', `${at(olga)}/delete`, {}, 409, 'owner-stays')
    await ada.browser.refused('POST', `${at(alice)}/keep`, {}, 409, 'not-leaving')
  })

  await t.test(
    'she sets how people come, and each who asks waits until she is approved or refused',
    async () => {
      await ada.browser.put('/admin/settings', { registration: 'approval', serverName: 'The hive' })
      await ada.browser.refused('PUT', '/admin/settings', { registration: 'all' }, 400, 'malformed')
      await ada.browser.refused('PUT', '/admin/settings', { graceDays: 500 }, 400, 'setting-malformed')
      const state = (await openBrowser(server).get('/state')).body
      assert.deepEqual([state.registration, state.serverName], ['approval', 'The hive'])
      const ask = async (login: string) => {
        const browser = openBrowser(server)
        const { ticket, parameters } = await browser.post('/sign-up/begin', { login })
        const auth = newAuth()
        const way = { kind: 'password', parameters, auth }
        assert.deepEqual(await browser.post('/sign-up', { ticket, way, language: 'en' }), { waiting: true })
        return { browser, login, auth }
      }
      const bob = await ask('bob')
      await ask('mallory')
      const { people } = (await ada.browser.get('/admin/people?state=waiting')).body
      const idOf = (login: string) => people.find((one: { login: string }) => one.login === login).id
      await ada.browser.post(`/admin/people/${idOf('bob')}/approve`)
      await ada.browser.post(`/admin/people/${idOf('mallory')}/refuse`)
      const { me } = await bob.browser.post('/sign-in/password', { login: 'bob', auth: bob.auth })
      assert.equal(me.state, 'active')
      assert.deepEqual((await ada.browser.get('/admin/people?state=waiting')).body.people, [])
      assert.equal((await ada.browser.ask('GET', `/admin/people/${idOf('mallory')}`)).status, 404)
    },
  )

  await t.test('she sees the server, and no secret of it', async () => {
    const seen = (await ada.browser.get('/admin/server')).body
    assert.deepEqual([seen.store, seen.bus, seen.unsafeTest], ['sqlite', 'local', false])
    assert.ok(seen.totals.people >= 4)
    const option = (env: string) => seen.options.find((one: { env: string }) => one.env === env)
    assert.equal(option('ESSAIM_LISTEN')?.given, true)
    assert.deepEqual(option('ESSAIM_METRICS_TOKEN'), {
      env: 'ESSAIM_METRICS_TOKEN',
      value: '',
      given: false,
      secret: true,
    })
    assert.ok(seen.doors.some((door: { name: string }) => door.name === 'kinto'))
  })

  await t.test(
    'everything that she did is in the log, which the people concerned read of themselves',
    async () => {
      const { entries } = (await olga.browser.get('/admin/log')).body
      const acts = new Set(
        entries
          .filter((one: { actor: string }) => one.actor === 'ada')
          .map((one: { act: string }) => one.act),
      )
      const done = [
        'suspended',
        'resumed',
        'quota-set',
        'role-given',
        'leaving',
        'kept',
        'approved',
        'refused',
      ]
      for (const act of [...done, 'settings-changed']) assert.ok(acts.has(act), act)
      const hers = (await alice.browser.get('/me/log')).body.entries
      assert.ok(
        hers.some((one: { act: string; actor: string }) => one.act === 'suspended' && one.actor === 'ada'),
      )
      assert.equal(JSON.stringify(entries).includes('signed-in'), false)
    },
  )

  await t.test('nobody else reaches any of it, and no act goes without a fresh proof', async () => {
    const { body } = await olga.browser.get('/admin/people')
    assert.ok(body.people.length > 0)
    const reads = ['/admin/people', at(alice), '/admin/settings', '/admin/server', '/admin/log']
    const acts = ['approve', 'refuse', 'suspend', 'resume', 'delete', 'keep']
    for (const path of reads) {
      await alice.browser.refused('GET', path, undefined, 403, 'forbidden')
      await openBrowser(server).refused('GET', path, undefined, 401, 'signed-out')
    }
    for (const act of acts) await alice.browser.refused('POST', `${at(ada)}/${act}`, {}, 403, 'forbidden')
    await alice.browser.refused('PUT', '/admin/settings', { registration: 'open' }, 403, 'forbidden')
  })
})
