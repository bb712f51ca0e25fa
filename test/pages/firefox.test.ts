/** The page that signs a Firefox in, with one that is played: everything it is told, and what goes wrong. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openBundle, slotSecret, syncKey } from '@essaim/client'
import { parseWords } from '@essaim/client/words'
import { makePageOwner, makePagePerson } from '../support/browser-session.ts'
import { openBrowser } from '../support/browser.ts'
import {
  androidAgent,
  desktopAddress,
  type FakeFirefox,
  fakeFirefox,
  iosAgent,
} from '../support/fake-firefox.ts'
import { enterOn, tabTo, typeInto } from '../support/keyboard.ts'
import {
  type Device,
  emptyBrowser,
  enterAs,
  openDevice,
  signOut,
  writeWordsDown,
} from '../support/person-at-pages.ts'
import { enter, guestWithKeys, ownerWithKeys, type PersonWithKeys } from '../support/person-with-keys.ts'
import { startOAuth2 } from '../support/providers.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { storedBundle } from '../support/stored-keys.ts'

const sync = 'https://identity.mozilla.com/apps/oldsync'

/** What the page posted to let a browser in, the last time. */
function connects({ sent }: Device): Record<string, unknown>[] {
  return sent
    .filter((line) => line.includes('/api/firefox/connect {'))
    .map((line) => JSON.parse(line.slice(line.indexOf(' {') + 1)) as Record<string, unknown>)
}

/** Her key of Sync, as her keyring has it. */
async function keyOf(server: TestServer, { login, words }: Pick<PersonWithKeys, 'login' | 'words'>) {
  const bundle = storedBundle(server, login)
  const secret = await slotSecret('words', (await parseWords(words)).entropy)
  return syncKey((await openBundle(bundle, secret, { account: bundle.account })).keyring)
}

const identityOf = async ({ browser }: Pick<PersonWithKeys, 'browser'>) =>
  (await browser.get('/firefox')).body as { uid: string; email: string }

const stageOf = ({ page }: Device): Promise<string | undefined> =>
  page.$eval('essaim-firefox', (one) => (one as HTMLElement).dataset['state'])

/** A server with olga, and a window of a Firefox that is played. */
async function scene(t: TestContext, firefox: FakeFirefox = fakeFirefox()) {
  const browser = await openBrowser(t)
  if (!browser) return undefined
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const device = await openDevice(browser, server, '/sign-in', { prepare: firefox.prepare })
  return { browser, server, olga, device, firefox }
}

/** Types her password into the form of the page; from then on this device unlocks her key by itself. */
async function signInHere(device: Device, { login, password }: PersonWithKeys): Promise<void> {
  await device.fill({ login, password })
  await device.tick('keep')
  await device.press('Sign in')
}

test('a person signs in on the way, chooses, and with one click her browser has her key', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { server, olga, device, firefox } = all
  await device.visit(desktopAddress())
  const asks = await device.sees('Firefox asks to use your account here. Sign in first.')
  assert.match(asks, /Sign in/)
  await signInHere(device, olga)
  const { uid, email } = await identityOf(olga)
  assert.match(await device.sees('What should it synchronise?'), new RegExp(email.replaceAll('.', '\\.')))
  assert.equal(email, 'olga@localhost')
  assert.deepEqual(firefox.commands(), [], 'nothing is asked of the browser before the click')
  assert.deepEqual(connects(device), [])
  const ticked = await device.page.$$eval('fieldset input:checked', (boxes) => boxes.map(({ id }) => id))
  assert.deepEqual(
    ticked,
    ['addons', 'bookmarks', 'history', 'passwords', 'prefs', 'tabs'].map((name) => `engine-${name}`),
  )
  await device.tick('engine-history', false)
  await device.tick('engine-addresses')
  await device.press('Sign in to Firefox')
  await device.sees('It has begun to synchronise.')
  assert.equal(await stageOf(device), 'done')

  await t.test('it is told in this order, of itself and not of the address', async () => {
    assert.deepEqual(firefox.commands(), [
      'fxaccounts:can_link_account',
      'fxaccounts:oauth_flow_begin',
      'fxaccounts:login',
      'fxaccounts:oauth_login',
    ])
    assert.ok(firefox.sentText())
    assert.deepEqual(firefox.last('fxaccounts:can_link_account'), { email, uid })
    assert.deepEqual(firefox.last('fxaccounts:oauth_flow_begin'), { scopes: [sync, 'profile'] })
    const { sessionToken, authAt, ...login } = firefox.last('fxaccounts:login')!
    assert.match(String(sessionToken), /^[0-9a-f]{64}$/)
    assert.ok(Math.abs(Number(authAt) - Date.now() / 1000) < 120)
    assert.deepEqual(login, {
      email,
      uid,
      verified: true,
      services: {
        sync: {
          offeredEngines: [
            'addons',
            'bookmarks',
            'history',
            'passwords',
            'prefs',
            'tabs',
            'addresses',
            'creditcards',
          ],
          declinedEngines: ['history', 'creditcards'],
        },
      },
    })
    const [posted] = connects(device)
    assert.notEqual(posted?.['state'], 'of-the-address-0000000')
    const { code, state } = firefox.last('fxaccounts:oauth_login')!
    assert.equal(state, posted?.['state'])
    assert.match(String(code), /^[\w-]{20,}$/)
  })

  await t.test('what it gets opens with its own key alone, and is the key of her keyring', async () => {
    const [posted] = connects(device)
    const { k, kid } = await keyOf(server, olga)
    const keys = await firefox.open(String(posted?.['keysJwe']))
    assert.deepEqual(keys, { [sync]: { kty: 'oct', scope: sync, k, kid } })
    assert.equal(posted?.['kid'], kid)
    assert.ok(!device.sent.some((line) => line.includes(k)))
  })

  await t.test('the next things are a press away', async () => {
    await device.press('Open its Sync settings')
    await device.press('Connect a telephone with its camera')
    await device.page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
    assert.deepEqual(firefox.commands().slice(-2), [
      'fxaccounts:sync_preferences',
      'fxaccounts:pair_preferences',
    ])
  })
  assert.deepEqual(await device.faults(), [])
})

test('whatever a browser answers wrongly is said, changes nothing, and can be tried again', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { olga, device, firefox } = all
  await device.visit(desktopAddress())
  await signInHere(device, olga)
  await device.sees('What should it synchronise?')
  const failing: [what: string, command: string, answer: () => unknown, said: RegExp, posts: number][] = [
    [
      'the person tells it not to',
      'fxaccounts:can_link_account',
      () => ({ ok: false }),
      /Nothing was changed/,
      0,
    ],
    [
      'it cannot link',
      'fxaccounts:can_link_account',
      () => ({ error: 'broken' }),
      /could not do it.*“broken”/,
      0,
    ],
    [
      'it cannot begin',
      'fxaccounts:oauth_flow_begin',
      () => ({ error: { message: 'INVALID_SCOPES', stack: 'x' } }),
      /“INVALID_SCOPES”/,
      0,
    ],
    [
      'it does not know the command',
      'fxaccounts:oauth_flow_begin',
      () => ({ error: 'Unrecognized FxAccountsWebChannel command' }),
      /too old or too new/,
      0,
    ],
    [
      'it begins as another program',
      'fxaccounts:oauth_flow_begin',
      () => ({ client_id: 'x' }),
      /does not understand/,
      0,
    ],
    [
      'it asks for no key',
      'fxaccounts:oauth_flow_begin',
      () => ({
        client_id: '5882386c6d801776',
        code_challenge_method: 'S256',
        code_challenge: 'a'.repeat(43),
        scope: 'profile',
        state: 'x',
      }),
      /does not understand/,
      0,
    ],
    [
      'its key is none',
      'fxaccounts:oauth_flow_begin',
      () => ({
        client_id: '5882386c6d801776',
        code_challenge_method: 'S256',
        code_challenge: 'a'.repeat(43),
        scope: `${sync} profile`,
        state: 'x',
        keys_jwk: Buffer.from('{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}').toString('base64url'),
      }),
      /does not understand/,
      0,
    ],
    ['it cannot sign in', 'fxaccounts:login', () => ({ error: { message: 'no room' } }), /“no room”/, 1],
    [
      'it cannot get its tokens',
      'fxaccounts:oauth_login',
      () => ({ error: 'INVALID_STATE' }),
      /“INVALID_STATE”/,
      1,
    ],
  ]
  for (const [what, command, answer, said, posts] of failing)
    await t.test(what, async () => {
      firefox.user = null
      await device.visit(desktopAddress())
      const before = connects(device).length
      firefox.answers = { [command]: answer }
      await device.press('Sign in to Firefox')
      await device.sees(said)
      assert.equal(connects(device).length - before, posts)
      firefox.answers = {}
      await device.press('Sign in to Firefox')
      await device.sees('It has begun to synchronise.')
      // A session that came to nothing is ended by the next try.
      const { previous } = connects(device).at(-1)!
      assert.equal(typeof previous, posts === 1 ? 'string' : 'undefined')
    })
  const { browsers } = (await olga.browser.get('/me/browsers')).body
  assert.equal(browsers.length, failing.length)
})

test('a browser that goes to another server meanwhile is told so', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { olga, device, firefox } = all
  await device.visit(desktopAddress())
  await signInHere(device, olga)
  await device.sees('What should it synchronise?')
  firefox.isElsewhere = true
  await device.press('Sign in to Firefox')
  await device.sees('Firefox has its account on another server now.')
  assert.deepEqual(connects(device), [])
})

test('what is no Firefox, or one of another server, is told so, and nobody is asked to sign in', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { browser, server, device, firefox } = all
  await t.test('another server', async () => {
    firefox.isElsewhere = true
    await device.visit(desktopAddress())
    const shown = await device.sees('This Firefox has its account on another server')
    assert.match(shown, /identity\.fxaccounts\.autoconfig\.uri” has to be exactly http:\/\/localhost:/)
    assert.doesNotMatch(shown, /this server’s own is/)
    await device.page.goto(server.url + desktopAddress())
    assert.match(await device.sees('You came by the address'), /this server’s own is http:\/\/localhost:/)
    assert.equal(await stageOf(device), 'absent')
    await device.press('Sign in without Firefox')
    await device.sees('Password')
    firefox.isElsewhere = false
  })
  await t.test('a Firefox that is silent, and answers when it is asked again', async () => {
    firefox.answers = { 'fxaccounts:fxa_status': () => undefined }
    await device.visit(desktopAddress())
    await device.sees('This Firefox does not answer it.')
    firefox.answers = {}
    await device.press('Try again')
    await device.sees('Firefox asks to use your account here.')
  })
  await t.test('another browser', async () => {
    const other = await openDevice(browser, server, desktopAddress())
    await other.sees('this is another browser')
    assert.deepEqual(await other.faults(), [])
  })
})

test('the page finds out who is who: signed in already, again, or somebody else', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { server, olga, device, firefox } = all
  const ann = await guestWithKeys(server, olga, { login: 'ann' })
  const { uid, email } = await identityOf(olga)
  await device.visit(desktopAddress())
  await signInHere(device, olga)
  await device.press('Sign in to Firefox')
  await device.sees('It has begun to synchronise.')
  const token = firefox.user?.sessionToken

  await t.test('signed in already, it is left as it is', async () => {
    await device.visit(desktopAddress())
    await device.sees(`It is signed in as ${email}.`)
    assert.equal(await stageOf(device), 'already')
    await device.press('Sign in again')
    await device.sees('Sign in to Firefox again')
  })
  await t.test(
    'with its address it signs in anew, keeps what was chosen, and its old session ends',
    async () => {
      firefox.user = { email, uid, verified: true, sessionToken: token! }
      await device.visit(desktopAddress({ email }))
      await device.sees('Sign in to Firefox again')
      assert.equal((await device.page.$$('fieldset')).length, 0)
      await device.press('Sign in to Firefox')
      await device.sees('It has begun to synchronise.')
      assert.deepEqual(firefox.last('fxaccounts:login')?.['services'], { sync: {} })
      assert.equal(connects(device).at(-1)?.['previous'], token)
      assert.equal((await olga.browser.get('/me/browsers')).body.browsers.length, 1)
    },
  )
  await t.test('a session that was ended asks for a new one', async () => {
    firefox.user = { email, uid, verified: true, sessionToken: null }
    await device.visit(desktopAddress())
    await device.sees('Sign in to Firefox again')
  })
  await t.test('another account is not put in its place', async () => {
    const theirs = await identityOf(ann)
    firefox.user = { ...theirs, verified: true, sessionToken: 'f'.repeat(64) }
    await device.visit(desktopAddress({ email: theirs.email }))
    await device.sees(`Firefox is signed in as ${theirs.email}, and you are ${email} here.`)
    assert.equal(await device.page.$('#firefox-connect'), null)
    await device.press(`Go on as ${theirs.email}`)
    await device.sees('Sign in first.')
    assert.equal(await device.page.$eval('#login', (input) => (input as HTMLInputElement).value), 'ann')
    await signInHere(device, ann)
    await device.sees('Sign in to Firefox again')
    await device.press('Sign in to Firefox')
    await device.sees('It has begun to synchronise.')
    assert.equal(firefox.user?.uid, theirs.uid)
  })
  await t.test('or the other one is disconnected first', async () => {
    await signOut(device)
    await signInHere(device, olga)
    await device.sees('Hello, olga')
    await device.visit(desktopAddress())
    await device.press('Disconnect Firefox from that account first')
    await device.press('Disconnect this Firefox')
    await device.sees('To sign in again, begin in its own menu.')
    assert.equal(firefox.commands().at(-1), 'fxaccounts:logout')
    assert.deepEqual((await ann.browser.get('/me/browsers')).body.browsers, [])
  })
  await t.test('where an address forces an account, another one is refused', async () => {
    firefox.user = null
    await device.visit(`/force_auth${desktopAddress({ email: 'ann@localhost' }).slice(1)}`)
    await device.sees('Firefox asks for the account ann@localhost, and you are')
    assert.equal(await device.page.$('#firefox-connect'), null)
  })
  await t.test('what is typed into a browser that is signed out binds nobody', async () => {
    await device.visit(desktopAddress({ email: 'someone@elsewhere.example' }))
    await device.sees('What should it synchronise?')
    await device.press('Sign in to Firefox')
    await device.sees('It has begun to synchronise.')
  })
  await t.test('it is disconnected, here and in itself', async () => {
    const count = async () => (await olga.browser.get('/me/browsers')).body.browsers.length
    const before = await count()
    await device.visit(desktopAddress())
    await device.press('Disconnect this Firefox')
    await device.press('Disconnect this Firefox')
    await device.sees('It has access to nothing here any more.')
    assert.equal(firefox.user, null)
    assert.equal(await count(), before - 1)
    await device.sees('To sign in again, begin in its own menu.')
  })
  assert.deepEqual(await device.faults(), [])
})

test('a locked key is unlocked, and an old proof renewed, before anything is wrapped', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { olga, device, firefox } = all
  await enter(device.page, olga, desktopAddress())
  await device.sees('Your key is locked on this device')
  await device.press('Sign in to Firefox')
  await device.sees('Your encrypted data is locked on this device. Please unlock it.')
  await device.page.keyboard.press('Escape')
  await device.page.waitForFunction(() => !document.querySelector('dialog'))
  assert.deepEqual(firefox.commands(), [])
  await device.press('Sign in to Firefox')
  await device.prove(olga.password)
  await device.sees('It has begun to synchronise.')
})

test('a key that another device has replaced meanwhile is not the one that a browser gets', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { server, olga, device, firefox } = all
  await device.visit(desktopAddress())
  await signInHere(device, olga)
  await device.sees('What should it synchronise?')
  const before = await keyOf(server, olga)
  // The page keeps this device when it has come in.
  await device.page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
  const { bundle, tag } = (await olga.browser.get('/me/keys')).body
  const secret = await slotSecret('words', (await parseWords(olga.words)).entropy)
  const keys = await openBundle(bundle, secret, { account: bundle.account })
  const later = { key: randomBytes(32).toString('base64url'), made: Date.now() + 1 }
  const next = await keys.change({ keyring: (keyring) => ({ ...keyring, sync: later }) })
  await olga.browser.put('/me/keys', { bundle: next.bundle, expected: tag })
  await device.press('Sign in to Firefox')
  await device.sees('It has begun to synchronise.')
  const { k, kid } = await keyOf(server, olga)
  assert.notEqual(kid, before.kid)
  const given = await firefox.open(String(connects(device)[0]?.['keysJwe']))
  assert.deepEqual([given[sync]?.k, given[sync]?.kid], [k, kid])
})

test('an account without a key makes one on the way, or goes without Sync', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const ann = await makePagePerson(server, olga, 'ann')
  const firefox = fakeFirefox()
  const device = await openDevice(browser, server, '/sign-in', { prepare: firefox.prepare })
  await t.test('words bring the key', async () => {
    await enterAs(device, olga, desktopAddress())
    await device.sees('Firefox needs a key')
    assert.equal(await stageOf(device), 'no-keys')
    await device.press('Make recovery words')
    const words = await writeWordsDown(device)
    await device.press('Save, and go on')
    await device.press('Sign in to Firefox')
    await device.sees('It has begun to synchronise.')
    const { k, kid } = await keyOf(server, { login: 'olga', words })
    const keys = await firefox.open(String(connects(device)[0]?.['keysJwe']))
    assert.deepEqual([keys[sync]?.k, keys[sync]?.kid], [k, kid])
  })
  await t.test('or it only knows who she is', async () => {
    firefox.user = null
    await enterAs(device, ann, desktopAddress())
    await device.press('Go on without Sync')
    await device.sees('synchronise nothing')
    await device.press('Sign in to Firefox')
    await device.sees('It knows who you are.')
    assert.deepEqual(firefox.last('fxaccounts:oauth_flow_begin'), { scopes: ['profile'] })
    assert.deepEqual(firefox.last('fxaccounts:login')?.['services'], {})
    assert.equal(connects(device).at(-1)?.['keysJwe'], undefined)
    const [line] = (await ann.browser.get('/me/browsers')).body.browsers
    assert.equal(line.syncs, false)
  })
})

test('a telephone asks by its address, and is answered by messages or by an address', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const session = 'https://identity.mozilla.com/tokens/session'
  const address = (client: string, keysJwk: string, more: Record<string, string> = {}) =>
    `/authorization?${new URLSearchParams({
      client_id: client,
      response_type: 'code',
      access_type: 'offline',
      scope: `profile ${sync} ${session}`,
      state: 'state-of-the-telephone',
      code_challenge: 'b'.repeat(43),
      code_challenge_method: 'S256',
      keys_jwk: keysJwk,
      redirect_uri: 'https://elsewhere.example/',
      ...more,
    })}`
  const { kid } = await keyOf(server, olga)

  for (const [name, client, agent] of [
    ['Android', 'a2270f727f45f648', androidAgent],
    ['iOS', '1b1a3e44c54fbb58', iosAgent],
  ] as const)
    await t.test(`${name}, by messages`, async () => {
      const firefox = fakeFirefox({ client, agent })
      firefox.speaksText = true
      const device = await openDevice(browser, server, '/sign-in', { prepare: firefox.prepare })
      const context = { context: 'oauth_webchannel_v1' }
      await enter(device.page, olga, address(client, await firefox.newKey(), context))
      await device.press('Sign in to Firefox')
      await device.prove(olga.password)
      await device.sees('You can go back to the app.')
      assert.deepEqual(firefox.commands(), ['fxaccounts:oauth_login'])
      assert.equal(firefox.sentText(), name === 'Android', 'iOS wants objects')
      const { code, state, declinedSyncEngines } = firefox.last('fxaccounts:oauth_login')!
      assert.equal(state, 'state-of-the-telephone')
      assert.match(String(code), /^[\w-]{20,}$/)
      assert.deepEqual(declinedSyncEngines, ['addresses', 'creditcards'])
      const keys = await firefox.open(String(connects(device)[0]?.['keysJwe']))
      assert.equal(keys[sync]?.kid, kid)
    })

  await t.test(
    'without messages it is led to the page of its program on this server, and nowhere else',
    async () => {
      const device = await openDevice(browser, server, '/sign-in')
      await enter(device.page, olga, address('a2270f727f45f648', await fakeFirefox().newKey()))
      await device.press('Sign in to Firefox')
      await device.prove(olga.password)
      await device.page.waitForFunction(() => location.pathname.startsWith('/oauth/success/'))
      const at = new URL(device.page.url())
      assert.equal(at.pathname, '/oauth/success/a2270f727f45f648')
      assert.equal(at.searchParams.get('state'), 'state-of-the-telephone')
      assert.match(at.searchParams.get('code') ?? '', /^[\w-]{20,}$/)
      await device.sees('Go back to the app')
      assert.deepEqual(await device.faults(), [])
    },
  )

  await t.test('what is no built-in program, or asks without a proof key, gets nothing', async () => {
    const device = await openDevice(browser, server, '/sign-in')
    const key = await fakeFirefox().newKey()
    for (const wrong of [
      address('0123456789abcdef', key),
      address('5882386c6d801776', key),
      address('a2270f727f45f648', key, { code_challenge_method: 'plain' }),
      address('a2270f727f45f648', key, { response_type: 'token' }),
      address('a2270f727f45f648', key, { state: 's'.repeat(600) }),
    ]) {
      await enter(device.page, olga, wrong)
      await device.sees('This page is for Firefox')
      assert.equal(await device.page.$('#firefox-connect'), null)
    }
  })

  await t.test('a desktop that is led there by somebody’s address is asked itself', async () => {
    const firefox = fakeFirefox()
    const device = await openDevice(browser, server, '/sign-in', { prepare: firefox.prepare })
    const context = { context: 'oauth_webchannel_v1' }
    await enter(device.page, olga, address('a2270f727f45f648', await fakeFirefox().newKey(), context))
    await device.press('Sign in to Firefox')
    await device.prove(olga.password)
    await device.sees('It has begun to synchronise.')
    assert.equal(connects(device)[0]?.['client'], '5882386c6d801776')
    assert.equal((await firefox.open(String(connects(device)[0]?.['keysJwe'])))[sync]?.kid, kid)
  })
})

test('the settings that Firefox opens are our own pages, for whom it means', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { olga, device } = all
  await enter(device.page, olga, '/')
  const about = '?context=oauth_webchannel_v1&entrypoint=preferences&uid=x&email=olga%40localhost'
  for (const [path, target] of [
    ['/settings', '/'],
    ['/settings/clients', '/account/browsers'],
    ['/settings/avatar/change', '/account/profile'],
    ['/connect_another_device', '/firefox'],
  ] as const) {
    await device.visit(path + about)
    await device.page.waitForFunction((wanted) => location.pathname === wanted, {}, target)
    await device.page.waitForFunction(() => document.querySelector('h1')?.textContent?.trim())
  }
  await device.visit('/settings?email=ann%40localhost')
  await device.sees('Firefox is signed in as ann@localhost, and you are olga@localhost here.')
  await device.press('Go on as olga@localhost')
  await device.sees('Hello, olga')
  await device.visit('/post_verify/third_party_auth/set_password?context=oauth_webchannel_v1&service=sync')
  await device.sees('What should it synchronise?')
})

test('her own browser hears of a new name and of the end of her account, and nobody else’s', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { server, olga, device, firefox } = all
  const ann = await guestWithKeys(server, olga, { login: 'ann' })
  const { uid, email } = await identityOf(ann)
  await enter(device.page, ann, '/account/profile')
  const rename = async (name: string) => {
    await device.fill({ name })
    const before = firefox.asked.length
    await device.press('Save the name')
    await device.page.waitForFunction(
      (wanted) => document.querySelector('.who')?.textContent === wanted,
      {},
      name,
    )
    // It is asked who it is, and then told, or not.
    while (firefox.asked.length === before) await new Promise((done) => setTimeout(done, 20))
  }
  firefox.user = { uid: 'f'.repeat(32), email: 'somebody@localhost', sessionToken: 'a'.repeat(64) }
  await rename('Anne')
  firefox.user = { uid, email, verified: true, sessionToken: 'a'.repeat(64) }
  await rename('Anna')
  while (!firefox.last('profile:change')) await new Promise((done) => setTimeout(done, 20))
  assert.deepEqual(firefox.commands(), ['profile:change'])
  assert.deepEqual(firefox.last('profile:change'), { uid })
  await device.press('Delete my account')
  await device.fill({ confirm: 'ann' })
  await device.press('Delete my account')
  await device.sees('Your account is being deleted')
  assert.deepEqual(firefox.last('fxaccounts:delete'), { uid })
})

test('ways in that lead elsewhere come back to the question', async (t) => {
  const all = await scene(t)
  if (!all) return
  const { olga, device, firefox } = all
  const hub = await startOAuth2(t)
  await olga.browser.put('/admin/providers/hub', hub.settings)
  await olga.browser.put('/admin/settings', { registration: 'open' })
  hub.next.profile = { id: 17, login: 'Ann-There' }
  let words = ''
  const proveByWords = async () => {
    await device.fill({ 'proof-words': words })
    await device.press('Confirm')
    await device.page.waitForFunction(() => !document.querySelector('dialog'))
  }

  await t.test('an account is made with another one', async () => {
    await device.visit(desktopAddress())
    await device.press('Continue with Hub')
    await device.sees('Hub will vouch for you')
    await device.fill({ login: 'ann' })
    await device.press('Make the account with Hub')
    words = await writeWordsDown(device)
    await device.press('Finish')
    await device.sees('What should it synchronise?')
    await device.press('Sign in to Firefox')
    await proveByWords()
    await device.sees('It has begun to synchronise.')
    assert.equal(firefox.user?.email, 'ann@localhost')
  })
  await t.test(
    'she comes in with it, and a key that this device does not keep is unlocked by her words',
    async () => {
      await signOut(device)
      await emptyBrowser(device)
      firefox.user = null
      await device.visit(desktopAddress())
      await device.press('Continue with Hub')
      await device.sees('Your key is locked on this device')
      await device.press('Sign in to Firefox')
      await proveByWords()
      await device.sees('It has begun to synchronise.')
    },
  )
  await t.test('the other side refuses, and she signs in otherwise', async () => {
    await signOut(device)
    firefox.user = null
    hub.next.refuse = true
    await device.visit(desktopAddress())
    await device.press('Continue with Hub')
    await device.sees('The other side refused the sign-in.')
    await signInHere(device, olga)
    await device.sees('What should it synchronise?')
  })
  await t.test('a proof elsewhere ends there too', async () => {
    await device.visit('/account/security#fresh')
    await device.sees('What should it synchronise?')
  })
  await t.test('who goes to her account on the way is not led back', async () => {
    await device.press('Essaim')
    await device.sees('Hello, olga')
    await device.visit('/')
    await device.sees('Hello, olga')
  })
})

test('below /oauth the pages that Firefox opens are ours, and nothing else is', async (t) => {
  const server = await startServer(t)
  const ask = (path: string) =>
    fetch(server.url + path, { headers: { Accept: 'text/html' }, redirect: 'manual' })
  for (const path of ['/oauth?x=1', '/oauth/force_auth?email=x', '/oauth/success/a2270f727f45f648?code=x']) {
    const answer = await ask(path)
    assert.match(await answer.text(), /<essaim-app>/, path)
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
    assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'/)
  }
  for (const path of ['/oauth/token', '/oauth/authorize', '/oauth/success', '/oauth/other'])
    assert.doesNotMatch(await (await ask(path)).text(), /<essaim-app>/, path)
})

test('with the keyboard alone, in French, signing up on the way', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  await olga.browser.put('/admin/settings', { registration: 'open' })
  const firefox = fakeFirefox()
  const { prepare } = firefox
  const device = await openDevice(browser, server, desktopAddress(), { prepare, language: 'fr' })
  await enterOn(device.page, 'Créer un compte')
  await device.sees('Nom')
  await typeInto(device.page, 'Nom', 'zoe')
  await typeInto(device.page, 'Mot de passe', 'sept hiboux au bord du port')
  await device.page.keyboard.press('Enter')
  await enterOn(device.page, 'Pas maintenant')
  await device.sees(/Que doit-il synchroniser/)
  await tabTo(device.page, 'Historique')
  await device.page.keyboard.press(' ')
  await enterOn(device.page, 'Connecter Firefox')
  await device.sees('La synchronisation a commencé.')
  const { services } = firefox.last('fxaccounts:login') as {
    services: { sync: { declinedEngines: string[] } }
  }
  assert.ok(services.sync.declinedEngines.includes('history'))
  assert.deepEqual(await device.faults(), [])
})
