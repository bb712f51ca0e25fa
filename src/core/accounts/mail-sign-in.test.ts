import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkLasts } from './links.ts'
import { accountsWithMail, only } from './mail-in-memory.ts'

test('a link signs in once, within a quarter of an hour, where she turned it on', async () => {
  const { accounts, person, letters, here, time } = await accountsWithMail()
  const ada = await person('ada', 'ada@example.org')
  await accounts.askMailSignIn('ada@example.org', 'en')
  assert.deepEqual(await letters(), [], 'off until she turns it on')
  await accounts.setMailSignIn(ada.id, true, here)
  assert.equal(only(await letters(), 'notice').act, 'mail-sign-in-on')
  await accounts.askMailSignIn('Ada@EXAMPLE.org', 'en')
  const asked = await letters()
  assert.deepEqual(
    asked.map(({ to }) => to),
    ['ada@example.org'],
    'to what was proved, however it was typed',
  )
  const { token } = only(asked, 'sign-in')
  const { account, beside } = await accounts.mailSignInLink(token)
  assert.equal(account.id, ada.id)
  const begin = { account, method: 'mail', fresh: false, ...here, beside } as const
  const { session } = await accounts.beginSession(begin)
  assert.equal(session.authenticated, 0)
  await assert.rejects(accounts.mailSignInLink(token), { code: 'link-void' })
  await assert.rejects(accounts.beginSession(begin), 'nor with what was looked up before')
  time.now += 3 * 60_000
  await accounts.askMailSignIn('ada@example.org', 'en')
  const late = only(await letters(), 'sign-in').token
  time.now += linkLasts['mail-sign-in']
  await assert.rejects(accounts.mailSignInLink(late), { code: 'link-void' })
})

test('turned off, or with the address removed or the account suspended, a link that is out opens nothing', async () => {
  for (const end of ['off', 'removed', 'suspended'] as const) {
    const { accounts, person, letters, here, owner } = await accountsWithMail()
    const ada = await person('ada', 'ada@example.org')
    await accounts.setMailSignIn(ada.id, true, here)
    await accounts.askMailSignIn('ada@example.org', 'en')
    const { token } = only(await letters(), 'sign-in')
    if (end === 'off') {
      await accounts.setMailSignIn(ada.id, false, here)
      await accounts.setMailSignIn(ada.id, true, here)
    } else if (end === 'suspended') await accounts.suspend(owner!, ada.id, true)
    else await accounts.removeAddress(ada.id, (await accounts.addresses(ada.id))[0]!.id, here)
    await assert.rejects(accounts.mailSignInLink(token), { code: 'link-void' }, end)
  }
})

test('a link of another kind signs nobody in', async () => {
  const { accounts, person, letters, here } = await accountsWithMail()
  const ada = await person('ada', 'ada@example.org')
  await accounts.setMailSignIn(ada.id, true, here)
  await letters()
  await accounts.askRecovery('ada@example.org', 'en')
  const { token } = only(await letters(), 'recovery-asked')
  await assert.rejects(accounts.mailSignInLink(token), { code: 'link-void' })
  await assert.rejects(accounts.verifyAddress(token, here), { code: 'link-void' })
})

test('notices go to verified addresses alone, fifty a day', async () => {
  const { accounts, person, letters, here } = await accountsWithMail()
  const ada = await person('ada', 'ada@example.org')
  await accounts.addAddress(ada.id, 'other@example.org', { ...here, language: 'en' })
  await letters()
  for (let i = 0; i < 60; i++) await accounts.tellByMail(ada.id, 'signed-in', { agent: 'Firefox' })
  const told = await letters()
  assert.equal(told.length, 50)
  assert.deepEqual([...new Set(told.map(({ to }) => to))], ['ada@example.org'])
  await accounts.tellByMail('nobody', 'signed-in', {})
})
