/** Alice sends a tab from one Firefox to the other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeTab, openTabs, otherDevices, renameDevice, sendTab, syncNow } from '../support/firefox-data.ts'
import { connect, type OwnFirefox, openOwnFirefox } from '../support/firefox-person.ts'
import { eventually, prefer, untilStatus } from '../support/firefox-sync.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startPushService } from '../support/push-service.ts'
import { startServer } from '../support/server.ts'

test('a tab is sent from one Firefox to another, by push and without it', async (t) => {
  const push = await startPushService(t)
  const server = await startServer(t, { ESSAIM_FETCH_ALLOW: push.host })
  const alice = await ownerWithKeys(server, { login: 'alice' })
  const laptop = await openOwnFirefox(t, server, { name: 'Laptop', push })
  if (!laptop) return
  const desktop = await openOwnFirefox(t, server, { name: 'Desktop', push })
  if (!desktop) return
  await connect(laptop, alice)
  await connect(desktop, alice)

  const page = (name: string) => `${laptop.origin}/sign-up?tab=${name}`
  const opens = (firefox: OwnFirefox, url: string) =>
    eventually(`a tab with ${url}`, async () => (await openTabs(firefox)).includes(url))

  await t.test('they see each other', async () => {
    await eventually('the laptop sees the desktop', async () =>
      (await otherDevices(laptop)).some(({ name, type }) => name === 'Desktop' && type === 'desktop'),
    )
    await renameDevice(desktop, 'Study')
    await eventually('its new name', async () => (await otherDevices(laptop))[0]?.name === 'Study')
  })

  await t.test('with push, it opens by itself; the push service cannot read it', async () => {
    const [study] = await otherDevices(laptop)
    const before = push.posted.length
    await sendTab(laptop, study!.id, page('pushed'), 'Pushed')
    await opens(desktop, page('pushed'))
    const [message] = push.posted.slice(before)
    assert.equal(message?.status, 201)
    assert.equal(message?.headers['content-encoding'], 'aes128gcm')
  })

  await t.test('and it is closed from afar', async () => {
    const [study] = await otherDevices(laptop)
    assert.equal(await closeTab(laptop, study!.id, page('pushed')), true)
    await eventually('the tab is gone', async () => !(await openTabs(desktop)).includes(page('pushed')))
  })

  await t.test('and back', async () => {
    const [other] = await otherDevices(desktop)
    assert.equal(other?.name, 'Laptop')
    await sendTab(desktop, other.id, page('back'), 'Back')
    await opens(laptop, page('back'))
  })

  await t.test('without push, it opens when she synchronises', async () => {
    await prefer(desktop, 'dom.push.connection.enabled', false)
    await eventually('the desktop is not at the push service any more', async () => push.browsers() === 1)
    const [study] = await otherDevices(laptop)
    await sendTab(laptop, study!.id, page('waiting'), 'Waiting')
    assert.equal((await openTabs(desktop)).includes(page('waiting')), false)
    await syncNow(desktop)
    await opens(desktop, page('waiting'))
  })

  await t.test(
    'one is disconnected on her page: with push it hears of it, and forgets who she is',
    async () => {
      const { browsers } = (await alice.browser.get('/me/browsers')).body
      const { id } = browsers.find(({ name }: { name: string }) => name === 'Laptop')
      await alice.browser.delete(`/me/browsers/${id}`)
      await untilStatus(laptop, 'not_configured')
      assert.deepEqual(await otherDevices(desktop), [])
    },
  )
})
