import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { selfSigned } from '../../test/support/certificate.ts'
import { startMailServer, startSilentServer } from '../../test/support/mail-server.ts'
import { smtpServer } from '../lib/mail-options.ts'
import { createSmtpMailer } from './mail.ts'

const from = Object.freeze({ name: 'Nuée', address: 'cloud@example.org' })
const mailerOf = (url: string) =>
  createSmtpMailer({ server: smtpServer.parse(url), from, name: 'cloud.example.org' })
const mail = {
  id: 'abc',
  to: 'ada@example.org',
  subject: 'Your address – votre adresse ✓',
  text: 'Hello,\n\nfollow this:\nhttps://cloud.example.org/mail#verify=a_b-c\n\nIt’s <b>not</b> "HTML" & good for a day.\n',
  language: 'fr',
} as const

test('a mail arrives with its words in both forms, in UTF-8', async (t) => {
  const server = await startMailServer(t)
  const mailer = mailerOf(server.url)
  await mailer.send(mail)
  const [taken] = await server.mailsTo('ada@example.org')
  assert.ok(taken)
  assert.equal(taken.from, 'cloud@example.org')
  assert.equal(taken.subject, mail.subject)
  assert.equal(taken.text.trim(), mail.text.trim())
  assert.equal(taken.headers['message-id'], '<abc@example.org>')
  assert.equal(taken.headers['auto-submitted'], 'auto-generated')
  assert.match(taken.html, /<a href="https:\/\/cloud.example.org\/mail#verify=a_b-c">/)
  assert.match(taken.html, /&lt;b&gt;not&lt;\/b&gt; &quot;HTML&quot; &amp; good/)
  assert.match(taken.html, /<html lang="fr">/)
  assert.doesNotMatch(taken.html, /<(?:img|link|script|style|iframe)|url\(|src=/)
})

test('nothing in a subject or an address makes a header or a recipient', async (t) => {
  const server = await startMailServer(t)
  const mailer = mailerOf(server.url)
  const subject = `Hi\r\nBcc: eve@example.org\r\n\r\nbody\u2028${'x'.repeat(400)}`
  await mailer.send({ ...mail, subject, id: 'a>\r\nX-Evil: 1\r\n<' })
  await assert.rejects(mailer.send({ ...mail, to: 'ada@example.org>\r\nRCPT TO:<eve@example.org' }))
  await mailer.send({ ...mail, to: 'ada@example.org, eve@example.org' }).catch(() => {})
  const recipients = server.mails.flatMap(({ to }) => to)
  assert.ok(!recipients.includes('eve@example.org'), recipients.join())
  const [taken] = server.mails
  assert.ok(taken)
  assert.equal(taken.headers['bcc'], undefined)
  assert.equal(taken.headers['x-evil'], undefined)
  assert.ok(taken.subject.startsWith('Hi Bcc: eve@example.org body'))
  assert.ok(taken.subject.length <= 200)
})

test('what the server says of a recipient is told apart from what it says of us', async (t) => {
  const server = await startMailServer(t)
  const mailer = mailerOf(server.url)
  server.refuse(() => '550 no such user ada@example.org')
  await assert.rejects(mailer.send(mail), { code: 'refused', message: /^RCPT TO .*550$/ })
  server.refuse(() => '452 the box is full')
  await assert.rejects(mailer.send(mail), { code: 'later' })
  await server.stop()
  await assert.rejects(mailer.send(mail), { code: 'unavailable' })
  server.refuse(undefined)
  await server.start()
  await mailer.send(mail)
})

test('a user and password are shown to the server', async (t) => {
  const server = await startMailServer(t, { user: { name: 'cloud', password: 'p@ss word' } })
  await mailerOf(server.url).send(mail)
  assert.equal(server.mails.length, 1)
  await mailerOf(server.url).check()
  assert.equal(server.mails.length, 1, 'a check sends nothing')
  const wrong = mailerOf(server.url.replace('p%40ss', 'guess'))
  await assert.rejects(wrong.send(mail), { code: 'unavailable' })
  await assert.rejects(wrong.check(), { code: 'unavailable', message: /AUTH.* 535/ })
})

test('a check comes in as a mail would, and sends none', async (t) => {
  const server = await startMailServer(t, { user: { name: 'cloud', password: 'p@ss word' } })
  await mailerOf(server.url).check()
  await assert.rejects(mailerOf(server.url.replace('p%40ss', 'guess')).check(), { code: 'unavailable' })
  assert.equal(server.connections(), 2)
  assert.equal(server.mails.length, 0)
  await server.stop()
  await assert.rejects(mailerOf(server.url).check(), { code: 'unavailable' })
})

test('a mail server elsewhere has to prove who it is, from the start or after STARTTLS', async (t) => {
  const good = selfSigned(['mail.example.org', 'localhost'])
  const send = (options: { port: number }, protection: 'tls' | 'starttls', host = 'localhost') =>
    createSmtpMailer({ server: { host, port: options.port, protection }, from, name: 'x.example' }).send(mail)
  const tls = await startMailServer(t, { ...good, secure: true })
  const starttls = await startMailServer(t, good)
  const plain = await startMailServer(t)
  await assert.rejects(send(tls, 'tls'), { code: 'unavailable' }, 'nobody vouches for it')
  await assert.rejects(send(starttls, 'starttls'), { code: 'unavailable' })
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, good.cert])
  t.after(() => setDefaultCACertificates(before))
  await send(tls, 'tls')
  await send(starttls, 'starttls')
  await assert.rejects(send(tls, 'tls', '127.0.0.1'), { code: 'unavailable' }, 'another name')
  await assert.rejects(send(plain, 'starttls'), { code: 'unavailable' }, 'no encryption offered')
  assert.deepEqual(
    [tls, starttls, plain].map(({ mails }) => mails.length),
    [1, 1, 0],
  )
})

test('closing ends what a silent server keeps open', async (t) => {
  const server = await startSilentServer(t)
  const mailer = mailerOf(server.url)
  const sending = mailer.send(mail)
  const refused = assert.rejects(sending, { code: 'unavailable' })
  while (server.connections() === 0) await new Promise((resolve) => setImmediate(resolve))
  mailer.close()
  await refused
  await assert.rejects(mailer.send(mail), { code: 'unavailable' })
})
