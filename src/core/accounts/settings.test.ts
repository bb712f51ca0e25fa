import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsInMemory } from './accounts-in-memory.ts'

test('settings begin with their defaults, change one by one, and the log says who changed what', async () => {
  const { accounts, owner } = await accountsInMemory()
  const by = owner!.id
  assert.equal((await accounts.settings()).registration, 'invitation')
  await accounts.changeSettings(by, { registration: 'open' })
  await accounts.changeSettings(by, { graceDays: 3, registration: 'open' })
  const { registration, graceDays, recoveryHours } = await accounts.settings()
  assert.deepEqual([registration, graceDays, recoveryHours], ['open', 3, 48])
  const [last, first] = await accounts.serverLog({ limit: 10 })
  assert.deepEqual([first?.details, last?.details], [{ registration: 'open' }, { graceDays: 3 }])
  assert.equal(last?.actor, by)
  await accounts.changeSettings(by, { graceDays: 3 })
  assert.equal((await accounts.serverLog({ limit: 10 })).length, 2)
})

test('what is out of its bounds is refused and changes nothing', async () => {
  const { accounts, owner } = await accountsInMemory()
  const wrong: [string, Record<string, unknown>][] = [
    ['registration', { registration: 'everybody' }],
    ['serverName', { serverName: ' ' }],
    ['serverName', { serverName: 'x'.repeat(61) }],
    ['graceDays', { graceDays: -1 }],
    ['graceDays', { graceDays: 1.5 }],
    ['recoveryHours', { recoveryHours: 0 }],
    ['color', { color: 'red' }],
  ]
  const before = await accounts.settings()
  for (const [member, change] of wrong)
    await assert.rejects(accounts.changeSettings(owner!.id, { graceDays: 5, ...change }), {
      code: 'setting-malformed',
      details: { member },
    })
  assert.deepEqual(await accounts.settings(), before)
})

test('administrators who change settings at one time both change them', async () => {
  const { accounts, owner } = await accountsInMemory()
  const by = owner!.id
  await Promise.all([
    accounts.changeSettings(by, { graceDays: 7 }),
    accounts.changeSettings(by, { serverName: 'The hive' }),
    accounts.changeSettings(by, { recoveryHours: 72 }),
  ])
  const { graceDays, serverName, recoveryHours } = await accounts.settings()
  assert.deepEqual([graceDays, serverName, recoveryHours], [7, 'The hive', 72])
})

test('named settings are kept under their prefix, in number and size that are bounded', async () => {
  const { accounts, owner } = await accountsInMemory()
  const by = owner!.id
  await accounts.setNamed(by, 'provider:', 'github', { kind: 'oauth2' }, 'provider-set')
  await accounts.setNamed(by, 'provider:', 'github', { kind: 'oidc' }, 'provider-set')
  const found = await accounts.namedSettings('provider:')
  assert.deepEqual(
    found.map(({ name, value }) => [name, value]),
    [['provider:github', { kind: 'oidc' }]],
  )
  const long = { text: 'x'.repeat(20_000) }
  await assert.rejects(accounts.setNamed(by, 'provider:', 'long', long, 'provider-set'), {
    code: 'setting-malformed',
  })
  for (let i = 1; i < 50; i++) await accounts.setNamed(by, 'provider:', `p${i}`, {}, 'provider-set')
  await assert.rejects(accounts.setNamed(by, 'provider:', 'more', {}, 'provider-set'), { code: 'too-many' })
  await accounts.setNamed(by, 'provider:', 'github', null, 'provider-removed')
  assert.equal((await accounts.namedSettings('provider:')).length, 49)
})
