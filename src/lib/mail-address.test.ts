import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMailAddress, readMailSender } from './mail-address.ts'

test('addresses that reach the same box compare equal in any case and script', () => {
  const read = (text: string) => readMailAddress(text)
  assert.deepEqual(read(' Ada.L+notes@Example.ORG '), {
    address: 'Ada.L+notes@example.org',
    folded: 'ada.l+notes@example.org',
  })
  assert.equal(read('zoé@example.org'), undefined)
  assert.equal(read('zoe@Bücher.example')?.folded, 'zoe@xn--bcher-kva.example')
  assert.equal(read('zoe@xn--bcher-kva.example')?.folded, 'zoe@xn--bcher-kva.example')
})

test('what is no address, or could write a header of its own, is refused', () => {
  for (const text of [
    '',
    '@',
    'ada',
    'ada@',
    '@example.org',
    'ada@localhost',
    'ada@127.0.0.1',
    'ada@[127.0.0.1]',
    'ada@example..org',
    'ada@-a.example',
    '.ada@example.org',
    'ada.@example.org',
    'a..b@example.org',
    'ada lovelace@example.org',
    '"ada"@example.org',
    'ada@example.org\r\nBcc: eve@example.org',
    'ada@example.org, eve@example.org',
    'ada@exam\0ple.org',
    'eve@evil.example@example.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'a.'.repeat(130)}org`,
    `a@${'b'.repeat(10_000)}.org`,
    '<ada@example.org>',
  ])
    assert.equal(readMailAddress(text), undefined, JSON.stringify(text.slice(0, 60)))
})

test('a sender has an address and perhaps a name', () => {
  assert.deepEqual(readMailSender('cloud@example.org'), { name: '', address: 'cloud@example.org' })
  assert.deepEqual(readMailSender('Our cloud <cloud@Example.org>'), {
    name: 'Our cloud',
    address: 'cloud@example.org',
  })
  assert.deepEqual(readMailSender('"Nuée" <cloud@example.org>'), {
    name: 'Nuée',
    address: 'cloud@example.org',
  })
  for (const text of [
    '',
    'cloud',
    'a <b>',
    'a <b@example.org> c',
    'a\r\nBcc: x <b@example.org>',
    '<<b@example.org>',
  ])
    assert.equal(readMailSender(text), undefined, text)
})
