/**
 * Everything that the server ever gives out or is given, once: then its database, its files and its whole log are
 * searched for each of it. Statements 13 and 14 of the security rules.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as turn } from 'node:timers/promises'
import { newDeviceKeys, deviceSecret, openBundle, openPaired, slotSecret, startPairing } from '@essaim/client'
import { parseWords, wordsAuth } from '@essaim/client/words'
import { authenticator } from '../support/authenticator.ts'
import { type BrowserSession, newAuth, openBrowser } from '../support/browser-session.ts'
import { essaim, placeOf } from '../support/command.ts'
import { linksIn, type MailServer, startMailServer, type TakenMail } from '../support/mail-server.ts'
import { basic } from '../support/people.ts'
import { guestWithKeys, ownerWithKeys } from '../support/person-with-keys.ts'
import { freshDatabase } from '../support/postgres.ts'
import { comeBack, startOAuth2, startOidc, visitProviders } from '../support/providers.ts'
import {
  assertNowhere,
  keptFiles,
  postgresDump,
  type SecretBook,
  secretBook,
  sqliteDump,
} from '../support/secrets.ts'
import { startTimedServer, type TimedServer } from '../support/timed-server.ts'

const aliceAt = 'alice@example.org'
const hour = 3_600_000

async function play(t: TestContext, store: string | undefined): Promise<void> {
  const mails = await startMailServer(t, {
    user: { name: 'essaim', password: 'the password of the mail server' },
  })
  const server = await startTimedServer(t, {
    ESSAIM_LOG_LEVEL: 'trace',
    ESSAIM_SMTP_URL: mails.url,
    ESSAIM_MAIL_FROM: 'cloud@example.org',
    ESSAIM_METRICS_TOKEN: 'a token for those who measure',
    ...(store ? { ESSAIM_STORE: store } : {}),
  })
  const book = secretBook()
  const shown = await firstRun(server, book)
  const origin = `http://localhost:${new URL(server.url).port}`
  const visit = () => book.watch(openBrowser(server))
  book.keep('the password of the mail server', 'the password of the mail server')
  book.keep('the token of the metrics', 'a token for those who measure')

  const olga = await ownerWithKeys(server)
  const admin = book.watch(olga.browser)
  await admin.get('/me')
  const guest = await guestWithKeys(
    server,
    { browser: admin },
    { login: 'alice', password: 'nine terns over the sandbank' },
  )
  const alice = book.watch(guest.browser)
  await alice.get('/me')
  for (const { login, password, words, auth } of [olga, guest]) {
    book.keep(`the password of ${login}`, password)
    book.keep(`the words of ${login}`, words)
    book.keep(`what is derived from the password of ${login}`, auth)
    const { entropy } = await parseWords(words)
    book.keep(`what the words of ${login} are`, Buffer.from(entropy).toString('base64url'))
    book.keep(`what is derived from the words of ${login}`, await wordsAuth(entropy))
  }
  const marker = 'a label that is stored as it is'
  await alice.put('/me/profile', { name: marker })

  await proofs(visit, alice, guest)
  await passkeys(origin, visit, alice, book)
  await providers(t, origin, admin, olga.browser, alice, visit, book)
  await apps(server, alice, book)
  await pairing(alice, visit, guest.words, book)
  const snapshots: Map<string, Buffer>[] = []
  await byMail(
    mails,
    server,
    alice,
    visit,
    book,
    async () => void snapshots.push(await everything(server, store)),
  )
  await recoveries(mails, server, admin, olga.auth, alice, visit, book)
  snapshots.push(await everything(server, store))

  assert.ok(book.secrets.size > 80, `${book.secrets.size} were noted`)
  for (const what of [
    'ticket',
    'poll',
    'cookie __Host-essaim-flow',
    'challenge',
    'code',
    'nonce',
    'text',
    'invitation',
  ])
    assert.ok(
      [...book.secrets.keys()].some((name) => name.includes(what)),
      `${what} is among them`,
    )
  for (const kept of snapshots) {
    assert.ok(
      [...kept.values()].some((bytes) => bytes.includes(marker)),
      'it looks in the right place',
    )
    assertNowhere(book.secrets, kept, ['alice', 'olga'])
  }
  const log = server.output()
  assert.ok(log.length < 2 ** 20, 'the oldest of it would be lost')
  assert.match(log, /mail/, 'something went wrong that it speaks of')
  // The line of the first run is for whoever starts the server, and on standard output alone.
  assertNowhere(book.secrets, new Map([['the log', Buffer.from(log.replaceAll(/^First run: .*$/gm, ''))]]), [
    'alice',
    'olga',
  ])
  assert.ok(log.includes(shown))
}

/** What was printed at the start; the command prints another. */
async function firstRun(server: TimedServer, book: SecretBook): Promise<string> {
  const link = new URL(await server.firstRun())
  book.keep('the token of the first run', link.hash.slice(1))
  const another = (await essaim(['setup-link'], placeOf(server))).stdout.trim()
  book.keep('a token of the first run that was not used', new URL(another).hash.slice(1))
  return link.hash
}

/** Sign-ins and proofs, right and wrong, and a new password. */
async function proofs(
  visit: () => BrowserSession,
  alice: BrowserSession,
  { login, auth, words }: { login: string; auth: string; words: string },
): Promise<void> {
  const elsewhere = visit()
  await elsewhere.post('/sign-in/password', { login, auth })
  await elsewhere.post('/fresh/password', { auth })
  await elsewhere.post('/sign-in/words', { login, auth: await wordsAuth((await parseWords(words)).entropy) })
  for (const path of ['/sign-in/password', '/sign-in/words'])
    await visit().refused('POST', path, { login, auth: newAuth() }, 401, 'wrong')
  // In the address of a request nothing is taken as a proof.
  await visit().refused(
    'GET',
    `/me?access_token=${[...alice.cookies.values()][0]}&auth=${auth}`,
    undefined,
    401,
    'signed-out',
  )
  await alice.post('/me/direct-password', { password: 'fifteen owls at the harbour' })
  const { parameters } = await alice.post('/me/password/begin')
  await alice.put('/me/password', { parameters, auth: newAuth(), endOthers: true })
  await alice.put('/me/password', { parameters, auth, endOthers: false })
}

/** A passkey whose secret a careless page sends along, which is refused. */
async function passkeys(
  origin: string,
  visit: () => BrowserSession,
  alice: BrowserSession,
  book: SecretBook,
): Promise<void> {
  const device = authenticator(origin)
  const { options } = await alice.post('/me/passkeys/options')
  const { passkey, response } = device.create(options)
  await alice.post('/me/passkeys', { response, name: 'a key ring' })
  const browser = visit()
  const asked = async () => (await browser.post('/sign-in/passkey/options')).options
  await browser.post('/sign-in/passkey', { response: passkey.get(await asked()) })
  const first = randomBytes(32).toString('base64url')
  book.keep('what PRF gave', first)
  const careless = passkey.get(await asked(), { extensions: { prf: { results: { first } } } })
  await browser.refused('POST', '/sign-in/passkey', { response: careless }, 400, 'prf-leaked')
}

/** `unwatched`: the administrator's browser, of which nothing is noted, for a secret that is too short to look for. */
async function providers(
  t: TestContext,
  origin: string,
  admin: BrowserSession,
  unwatched: BrowserSession,
  alice: BrowserSession,
  visit: () => BrowserSession,
  book: SecretBook,
): Promise<void> {
  const oidc = await startOidc(t, origin, ['elsewhere'])
  const hub = await startOAuth2(t)
  const elsewhere = {
    kind: 'oidc',
    name: 'Elsewhere',
    issuer: oidc.issuer,
    clientId: 'essaim',
    scopes: 'openid profile',
  }
  await admin.put('/admin/providers/elsewhere', { ...elsewhere, secret: 'secret of the client' })
  await unwatched.put('/admin/providers/hub', hub.settings)
  hub.next.profile = { id: 7, login: 'alice-there' }
  for (const [id, who, purpose] of [
    ['elsewhere', alice, 'link'],
    ['elsewhere', visit(), 'sign-in'],
    ['hub', alice, 'link'],
    ['hub', visit(), 'sign-in'],
  ] as const) {
    const { location } = await who.post('/provider/start', { id, purpose })
    const back = await visitProviders().through(location, { name: 'alice-there' })
    book.keep(`the code of ${id}`, back.searchParams.get('code') ?? '')
    await comeBack(who, back)
  }
  for (const { form } of hub.asked) book.keep('the verifier of a code', form.get('code_verifier') ?? '')
}

async function apps(server: TimedServer, alice: BrowserSession, book: SecretBook): Promise<void> {
  const { text } = await alice.post('/me/app-passwords', { door: 'kinto', label: 'a script', days: 3 })
  const ask = async (authorization: string) => {
    const headers = { Authorization: authorization }
    const answer = await fetch(`${server.url}/v1/buckets/default/collections/c/records`, { headers })
    await answer.arrayBuffer()
    return answer.status
  }
  assert.equal(await ask(basic('alice', text)), 200)
  assert.equal(await ask(basic('alice', 'fifteen owls at the harbour')), 200)
  book.keep('a wrong password for apps', 'a password that was never right')
  assert.equal(await ask(basic('alice', 'a password that was never right')), 401)
  assert.equal(await ask('Bearer a-token-that-nobody-gave'), 401)
  book.keep('a token that nobody gave', 'a-token-that-nobody-gave')
}

/** A device that comes in by a code. */
async function pairing(
  alice: BrowserSession,
  visit: () => BrowserSession,
  words: string,
  book: SecretBook,
): Promise<void> {
  const { bundle } = (await alice.get('/me/keys')).body
  const secret = await slotSecret('words', (await parseWords(words)).entropy)
  const keys = await openBundle(bundle, secret, { account: bundle.account })
  const { identity, share, sync } = keys.keyring
  for (const [what, text] of Object.entries({
    'the seed of an identity': identity,
    'a share key': share,
    'the key of Sync': sync.key,
  }))
    book.keep(what, text)
  const device = visit()
  const pairing = await startPairing()
  book.keep('the code of a pairing', pairing.code)
  const { poll } = await device.post('/pair', { rendezvous: pairing.id, key: pairing.offer })
  await alice.post('/pair/look', { rendezvous: pairing.id })
  await alice.post('/pair/approve', {
    rendezvous: pairing.id,
    sealed: await keys.admit(pairing.code, pairing.offer),
  })
  const { state, sealed } = await device.post('/pair/poll', { poll })
  assert.equal(state, 'ready')
  const paired = await pairing.open(sealed)
  book.keep('the account key', Buffer.from(paired.amk).toString('base64url'))
  const opened = await openPaired(bundle, paired)
  const slot = { secret: await deviceSecret(await newDeviceKeys()), label: 'a device' }
  const { tag } = (await device.get('/me/keys')).body
  await device.put('/me/keys', { bundle: (await opened.change({ add: [slot] })).bundle, expected: tag })
}

const noteLinks = (book: SecretBook, mail: TakenMail): Record<string, string> => {
  const links = linksIn(mail)
  for (const [kind, token] of Object.entries(links))
    if (token.length > 20) book.keep(`the link ${kind} of a mail`, token)
  return links
}

/** Links of mails; `waiting` is called while one waits to be sent. */
async function byMail(
  mails: MailServer,
  server: TimedServer,
  alice: BrowserSession,
  visit: () => BrowserSession,
  book: SecretBook,
  waiting: () => Promise<void>,
): Promise<void> {
  await alice.post('/me/addresses', { address: aliceAt })
  const { verify } = noteLinks(book, (await mails.mailsTo(aliceAt))[0]!)
  await alice.post('/address/verify', { token: verify })
  await alice.put('/me/mail-sign-in', { on: true })
  const before = mails.mails.filter(({ to }) => to.includes(aliceAt)).length
  await mails.stop()
  await visit().post('/sign-in/mail', { address: aliceAt })
  // The log speaks of a mail that could not be sent.
  while (!/mail/.test(server.output())) await turn(20)
  await waiting()
  await mails.start()
  // What could not be sent is tried again in a while.
  await server.later(hour)
  const isSignIn = (mail: TakenMail) => linksIn(mail)['sign-in'] !== undefined
  for (let count = before + 1; !mails.mails.some(isSignIn); count++) await mails.mailsTo(aliceAt, count)
  const { 'sign-in': token } = noteLinks(book, mails.mails.find(isSignIn)!)
  assert.ok(token)
}

/** One that is stopped and one that is finished, by mail; one of an administrator. */
async function recoveries(
  mails: MailServer,
  server: TimedServer,
  admin: BrowserSession,
  adminAuth: string,
  alice: BrowserSession,
  visit: () => BrowserSession,
  book: SecretBook,
): Promise<void> {
  const stranger = visit()
  const next = async (kind: string, act: () => Promise<unknown>) => {
    const seen = mails.mails.filter((mail) => linksIn(mail)[kind]).length
    await act()
    for (;;) {
      const found = mails.mails.filter((mail) => linksIn(mail)[kind])
      if (found.length > seen) return noteLinks(book, found.at(-1)!)[kind]
      await mails.mailsTo(aliceAt, mails.mails.filter(({ to }) => to.includes(aliceAt)).length + 1)
    }
  }
  const asked = await next('recovery', () => stranger.post('/recovery/mail', { address: aliceAt }))
  const stop = await next('stop', () => stranger.post('/recovery/begin', { token: asked }))
  await stranger.post('/recovery/stop', { token: stop })
  await server.later(hour)
  const again = await next('recovery', () => stranger.post('/recovery/mail', { address: aliceAt }))
  await stranger.post('/recovery/begin', { token: again })
  const finish = await next('finish', () => server.later(49 * hour))
  const begun = await stranger.post('/recovery/finish/begin', { token: finish })
  const way = { kind: 'password', parameters: begun.parameters, auth: newAuth() }
  await stranger.post('/recovery/finish', {
    token: finish,
    ticket: begun.ticket,
    way,
    words: { auth: newAuth() },
  })
  await alice.refused('GET', '/me', undefined, 401, 'signed-out')
  const { id } = (await stranger.get('/me')).body
  await admin.post('/fresh/password', { auth: adminAuth })
  await admin.post(`/admin/people/${id}/recovery`)
}

/** All that is kept: files, and the tables as text. */
async function everything(server: TimedServer, store: string | undefined): Promise<Map<string, Buffer>> {
  const kept = keptFiles(server.data)
  if (store) return kept.set('the dump', await postgresDump(store))
  const backup = join(server.data, '..', `backup-${randomBytes(4).toString('hex')}.sqlite`)
  const made = await essaim(['backup', '--plain', backup], placeOf(server))
  assert.equal(made.code, 0, made.stderr)
  assert.ok([...kept.keys()].some((file) => file.endsWith('-wal')))
  return kept.set('the backup', readFileSync(backup)).set('the dump', sqliteDump(backup))
}

test('statements 13 and 14: nothing that was ever issued is in SQLite, its log, a backup or the output', (t) =>
  play(t, undefined))

test('statements 13 and 14: nothing that was ever issued is in PostgreSQL or the output', async (t) =>
  play(t, await freshDatabase()))
