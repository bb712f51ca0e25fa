import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../records/index.ts'
import { MailError, type Mail } from '../ports.ts'
import { accountsInMemory, keys } from './accounts-in-memory.ts'
import { plainWords } from './mail-in-memory.ts'
import { backOff, createOutbox, givenUpAfter } from './outbox.ts'

const minute = 60_000

async function scene({ processes = 1 } = {}) {
  const { store, clock, time, errors } = await accountsInMemory()
  const sent: string[] = []
  const troubles: string[] = []
  let answer: (mail: Mail) => Promise<void> | void = () => {}
  const outboxes = Array.from({ length: processes }, () =>
    createOutbox({
      store,
      clock,
      keys,
      words: plainWords,
      mailer: {
        async send(mail) {
          await answer(mail)
          sent.push(mail.to)
        },
        async check() {},
        close() {},
      },
      onTrouble: (what, details) => void troubles.push(`${what} ${JSON.stringify(details)}`),
      onError: (error) => void errors.push(error),
    }),
  )
  const [outbox] = outboxes
  assert.ok(outbox)
  const put = (...to: string[]) =>
    commitStep(store, {
      changes: outbox.changes(
        to.map((one) => ({ account: 'ada', to: one, subject: 'Hello', text: 'secret link', language: 'en' })),
      ),
    })
  const waiting = () => store.rows('outgoing_mail', {})
  return {
    store,
    time,
    sent,
    troubles,
    errors,
    outbox,
    outboxes,
    put,
    waiting,
    answer: (then: typeof answer) => void (answer = then),
  }
}

test('a mail is sent after its commit, once, and nothing of it is stored in clear', async () => {
  const { outbox, put, waiting, sent } = await scene()
  await put('a@example.org')
  const stored = JSON.stringify(await waiting())
  assert.ok(!stored.includes('a@example.org') && !stored.includes('secret'))
  assert.equal(await outbox.round(), 1)
  assert.equal(await outbox.round(), 0)
  assert.deepEqual([sent, await waiting()], [['a@example.org'], []])
})

test('of several processes one sends each mail', async () => {
  const { outboxes, put, sent, waiting } = await scene({ processes: 4 })
  const to = Array.from({ length: 25 }, (_, i) => `${i}@example.org`)
  await put(...to)
  await Promise.all(outboxes.map((one) => one.round()))
  assert.deepEqual(sent.toSorted(), to.toSorted())
  assert.deepEqual(await waiting(), [])
})

test('a process that dies while it sends leaves the mail to be sent five minutes later', async () => {
  const { outboxes, put, sent, time, answer } = await scene({ processes: 2 })
  const [first, second] = outboxes
  await put('a@example.org')
  let died = () => {}
  answer(() => new Promise<void>((_, reject) => (died = () => reject(new MailError('unavailable', 'gone')))))
  const dying = first!.round()
  await new Promise((resolve) => setImmediate(resolve))
  answer(() => {})
  assert.equal(await second!.round(), 0)
  time.now += 5 * minute
  assert.equal(await second!.round(), 1)
  died()
  await dying
  assert.deepEqual(sent, ['a@example.org'])
  assert.equal(await second!.round(), 0, 'what the first found later changes nothing')
})

test('a dead mail server is asked more and more rarely, and then gets everything', async () => {
  const { outbox, put, sent, time, answer, troubles, waiting } = await scene()
  const to = Array.from({ length: 8 }, (_, i) => `${i}@example.org`)
  await put(...to)
  let tries = 0
  answer(() => {
    tries++
    throw new MailError('unavailable', 'CONN ECONNREFUSED')
  })
  for (let ms = 0; ms < 24 * 60 * minute; ms += 5_000) {
    await outbox.round()
    time.now += 5_000
  }
  assert.ok(tries < 130, `${tries} tries in a day`)
  assert.equal((await waiting()).length, 8)
  assert.ok(troubles.every((line) => !line.includes('example.org')))
  answer(() => {})
  for (let ms = 0; ms < 4 * 60 * minute && sent.length < 8; ms += 5_000) {
    await outbox.round()
    time.now += 5_000
  }
  assert.deepEqual(sent.toSorted(), to)
})

test('a recipient that is refused for ever is given up at once, and noted; others are sent', async () => {
  const { outbox, put, sent, answer, store, waiting } = await scene()
  await put('gone@example.org', 'here@example.org')
  answer(({ to }) => {
    if (to.startsWith('gone')) throw new MailError('refused', 'RCPT TO 550')
  })
  await outbox.round()
  assert.deepEqual([sent, await waiting()], [['here@example.org'], []])
  const entries = await store.rows('log_entry', { account_id: 'ada' })
  assert.deepEqual(
    entries.map((row) => row['act']),
    ['mail-given-up'],
  )
})

test('a recipient that is refused for now is tried for three days', async () => {
  const { outbox, put, sent, answer, store, time, waiting } = await scene()
  await put('full@example.org', 'here@example.org')
  let tries = 0
  answer(({ to }) => {
    if (!to.startsWith('full')) return
    tries++
    throw new MailError('later', 'RCPT TO 452')
  })
  const began = time.now
  while ((await waiting()).length > 0) {
    await outbox.round()
    time.now += minute
  }
  assert.deepEqual(sent, ['here@example.org'])
  assert.ok(tries > 15 && tries < 40, `${tries} tries`)
  assert.ok(time.now - began >= givenUpAfter && time.now - began < givenUpAfter + backOff(99) + minute)
  assert.equal((await store.rows('log_entry', { account_id: 'ada' })).length, 1)
})

test('tries are minutes, then hours apart', () => {
  assert.deepEqual(
    [1, 2, 3, 8, 9, 50].map((n) => backOff(n) / minute),
    [1, 2, 4, 128, 240, 240],
  )
})

test('a mail that nobody can open any more is given up', async () => {
  const { outbox, put, sent, store, waiting } = await scene()
  await put('a@example.org')
  const [row] = await waiting()
  await commitStep(store, {
    changes: [{ kind: 'row', table: 'outgoing_mail', put: { ...row, sealed: '1.AAAA' } }],
  })
  await outbox.round()
  assert.deepEqual([sent, await waiting()], [[], []])
})

test('ten thousand mails may wait', async () => {
  const { outbox, put, time } = await scene()
  assert.equal(await outbox.hasRoom(), true)
  const to = Array.from({ length: 10_000 }, (_, i) => `${i}@example.org`)
  await put(...to)
  assert.equal(await outbox.hasRoom(), false)
  time.now += 2 * minute
  assert.equal(await outbox.hasRoom(), false, 'counted anew')
})
