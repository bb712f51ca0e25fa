import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256Hex } from '../../lib/hash.ts'
import { accountsInMemory } from './accounts-in-memory.ts'
import { linkLasts } from './links.ts'
import { accountsWithMail, only } from './mail-in-memory.ts'

const day = 86_400_000

test('an address is hers once she follows the link that was sent to it, and not before', async () => {
  const { accounts, person, letters, here, store } = await accountsWithMail()
  const ada = await person('ada')
  const added = await accounts.addAddress(ada.id, ' Ada@Example.org', { ...here, language: 'fr' })
  assert.deepEqual([added.address, added.verified], ['Ada@example.org', null])
  assert.equal(await accounts.byAddress('ada@example.org'), undefined)
  const mails = await letters()
  assert.deepEqual(
    mails.map(({ to, language }) => [to, language]),
    [['Ada@example.org', 'fr']],
  )
  const { token } = only(mails, 'verify')
  const stored = JSON.stringify([await store.rows('token', {}), await store.rows('outgoing_mail', {})])
  assert.ok(!stored.includes(token) && stored.includes(sha256Hex(token)))
  assert.ok((await accounts.verifyAddress(token, here)).verified)
  assert.equal((await accounts.byAddress('ADA@example.org'))?.id, ada.id)
  await assert.rejects(accounts.verifyAddress(token, here), { code: 'link-void' }, 'once')
  const acts = (await accounts.logOf(ada.id, { limit: 10 })).map(({ act }) => act)
  assert.deepEqual(acts.slice(0, 2), ['address-verified', 'address-added'])
})

test('a link is good for a day, for its address alone, and not after that is removed', async () => {
  const { accounts, person, letters, here, time } = await accountsWithMail()
  const ada = await person('ada')
  await assert.rejects(accounts.verifyAddress('made-up', here), { code: 'link-void' })
  const from = { ...here, language: 'en' } as const
  const { id } = await accounts.addAddress(ada.id, 'ada@example.org', from)
  const first = only(await letters(), 'verify').token
  time.now += linkLasts['verify-address']
  await assert.rejects(accounts.verifyAddress(first, here), { code: 'link-void' })
  await accounts.addAddress(ada.id, 'ada@example.org', from)
  const second = only(await letters(), 'verify').token
  await accounts.removeAddress(ada.id, id, here)
  await assert.rejects(accounts.verifyAddress(second, here), { code: 'link-void' })
  assert.deepEqual(await letters(), [], 'nobody is told of an address that was never hers')
})

test('of two accounts that add one address, the first to prove it has it', async () => {
  const { accounts, person, letters, here, time } = await accountsWithMail()
  const [ada, eve] = [await person('ada'), await person('eve')]
  const from = { ...here, language: 'en' } as const
  await accounts.addAddress(eve.id, 'box@example.org', from)
  const hers = only(await letters(), 'verify').token
  time.now += 3 * 60_000
  await accounts.addAddress(ada.id, 'BOX@example.org', from)
  const mine = only(await letters(), 'verify').token
  await accounts.verifyAddress(mine, here)
  await assert.rejects(accounts.verifyAddress(hers, here), { code: 'address-taken' })
  assert.equal((await accounts.byAddress('box@example.org'))?.id, ada.id)
  const [address] = await accounts.addresses(ada.id)
  await accounts.removeAddress(ada.id, address?.id ?? '', here)
  await accounts.verifyAddress(hers, here)
  assert.equal((await accounts.byAddress('box@example.org'))?.id, eve.id)
})

test('an account has five addresses at most, and only its own can be removed', async () => {
  const { accounts, person, here } = await accountsWithMail()
  const [ada, eve] = [await person('ada', 'ada@example.org'), await person('eve')]
  const from = { ...here, language: 'en' } as const
  for (let i = 1; i < 5; i++) await accounts.addAddress(ada.id, `ada${i}@example.org`, from)
  await assert.rejects(accounts.addAddress(ada.id, 'ada5@example.org', from), { code: 'too-many' })
  await assert.rejects(accounts.addAddress(ada.id, 'ada5@localhost', from), { code: 'address-malformed' })
  const [first] = await accounts.addresses(ada.id)
  await assert.rejects(accounts.removeAddress(eve.id, first?.id ?? '', here), { code: 'address-absent' })
})

test('nobody can have an address flooded: a mail in three minutes, ten in a day, whoever asks', async () => {
  const { accounts, person, letters, here, time } = await accountsWithMail()
  const people = [await person('ada'), await person('bob'), await person('eve')]
  const from = { ...here, language: 'en' } as const
  const asked = (i: number) => accounts.addAddress(people[i % 3]!.id, 'victim@example.org', from)
  await asked(0)
  await assert.rejects(asked(1), { code: 'mail-throttled', details: { retryAfter: 180 } })
  for (let i = 1; i < 10; i++) {
    time.now += 3 * 60_000
    await asked(i)
  }
  time.now += 3 * 60_000
  await assert.rejects(asked(10), { code: 'mail-throttled' })
  assert.equal((await letters()).length, 10)
  time.now += day
  await asked(11)
  const both = await Promise.allSettled(
    [0, 1, 2].map((i) => accounts.addAddress(people[i]!.id, 'two@example.org', from)),
  )
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected', 'rejected'])
})

test('her other addresses are told when one is verified or removed, and the removed one too', async () => {
  const { accounts, person, letters, here, time } = await accountsWithMail()
  const ada = await person('ada', 'one@example.org')
  time.now += 3 * 60_000
  await accounts.addAddress(ada.id, 'two@example.org', { ...here, language: 'en' })
  await accounts.verifyAddress(only(await letters(), 'verify').token, here)
  const told = await letters()
  assert.deepEqual(
    told.map(({ to }) => to),
    ['one@example.org'],
  )
  const notice = only(told, 'notice')
  assert.deepEqual([notice.act, notice.details], ['address-verified', { address: 'two@example.org' }])
  const [one] = await accounts.addresses(ada.id)
  await accounts.removeAddress(ada.id, one?.id ?? '', here)
  assert.deepEqual((await letters()).map(({ to }) => to).toSorted(), ['one@example.org', 'two@example.org'])
})

test('a server without mail says so, and tells nobody anything', async () => {
  const { accounts, owner, store } = await accountsInMemory()
  const from = { address: null, agent: null, language: 'en' } as const
  await assert.rejects(accounts.addAddress(owner?.id ?? '', 'a@example.org', from), { code: 'mail-off' })
  await accounts.askRecovery('a@example.org', 'en')
  await accounts.askMailSignIn('a@example.org', 'en')
  await accounts.tellByMail(owner?.id ?? '', 'signed-in', {})
  assert.deepEqual(await store.rows('outgoing_mail', {}), [])
})
