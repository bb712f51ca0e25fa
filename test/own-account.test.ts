/** What a person does with her own account at the pages: keys, profile, app passwords, another login, leaving. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  makePageOwner,
  makePagePerson,
  newAuth,
  openBrowser,
  signInElsewhere,
} from './support/browser-session.ts'
import { basic } from './support/people.ts'
import { startServer } from './support/server.ts'

const bytes = (length: number, fill: number) => Buffer.alloc(length, fill).toString('base64url')

const bundle = (account: string, revision: number, more: object = {}) => ({
  v: 1,
  account,
  revision,
  epoch: 1,
  identity: bytes(32, 1),
  slots: [{ id: 'a', kind: 'password' }],
  keyring: { n: 'n', c: 'c' },
  signature: bytes(64, 2),
  ...more,
})

const png = (size: number) => {
  const picture = Buffer.alloc(size, 7)
  picture.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return picture
}

const cookie = (cookies: Map<string, string>) => [...cookies].map((pair) => pair.join('=')).join('; ')

test('a person runs her own account', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const ann = await makePagePerson(server, olga, 'ann')
  const { browser } = ann

  await t.test('her keys are replaced by who knows the stored ones, and begun afresh', async () => {
    assert.deepEqual((await browser.get('/me/keys')).body, { bundle: null, tag: null })
    await browser.refused('PUT', '/me/keys', {}, 400, 'malformed')
    const other = { bundle: bundle(olga.id, 1), expected: null }
    const told = await browser.refused('PUT', '/me/keys', other, 400, 'keys-malformed')
    assert.equal(told.member, 'account')
    const { tag } = await browser.put('/me/keys', { bundle: bundle(ann.id, 1), expected: null })
    assert.deepEqual((await browser.get('/me/keys')).body, { bundle: bundle(ann.id, 1), tag })
    const late = { bundle: bundle(ann.id, 2), expected: null }
    await browser.refused('PUT', '/me/keys', late, 409, 'keys-changed')
    const large = { bundle: bundle(ann.id, 2, { keyring: { c: 'x'.repeat(270_000) } }), expected: tag }
    await browser.refused('PUT', '/me/keys', large, 413, 'too-large')

    const fresh = { bundle: bundle(ann.id, 1, { identity: bytes(32, 9) }), expected: tag }
    await browser.post('/me/keys/afresh', fresh)
    const { sealed } = (await browser.get('/me/keys/sealed')).body
    assert.deepEqual([sealed.length, sealed[0].bundle], [1, bundle(ann.id, 1)])
    await browser.delete(`/me/keys/sealed/${sealed[0].id}`)
    await browser.refused('DELETE', `/me/keys/sealed/${sealed[0].id}`, undefined, 404, 'keys-absent')
    const { me } = (await browser.get('/state')).body
    assert.deepEqual([me.keys.epoch, me.keys.revision], [1, 1])
  })

  await t.test('her picture is shown to everybody, and can do nothing', async () => {
    await browser.put('/me/profile', { name: 'Ann Öst' })
    await browser.refused('PUT', '/me/profile', { name: 'x'.repeat(101) }, 400, 'name-malformed')
    const put = async (body: Uint8Array<ArrayBuffer>, type: string) => {
      const headers = {
        'Content-Type': type,
        Cookie: cookie(browser.cookies),
        'Sec-Fetch-Site': 'same-origin',
      }
      const answer = await fetch(`${server.url}/api/me/avatar`, { method: 'PUT', headers, body })
      return { status: answer.status, body: (await answer.json()) as { error?: string; avatar?: string } }
    }
    const html = new TextEncoder().encode('<script>alert(1)</script>')
    assert.deepEqual(await put(html, 'image/png'), { status: 400, body: { error: 'not-a-picture' } })
    assert.equal((await put(new Uint8Array(300_000), 'image/png')).status, 413)
    const { body } = await put(new Uint8Array(png(100_000)), 'image/jpeg')
    const me = (await browser.get('/me')).body
    assert.deepEqual([me.name, me.avatar], ['Ann Öst', body.avatar])

    const shown = await fetch(server.url + body.avatar!)
    assert.deepEqual(Buffer.from(await shown.arrayBuffer()), png(100_000))
    assert.equal(shown.headers.get('content-type'), 'image/png')
    assert.equal(shown.headers.get('content-security-policy'), "sandbox; default-src 'none'")
    assert.equal(shown.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(shown.headers.get('cross-origin-resource-policy'), 'cross-origin')
    const etag = shown.headers.get('etag') ?? ''
    const again = await fetch(server.url + body.avatar!, { headers: { 'If-None-Match': etag } })
    assert.equal(again.status, 304)
    await browser.delete('/me/avatar')
    for (const path of [body.avatar!, '/avatar/x', '/avatar/'])
      assert.ok([400, 404].includes((await fetch(server.url + path)).status), path)
  })

  await t.test('an app password opens one door until it is paused or taken back', async (t) => {
    const wanted = { door: 'kinto', label: 'Notes on the telephone', days: 30 }
    await browser.refused('POST', '/me/app-passwords', { ...wanted, door: 'pages' }, 400, 'malformed')
    await browser.refused('POST', '/me/app-passwords', { ...wanted, days: 0 }, 400, 'malformed')
    const { text, grant } = await browser.post('/me/app-passwords', wanted)
    const ask = async (login: string) => {
      const headers = { Authorization: basic(login, text) }
      return (await fetch(`${server.url}/v1/buckets/default/collections/c/records`, { headers })).status
    }
    assert.equal(await ask('ann'), 200)
    await browser.put(`/me/grants/${grant.id}`, { suspended: true })
    assert.equal(await ask('ann'), 401)
    await browser.put(`/me/grants/${grant.id}`, { suspended: false })
    assert.equal(await ask('ann'), 200)
    await olga.browser.refused('DELETE', `/me/grants/${grant.id}`, undefined, 404, 'grant-absent')
    const { appPasswords, doors } = (await browser.get('/me/security')).body
    assert.deepEqual([appPasswords.length, appPasswords[0].label], [1, wanted.label])
    assert.deepEqual(
      doors.map(({ name }: { name: string }) => name),
      ['kinto'],
    )

    await t.test('and follows her to another login', async () => {
      const { parameters } = await browser.post('/me/password/begin')
      await browser.refused('POST', '/me/rename', { login: 'anna' }, 409, 'password-needed')
      const password = { parameters, auth: newAuth() }
      await browser.refused('POST', '/me/rename', { login: 'olga', password }, 409, 'login-taken')
      assert.deepEqual(await browser.post('/me/rename', { login: 'anna', password }), { login: 'anna' })
      assert.equal(await ask('ann'), 401)
      assert.equal(await ask('anna'), 200)
      const elsewhere = openBrowser(server)
      await elsewhere.refused('POST', '/sign-in/password', { login: 'ann', auth: ann.auth }, 401, 'wrong')
      await elsewhere.refused('POST', '/sign-in/password', { login: 'anna', auth: ann.auth }, 401, 'wrong')
      await elsewhere.post('/sign-in/password', { login: 'anna', auth: password.auth })
      await browser.post('/me/rename', { login: 'ann', password: { parameters, auth: ann.auth } })
    })

    await browser.delete(`/me/grants/${grant.id}`)
    assert.equal(await ask('ann'), 401)
    const acts = (await browser.get('/me/log')).body.entries.map(({ act }: { act: string }) => act)
    for (const act of ['renamed', 'keys-afresh'].concat(
      ['added', 'suspended', 'resumed', 'removed'].map((what) => `app-password-${what}`),
    ))
      assert.ok(acts.includes(act), act)
  })

  await t.test('she is told what the operator sees, and what not', async () => {
    const { sights } = (await browser.get('/me/operator-sees')).body as {
      sights: { code: string; value: unknown; seen: boolean }[]
    }
    const value = (code: string) => sights.find((one) => one.code === code)?.value
    assert.equal(value('login'), 'ann')
    assert.equal(value('networks'), '127.0.0.0/24')
    assert.match(String(value('browsers')), /Firefox/)
    assert.equal(value('key-slots'), 1)
    assert.equal(sights.filter(({ code }) => code === 'door').length, 5)
    assert.ok(sights.some(({ code, seen }) => code === 'keys' && !seen))
  })

  await t.test('who deletes her account may only look, download and change her mind', async () => {
    const other = await signInElsewhere(server, ann)
    const { ends } = await browser.post('/me/delete')
    assert.ok(ends > Date.now())
    await other.refused('GET', '/me', undefined, 401, 'signed-out')
    await browser.refused('GET', '/me/keys', undefined, 401, 'signed-out')
    await browser.refused('GET', '/me/security', undefined, 401, 'signed-out')
    const me = (await browser.get('/me')).body
    assert.deepEqual([me.state, me.ends], ['leaving', ends])
    assert.equal((await browser.get('/me/data')).status, 200)
    const { body, headers, status } = await browser.get('/me/export')
    assert.equal(status, 200)
    assert.match(
      headers.get('content-disposition') ?? '',
      /^attachment; filename="essaim-ann-[\d-]+\.jsonl"$/,
    )
    const lines = String(body).trimEnd().split('\n')
    assert.equal(JSON.parse(lines[0]!).essaim, 'export')
    assert.deepEqual(JSON.parse(lines.at(-1)!), { kind: 'end', lines: lines.length - 1 })

    const again = await signInElsewhere(server, ann)
    assert.equal((await again.get('/me')).body.state, 'leaving')
    await again.post('/me/keep')
    assert.equal((await again.get('/me')).body.state, 'active')
    await again.refused('POST', '/me/keep', {}, 409, 'not-leaving')
    assert.equal((await again.get('/me/keys')).status, 200)
    await olga.browser.refused('POST', '/me/delete', {}, 409, 'owner-stays')
  })
})
