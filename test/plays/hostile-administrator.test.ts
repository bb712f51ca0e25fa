/** An administrator, and an operator with the file of the database, turn against Alice: what they get, and what not. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Browser } from 'puppeteer-core'
import { createKeys, newDeviceKeys, type Keyring } from '@essaim/client'
import { openRecord, sealRecord } from '@essaim/client/records'
import { fromBase64url } from '../../client/src/bytes/index.ts'
import { makePageOwner, makePagePerson, type PagePerson } from '../support/browser-session.ts'
import { openBrowser } from '../support/browser.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { pagesUnderTest } from '../support/pages-door.ts'
import { basic } from '../support/people.ts'
import {
  addAddress,
  type Device,
  enterAs,
  giveCollectionKey,
  inviteBy,
  linksAfter,
  openDevice,
  signUp,
  writeWordsDown,
} from '../support/person-at-pages.ts'
import { openWithWords, plantBundle, storedBundle } from '../support/stored-keys.ts'
import { startTimedServer, type TimedServer } from '../support/timed-server.ts'

const password = 'nine terns over the sandbank'
const direct = 'eleven knots on the mudflat'
const address = 'alice@example.org'
const note = 'the tide was at half past six'
const secretNote = 'the heron came back'
const hour = 3_600_000

interface Scene {
  server: TimedServer
  mails: MailServer
  ada: PagePerson
  laptop: Device
  words: string
  keyring: Keyring
  /** What her app has stored, locked. */
  diary: object
}

/** Alice has keys, an address, a note in clear and a locked one; Ada administers. */
async function stage(t: TestContext, browser: Browser): Promise<Scene> {
  const mails = await startMailServer(t)
  const env = { ESSAIM_SMTP_URL: mails.url, ESSAIM_MAIL_FROM: 'cloud@example.org' }
  const server = await startTimedServer(t, env)
  const olga = await makePageOwner(server)
  const ada = await makePagePerson(server, olga, 'ada', 'administrator')
  const laptop = await openDevice(browser, server)
  const words = await signUp(laptop, await inviteBy(olga, 'alice'), 'alice', password)
  const keyring = await giveCollectionKey(laptop, server, words, 'diary')
  const diary = sealRecord(placeIn(keyring), { title: secretNote })
  await addAddress(laptop, mails, address)
  const status = await laptop.page.evaluate(async (text) => {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ password: text })
    return (await fetch('/api/me/direct-password', { method: 'POST', headers, body })).status
  }, direct)
  assert.equal(status, 200)
  for (const data of [{ note }, diary]) {
    const answer = await fetch(`${server.url}/v1/buckets/default/collections/diary/records`, {
      method: 'POST',
      headers: { Authorization: basic('alice', direct), 'Content-Type': 'application/json' },
      body: JSON.stringify({ data }),
    })
    assert.equal(answer.status, 201, await answer.text())
  }
  return { server, mails, ada, laptop, words, keyring, diary }
}

const placeIn = ({ collections }: Keyring) => {
  const [{ number, key } = assert.fail('no key')] = collections['diary'] ?? []
  return { collection: 'diary', record: 'first', number, key: fromBase64url(key) }
}

test('an administrator turns hostile', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const { server, mails, ada, laptop, words, diary } = await stage(t, browser)
  const { people } = (await ada.browser.get('/admin/people?query=alice')).body
  const alice: string = people[0].id
  const hers = [note, secretNote, address, '127.0.0', 'Chrome', 'diary']

  await t.test('no page of hers shows what Alice keeps, her addresses, or where she was', async () => {
    const device = await openDevice(browser, server)
    await enterAs(device, ada, `/admin/people#${alice}`)
    const seen = await device.sees('Help back in')
    for (const one of hers) assert.ok(!seen.includes(one), one)
    for (const path of ['people', 'log']) {
      await device.visit(`/admin/${path}`)
      const text = await device.sees('alice')
      for (const one of hers) assert.ok(!text.includes(one), `${one} on ${path}`)
    }
    assert.deepEqual(await device.faults(), [])
  })

  await t.test('no route of the administration tells it, and none sets a way into her account', async () => {
    const { routes } = await pagesUnderTest(t)
    const about = routes.filter(({ url }) => url.startsWith('/api/admin/people/:id'))
    assert.deepEqual(
      about.map(({ method, url }) => `${method} ${url.slice('/api/admin/people/:id'.length)}`).toSorted(),
      [
        'GET ',
        ...['approve', 'delete', 'keep', 'recovery', 'recovery/stop', 'refuse', 'resume', 'suspend'].map(
          (act) => `POST /${act}`,
        ),
        'PUT /quota',
        'PUT /role',
      ],
    )
    for (const { method, url } of routes) {
      if (method !== 'GET' || !url.startsWith('/api/admin/')) continue
      const answer = await ada.browser.get(url.slice('/api'.length).replaceAll(':id', alice))
      const text = JSON.stringify(answer.body)
      for (const one of hers) {
        // The server's own settings name its address.
        if (one === '127.0.0' && /checks|server/.test(url)) continue
        assert.ok(!text.includes(one), `${one} at ${url}: ${text}`)
      }
    }
  })

  await t.test('what Alice keeps is not hers to read by any door', async () => {
    await ada.browser.post('/me/direct-password', { password: 'a dozen dunlins at dusk' })
    const authorization = basic('ada', 'a dozen dunlins at dusk')
    const ask = async (path: string, as: string) => {
      const answer = await fetch(`${server.url}/v1${path}`, { headers: { Authorization: as } })
      return { status: answer.status, text: await answer.text() }
    }
    const hello = await ask('/', basic('alice', direct))
    const bucket = (JSON.parse(hello.text) as { user: { bucket: string } }).user.bucket
    for (const path of [
      `/buckets/${bucket}`,
      `/buckets/${bucket}/collections/diary/records`,
      '/accounts/alice',
    ]) {
      const { status, text } = await ask(path, authorization)
      assert.ok([403, 404].includes(status), `${path}: ${status}`)
      for (const one of [note, secretNote]) assert.ok(!text.includes(one))
    }
    const { body } = await ada.browser.get('/me/data')
    const { status } = await ada.browser.get(`/me/data/records?home=${body.home + 1}&path=kinto`)
    assert.equal(status, 404)
  })

  await t.test(
    'she begins a recovery to take over: Alice is told everywhere, and stops it by the mail',
    async () => {
      let token = ''
      const { stop = '' } = await linksAfter(mails, address, 'stop', async () => {
        const { link } = await ada.browser.post(`/admin/people/${alice}/recovery`)
        token = new URL(link).hash.slice(1)
      })
      await ada.browser.refused('POST', '/recovery/finish/begin', { token }, 409, 'recovery-early')
      await laptop.visit('/')
      await laptop.sees('an administrator made a link that sets a new way into your account')
      // From a device on which she is not signed in.
      const elsewhere = await openDevice(browser, server, `/mail#stop=${stop}`)
      await elsewhere.press('Stop it')
      await elsewhere.sees('The recovery of “alice” is stopped.')
      await server.later(49 * hour)
      await ada.browser.refused('POST', '/recovery/finish/begin', { token }, 410, 'link-void')
      await laptop.visit('/account/security')
      await laptop.sees(/An administrator made a link[^.]*[.]\s[^.]*by ada/)
      const acts = (await ada.browser.get('/admin/log')).body.entries as { act: string; actor: string }[]
      assert.ok(acts.some(({ act, actor }) => /recovery/.test(act) && actor === 'ada'))
    },
  )

  await t.test('if nobody stops it for two days she gets what is not locked, and no key', async () => {
    await ada.browser.post('/fresh/password', { auth: ada.auth })
    const { link } = await ada.browser.post(`/admin/people/${alice}/recovery`)
    await server.later(49 * hour)
    const thief = await openDevice(browser, server, new URL(link).pathname + new URL(link).hash)
    await thief.press('Go on')
    await thief.fill({ password: 'thirteen thieves in the night' })
    await thief.press('Continue')
    const theirs = await writeWordsDown(thief)
    await thief.press('Finish')
    await thief.sees('Hello, alice')
    const { sealed } = await thief.page.evaluate(
      async () => (await fetch('/api/me/keys/sealed')).json() as Promise<{ sealed: { bundle: object }[] }>,
    )
    assert.equal(sealed.length, 1)
    await assert.rejects(openWithWords(sealed[0]!.bundle as never, theirs), { code: 'wrong-secret' })
    const got = await openWithWords(storedBundle(server, 'alice'), theirs)
    assert.deepEqual(got.collections, {})
    // Alice notices, and her words open what was hers.
    await laptop.visit('/account/devices')
    await laptop.sees('To go on, please sign in.')
    const kept = await openWithWords(sealed[0]!.bundle as never, words)
    assert.deepEqual(openRecord(placeIn(kept), diary), { title: secretNote })
  })
})

test('an operator with the database', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const { server, laptop, words, keyring, diary } = await stage(t, browser)
  const bundle = storedBundle(server, 'alice')
  const { auth } = JSON.parse(
    laptop.sent.find((one) => one.includes('/api/sign-up {'))?.replace(/^\S+ /, '') ?? '{}',
  ).way as { auth: string }
  assert.match(auth, /^[\w-]{43}$/)

  await t.test('reads what docs/threat-model.md says, and not what it says is nobody’s', async () => {
    await server.stop()
    const bytes = Buffer.concat(
      readdirSync(server.data)
        .filter((name) => name.startsWith('essaim.db'))
        .map((name) => readFileSync(join(server.data, name))),
    )
    const readable = {
      'her login': 'alice',
      'her address': address,
      'where she was, roughly': '127.0.0.0/24',
      'her browser': 'Chrome · Linux',
      'her note': note,
      'what is locked, as it is': String((diary as { c: string }).c),
      'public halves of her keys': bundle.slots[0]!.pk,
    }
    for (const [what, text] of Object.entries(readable)) assert.ok(bytes.includes(text), what)
    const [key] = keyring.collections['diary'] ?? []
    const hidden = {
      'her password': password,
      'the password for apps': direct,
      'what is derived from her password': auth,
      'her words': words,
      'what is locked': secretNote,
      'the seed of her identity': keyring.identity,
      'her share key': keyring.share,
      'the key of Sync': keyring.sync.key,
      'the key of her diary': key!.key,
    }
    for (const [what, text] of Object.entries(hidden))
      for (const form of [
        text,
        Buffer.from(text, 'base64url').toString('hex'),
        Buffer.from(text).toString('base64'),
      ])
        assert.ok(!bytes.includes(form), what)
    await server.restart()
  })

  await t.test('and the page that tells Alice what is seen says the same', async () => {
    await laptop.visit('/account/operator')
    const text = await laptop.sees(address)
    assert.match(text, /Chrome · Linux/)
    assert.match(text, /127\.0\.0/)
  })

  /** Stores a bundle as the operator would, and has her device ask for it. */
  async function serve(planted: object): Promise<void> {
    await server.stop()
    plantBundle(server, 'alice', planted)
    await server.restart()
    await laptop.visit('/account/devices')
  }

  await t.test('an operator who puts other keys in the place of hers is found out', async () => {
    // Keys of an identity of the operator's own, sealed to the public halves of her slots.
    const foreign = await newDeviceKeys()
    const slots = bundle.slots.map(({ id, kind, pk }) => ({ id, secret: { ...foreign, kind, pk } }))
    const forged = await createKeys({ account: bundle.account, slots })
    await serve(forged.bundle)
    await laptop.sees('The server has sent keys that are not yours.')
    // The same, with what her slots say of her own identity.
    const copied = forged.bundle.slots.map((slot, i) => ({ ...slot, idmac: bundle.slots[i]!.idmac }))
    await serve({ ...forged.bundle, slots: copied })
    await laptop.sees('The server has sent keys that are not yours.')
  })

  await t.test('an operator who changes a part of them is found out', async () => {
    await serve({ ...bundle, revision: bundle.revision + 1 })
    await laptop.sees('damaged or were changed by somebody else')
    const [slot, ...others] = bundle.slots
    await serve({ ...bundle, slots: [{ ...slot, label: 'another' }, ...others] })
    await laptop.sees('damaged or were changed by somebody else')
    await serve({ ...bundle, account: randomBytes(10).toString('hex') })
    await laptop.sees(/not yours|damaged or were changed/)
  })

  await t.test('an operator who hands out old ones is found out, also by a password', async () => {
    await serve(bundle)
    await laptop.press('Remove Chrome · Linux')
    await laptop.press('Remove')
    await laptop.sees('no longer unlocks your encrypted data.')
    assert.equal(storedBundle(server, 'alice').epoch, 2)
    await serve(bundle)
    await laptop.press('Let this device unlock it too')
    await laptop.fill({ proof: password })
    await laptop.press('Confirm')
    await laptop.sees('older keys than this device has already seen')
  })
})
