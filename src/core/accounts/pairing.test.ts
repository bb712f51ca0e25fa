import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsWithMail, only } from './mail-in-memory.ts'
import { pairingLasts } from './pairing.ts'

const from = { address: '198.51.100.0/24', agent: 'Firefox · Android' }
const key = { pk: 'new device', mac: 'proof' }
const open = { rendezvous: 'somewhere', key, from, stranger: '198.51.100.7' }

test('a new device meets an old one, gets what that sealed, once, and the person is told', async () => {
  const { accounts, person, letters, here, store } = await accountsWithMail()
  const ada = await person('ada', 'ada@example.org')
  const { poll } = await accounts.openPairing(open)
  assert.deepEqual(await accounts.pollPairing(poll), { state: 'waiting' })
  const waiting = await accounts.lookPairing('somewhere')
  assert.deepEqual([waiting.key, waiting.agent, waiting.address], [key, from.agent, from.address])
  await accounts.approvePairing(ada.id, 'somewhere', { enc: 'a', ct: 'b' }, here)
  await assert.rejects(accounts.lookPairing('somewhere'), { code: 'pairing-absent' }, 'answered')
  await assert.rejects(accounts.approvePairing(ada.id, 'somewhere', null, here), { code: 'pairing-absent' })
  const answer = await accounts.pollPairing(poll)
  assert.ok(answer.state === 'ready')
  assert.deepEqual([answer.sealed, answer.account.id], [{ enc: 'a', ct: 'b' }, ada.id])
  const begin = {
    account: answer.account,
    method: 'device',
    fresh: false,
    ...here,
    beside: answer.beside,
  } as const
  await accounts.beginSession(begin)
  await assert.rejects(accounts.beginSession({ ...begin, account: (await accounts.byId(ada.id))! }), 'once')
  assert.deepEqual(await accounts.pollPairing(poll), { state: 'expired' })
  assert.deepEqual(await store.rows('pairing', {}), [])
  assert.deepEqual(only(await letters(), 'notice').details, {
    device: 'Firefox · Android',
    place: '198.51.100.0/24',
  })
  assert.ok((await accounts.logOf(ada.id, { limit: 9 })).some(({ act }) => act === 'device-added'))
})

test('after five minutes, or when it was refused, nobody meets', async () => {
  const { accounts, person, here, time } = await accountsWithMail()
  const ada = await person('ada')
  const { poll } = await accounts.openPairing(open)
  await accounts.refusePairing(ada.id, 'somewhere', here)
  assert.deepEqual(await accounts.pollPairing(poll), { state: 'refused' })
  assert.deepEqual(await accounts.pollPairing(poll), { state: 'expired' })
  const late = await accounts.openPairing(open)
  time.now += pairingLasts
  assert.deepEqual(await accounts.pollPairing(late.poll), { state: 'expired' })
  await assert.rejects(accounts.lookPairing('somewhere'), { code: 'pairing-absent' })
  await assert.rejects(accounts.approvePairing(ada.id, 'somewhere', null, here), { code: 'pairing-absent' })
  await assert.rejects(accounts.lookPairing('elsewhere'), { code: 'pairing-absent' })
})

test('whoever is suspended meanwhile lets no device in', async () => {
  const { accounts, person, here, owner } = await accountsWithMail()
  const ada = await person('ada')
  const { poll } = await accounts.openPairing(open)
  await accounts.approvePairing(ada.id, 'somewhere', null, here)
  await accounts.suspend(owner!, ada.id, true)
  assert.deepEqual(await accounts.pollPairing(poll), { state: 'refused' })
  const other = await accounts.openPairing(open)
  await assert.rejects(accounts.approvePairing(ada.id, 'somewhere', null, here), { code: 'forbidden' })
  assert.deepEqual(await accounts.pollPairing(other.poll), { state: 'waiting' })
})

test('five devices of an address wait at one time, a thousand in all, and only hashes of where are stored', async () => {
  const { accounts, store, time } = await accountsWithMail()
  await accounts.openPairing(open)
  await assert.rejects(accounts.openPairing(open), { code: 'pairing-known' })
  for (let i = 1; i < 5; i++) await accounts.openPairing({ ...open, rendezvous: `r${i}` })
  await assert.rejects(accounts.openPairing({ ...open, rendezvous: 'r5' }), { code: 'pairing-busy' })
  const polls: string[] = []
  for (let i = 0; i < 995; i++)
    polls.push((await accounts.openPairing({ ...open, rendezvous: `s${i}`, stranger: `x${i}` })).poll)
  await assert.rejects(accounts.openPairing({ ...open, rendezvous: 't', stranger: 't' }), {
    code: 'pairing-busy',
  })
  const stored = JSON.stringify(await store.rows('pairing', {}))
  for (const secret of ['"somewhere"', '198.51.100.7', polls[0]!]) assert.ok(!stored.includes(secret))
  time.now += pairingLasts
  assert.ok((await accounts.openPairing({ ...open, rendezvous: 't' })).poll, 'what is over makes room')
})
