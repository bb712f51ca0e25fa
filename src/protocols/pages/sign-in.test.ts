import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newAuth } from '../../../test/support/browser-session.ts'
import { pagesUnderTest } from '../../../test/support/pages-door.ts'
import { trustedProxies } from '../../http/addresses.ts'

test('where everybody seems to come from one address, a known browser still gets in', async (t) => {
  const { owner, browser, hashes } = await pagesUnderTest(t, { trustedProxies: trustedProxies([]) })
  const { auth, visitor } = await owner()
  const sign = (who: typeof visitor, login: string, secret: string) =>
    who.ask('POST', '/sign-in/password', { login, auth: secret })
  const before = hashes()
  for (let i = 0; i < 300; i++) await sign(browser(`10.0.0.${i & 255}`), `somebody${i}`, newAuth())
  assert.equal(hashes() - before, 100)
  assert.equal((await sign(browser(), 'olga', auth)).status, 429)
  assert.equal((await sign(visitor, 'olga', auth)).status, 200)
  // What it may do is bounded as well, and no other account's.
  for (let i = 0; i < 20; i++) assert.equal((await sign(visitor, 'olga', newAuth())).status, 401)
  assert.equal((await sign(visitor, 'olga', auth)).status, 429)
  assert.equal((await sign(visitor, 'somebody', auth)).status, 429)
})

test('IPv6 is counted by the /64, which one customer has', async (t) => {
  const { browser, owner } = await pagesUnderTest(t)
  const { auth } = await owner()
  const sign = (address: string, login: string, secret = newAuth()) =>
    browser(address).ask('POST', '/sign-in/password', { login, auth: secret })
  for (let i = 0; i < 100; i++) await sign(`2001:db8:1:2::${i.toString(16)}`, `somebody${i}`)
  assert.equal((await sign('2001:db8:1:2:ffff::1', 'olga', auth)).status, 429)
  assert.equal((await sign('2001:db8:1:3::1', 'olga', auth)).status, 200)
})

test('questions that anybody may ask are bounded for each address', async (t) => {
  const { owner, browser, clock } = await pagesUnderTest(t)
  const { visitor } = await owner()
  const questions: readonly (readonly [string, object])[] = [
    ['/sign-in/prelogin', { login: 'olga' }],
    ['/sign-up/check', { login: 'olga' }],
    ['/sign-up/begin', { login: 'alice' }],
    ['/sign-up', { ticket: 'x', way: {} }],
    ['/invitation/look', { token: 'x' }],
    ['/setup/look', { token: 'x' }],
    ['/setup/begin', { token: 'x', login: 'alice' }],
    ['/setup', { ticket: 'x', way: {} }],
  ]
  const address = '198.51.100.7'
  for (let i = 0; i < 120; i++) {
    const { status } = await browser(address).ask('POST', ...questions[i % questions.length]!)
    assert.notEqual(status, 429)
  }
  for (const question of questions) {
    const { status, body, headers } = await browser(address).ask('POST', ...question)
    assert.deepEqual([status, body], [429, { error: 'throttled', retryAfter: 1 }], question[0])
    assert.equal(headers['retry-after'], '1')
  }
  // She may still ask about herself, in her own browser; others elsewhere notice nothing.
  const hers = await visitor.ask('POST', ...questions[0]!, { 'x-forwarded-for': address })
  assert.equal(hers.status, 200)
  assert.equal((await browser('198.51.100.8').ask('POST', ...questions[0]!)).status, 200)
  clock.tick(1_000)
  assert.equal((await browser(address).ask('POST', ...questions[0]!)).status, 200)
})

test('a refusal by the throttle writes nothing', async (t) => {
  const { owner, browser, store } = await pagesUnderTest(t)
  await owner()
  const guess = () => browser().ask('POST', '/sign-in/password', { login: 'olga', auth: newAuth() })
  for (let i = 0; i < 20; i++) await guess()
  const versions = () =>
    ['account', 'credential', 'session', 'browser', 'log_entry', 'token'].map((table) =>
      store.version(table as 'account'),
    )
  const before = versions()
  for (let i = 0; i < 50; i++) assert.equal((await guess()).status, 429)
  assert.deepEqual(versions(), before)
})
