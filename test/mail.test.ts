/** Mails of the whole server, through a real mail server: addresses, signing in by a link, notices, and the outbox. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import pg from 'pg'
import {
  type BrowserSession,
  makePageOwner,
  makePagePerson,
  openBrowser,
  type PagePerson,
  signInElsewhere,
} from './support/browser-session.ts'
import {
  linksIn,
  type MailServer,
  startMailServer,
  startSilentServer,
  type TakenMail,
} from './support/mail-server.ts'
import { freshDatabase } from './support/postgres.ts'
import { startServer, type TestServer } from './support/server.ts'
import { startTimedServer } from './support/timed-server.ts'

const minute = 60_000

const withMail = (url: string) => ({ ESSAIM_SMTP_URL: url, ESSAIM_MAIL_FROM: 'Nuée <cloud@example.org>' })

/** Adds an address and follows the link. */
async function verify(mails: MailServer, person: PagePerson, address: string): Promise<TakenMail> {
  await person.browser.post('/me/addresses', { address })
  const mail = (await mails.mailsTo(address)).at(-1)!
  const token = linksIn(mail)['verify']
  assert.deepEqual(await person.browser.post('/address/verify', { token }), { address })
  return mail
}

async function scene(t: TestContext): Promise<{ mails: MailServer; server: TestServer; olga: PagePerson }> {
  const mails = await startMailServer(t)
  const server = await startServer(t, withMail(mails.url))
  return { mails, server, olga: await makePageOwner(server) }
}

test('an address is proved by a mail, in the language of the page, and belongs to one account', async (t) => {
  const { mails, server, olga } = await scene(t)
  assert.equal((await olga.browser.get('/state')).body.mail, true)
  const mail = await verify(mails, olga, 'olga@example.org')
  assert.equal(mail.from, 'cloud@example.org')
  assert.match(mail.text, /“olga”/)
  assert.equal((await olga.browser.get('/me')).body.ways.addresses, 1)
  const eve = await makePagePerson(server, olga, 'eve')
  await eve.browser.refused('POST', '/me/addresses', { address: 'Olga@EXAMPLE.org' }, 429, 'mail-throttled')
  await eve.browser.refused('POST', '/me/addresses', { address: 'olga@localhost' }, 400, 'address-malformed')
  const { address } = await eve.browser.post('/me/addresses', { address: 'eve@bücher.example' })
  assert.equal(address.address, 'eve@xn--bcher-kva.example')
  assert.equal((await eve.browser.get('/me')).body.ways.addresses, 0, 'not before it is proved')
  const { addresses } = (await olga.browser.get('/me/security')).body
  await eve.browser.refused('DELETE', `/me/addresses/${addresses[0].id}`, undefined, 404, 'address-absent')
  await olga.browser.delete(`/me/addresses/${addresses[0].id}`)
  const [, removed] = await mails.mailsTo('olga@example.org', 2)
  assert.match(removed!.subject, /E-mail address removed/)
  const again = linksIn(mail)['verify']
  await olga.browser.refused('POST', '/address/verify', { token: again }, 410, 'link-void')
})

test('French people get French mails', async (t) => {
  const { mails, olga } = await scene(t)
  await olga.browser.put('/me/language', { language: 'fr' })
  const mail = await verify(mails, olga, 'olga@example.org')
  assert.equal(mail.subject, 'Est-ce votre adresse ? – Essaim')
  assert.match(mail.text, /« olga »/)
  assert.match(mail.html, /lang="fr"/)
})

test('a link signs in once, as no fresh proof: it changes no way in', async (t) => {
  const { mails, server, olga } = await scene(t)
  await verify(mails, olga, 'olga@example.org')
  const stranger = openBrowser(server)
  assert.deepEqual(await stranger.post('/sign-in/mail', { address: 'olga@example.org' }), {})
  assert.deepEqual(await stranger.post('/sign-in/mail', { address: 'nobody@example.org' }), {})
  await olga.browser.put('/me/mail-sign-in', { on: true })
  await mails.mailsTo('olga@example.org', 2)
  assert.deepEqual(await stranger.post('/sign-in/mail', { address: 'OLGA@example.org' }), {})
  const mail = (await mails.mailsTo('olga@example.org', 3))[2]!
  const token = linksIn(mail)['sign-in']
  assert.ok(token, mail.text)
  const { me } = await stranger.post('/sign-in/mail/finish', { token })
  assert.deepEqual([me.login, me.method, me.freshUntil], ['olga', 'mail', 0])
  await openBrowser(server).refused('POST', '/sign-in/mail/finish', { token }, 410, 'link-void')
  for (const [method, path, body] of [
    ['PUT', '/me/mail-sign-in', { on: false }],
    ['POST', '/me/addresses', { address: 'other@example.org' }],
    ['POST', '/me/password/begin', {}],
    ['DELETE', '/me/password', undefined],
    ['POST', '/pair/look', { rendezvous: 'x' }],
  ] as const)
    await stranger.refused(method, path, body, 403, 'not-fresh')
  const told = (await mails.mailsTo('olga@example.org', 4))[3]!
  assert.match(told.subject, /New sign-in/)
  assert.match(told.text, /by a link in a mail with Firefox · Linux from 127\.0\.0\.0\/24/)
})

test('what happens to an account is told at once to all its addresses', async (t) => {
  const { mails, server, olga } = await scene(t)
  const ada = await makePagePerson(server, olga, 'ada')
  await verify(mails, ada, 'ada@example.org')
  await verify(mails, ada, 'ada2@example.org')
  const before = (await mails.mailsTo('ada@example.org')).length
  await signInElsewhere(server, ada)
  await olga.browser.post(`/admin/people/${ada.id}/suspend`)
  await olga.browser.post(`/admin/people/${ada.id}/resume`)
  for (const to of ['ada@example.org', 'ada2@example.org']) {
    const wanted = /New sign-in|suspended|open again/
    while ((await mails.mailsTo(to)).filter(({ subject }) => wanted.test(subject)).length < 3)
      await mails.mailsTo(to, (await mails.mailsTo(to)).length + 1)
  }
  assert.ok((await mails.mailsTo('ada@example.org')).length > before)
  for (const { raw } of mails.mails)
    for (const secret of [ada.auth, ada.wordsAuth, ...ada.browser.cookies.values()])
      assert.ok(!raw.includes(secret))
})

test('without a mail server all else works, and the pages are told', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  assert.equal((await olga.browser.get('/state')).body.mail, false)
  await olga.browser.refused('POST', '/me/addresses', { address: 'olga@example.org' }, 409, 'mail-off')
  const stranger = openBrowser(server)
  assert.deepEqual(await stranger.post('/recovery/mail', { address: 'olga@example.org' }), {})
  assert.deepEqual(await stranger.post('/sign-in/mail', { address: 'olga@example.org' }), {})
})

test('a mail server that is silent holds up nobody, and none of the mails is lost when it is killed in between', async (t) => {
  const silent = await startSilentServer(t)
  const server = await startTimedServer(t, withMail(silent.url))
  const olga = await makePageOwner(server)
  await olga.browser.post('/me/addresses', { address: 'olga@example.org' })
  while (silent.connections() === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  for (let i = 0; i < 3; i++) await olga.browser.post('/me/addresses', { address: `olga${i}@example.org` })
  assert.equal((await olga.browser.get('/me/security')).body.addresses.length, 4)
  await server.kill()
  for (const file of readdirSync(server.data).filter((name) => name.startsWith('essaim.db')))
    assert.ok(!readFileSync(join(server.data, file)).includes('mail#verify'), 'mails wait sealed')
  const mails = await startMailServer(t)
  await server.later(6 * minute, withMail(mails.url))
  for (const to of ['olga', 'olga0', 'olga1', 'olga2']) {
    const taken = await mails.mailsTo(`${to}@example.org`)
    assert.equal(taken.length, 1, 'once')
  }
})

test('two processes on one database send each mail once', async (t) => {
  const store = await freshDatabase()
  const silent = await startSilentServer(t)
  const first = await startTimedServer(t, { ESSAIM_STORE: store, ...withMail(silent.url) })
  const olga = await makePageOwner(first)
  const people = [olga]
  for (const login of ['ada', 'bob', 'eve']) people.push(await makePagePerson(first, olga, login))
  const addresses = people.flatMap(({ login }) => [1, 2, 3, 4, 5].map((n) => `${login}${n}@example.org`))
  for (const [i, address] of addresses.entries())
    await people[Math.floor(i / 5)]!.browser.post('/me/addresses', { address })
  await first.kill()
  const mails = await startMailServer(t)
  const shared = {
    ESSAIM_STORE: store,
    ESSAIM_SECRET_FILE: join(first.data, 'secret'),
    ...withMail(mails.url),
  }
  const ahead = 6 * minute
  await Promise.all([first.later(ahead, shared), startTimedServer(t, { ...shared }, ahead)])
  for (const address of addresses) await mails.mailsTo(address)
  assert.equal(mails.mails.length, addresses.length)
  const database = new pg.Client({ connectionString: store })
  await database.connect()
  t.after(() => database.end())
  // The last of them may still be about to be taken out.
  for (;;) {
    const { rows } = await database.query('SELECT count(*)::int AS n FROM outgoing_mail')
    if (rows[0].n === 0) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.equal(mails.mails.length, addresses.length)
})

test('a mail server that was down gets what waited; a refused recipient is given up and noted', async (t) => {
  const mails = await startMailServer(t)
  const server = await startTimedServer(t, withMail(mails.url))
  const olga = await makePageOwner(server)
  await mails.stop()
  await olga.browser.post('/me/addresses', { address: 'olga@example.org' })
  const waits = /the mail server does not take mails/
  while (!waits.test(server.output())) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.ok(!server.output().includes('olga@example.org'), 'no address in the log')
  await mails.start()
  await server.later(5 * minute)
  assert.equal((await mails.mailsTo('olga@example.org')).length, 1)
  mails.refuse((address) => (address === 'gone@example.org' ? '550 5.1.1 no such user' : undefined))
  const browser: BrowserSession = await signInElsewhere(server, olga)
  await browser.post('/me/addresses', { address: 'gone@example.org' })
  const entries = async () =>
    (await browser.get('/me/log')).body.entries.map(({ act }: { act: string }) => act)
  while (!(await entries()).includes('mail-given-up')) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.match(server.output(), /RCPT TO EENVELOPE 550/)
  assert.ok(!server.output().includes('gone@example.org'))
})

test('asking by mail answers everybody alike, and is bounded', async (t) => {
  const { server, olga, mails } = await scene(t)
  await verify(mails, olga, 'olga@example.org')
  for (const path of ['/sign-in/mail', '/recovery/mail']) {
    const answers = await Promise.all(
      ['olga@example.org', 'nobody@example.org', 'not an address'].map(async (address) => {
        const { status, body, headers } = await openBrowser(server).ask('POST', path, { address })
        return [status, body, headers.get('set-cookie')]
      }),
    )
    for (const one of answers) assert.deepEqual(one, [200, {}, null], path)
  }
  const [, asked] = await mails.mailsTo('olga@example.org', 2)
  assert.match(asked!.subject, /Recover your account/)
  for (const path of ['/sign-in/mail', '/recovery/mail'])
    await openBrowser(server).refused('POST', path, { address: 'x'.repeat(400) }, 400, 'malformed')
})
