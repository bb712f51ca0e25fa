import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256Hex } from '../../lib/hash.ts'
import { keyRing } from '../../lib/sealed.ts'
import { admissionOf, createTickets, ticketLasts } from './ticket.ts'

const first = new Uint8Array(32).fill(1)
const second = new Uint8Array(32).fill(2)
const ring = (...secrets: Uint8Array[]) => keyRing(new Map(secrets.map((secret, i) => [i + 1, secret])))
const time = { now: 1_700_000_000_000 }
const clock = { now: () => time.now }
const wanted = { purpose: 'sign-up', login: 'alice', link: null } as const

test('a ticket says what it was given for, for half an hour, and only for that', () => {
  const tickets = createTickets({ keys: ring(first), clock })
  const { text, ticket } = tickets.issue(wanted)
  assert.deepEqual(tickets.read(text, 'sign-up'), ticket)
  assert.equal(ticket.login, 'alice')
  for (const purpose of ['setup', 'recovery'] as const)
    assert.throws(() => tickets.read(text, purpose), { code: 'ticket-void' })
  time.now += ticketLasts - 1
  assert.ok(tickets.read(text, 'sign-up'))
  time.now += 1
  assert.throws(() => tickets.read(text, 'sign-up'), { code: 'ticket-void' })
})

test('each is for another account, or for the one that is named', () => {
  const tickets = createTickets({ keys: ring(first), clock })
  const [one, other] = [tickets.issue(wanted).ticket, tickets.issue(wanted).ticket]
  assert.notEqual(one.account, other.account)
  assert.equal(tickets.issue({ ...wanted, purpose: 'recovery', account: 'known' }).ticket.account, 'known')
})

test('nobody else can make one, and it lives through a rotation of the key', () => {
  const { text } = createTickets({ keys: ring(first), clock }).issue(wanted)
  assert.equal(createTickets({ keys: ring(first, second), clock }).read(text, 'sign-up').login, 'alice')
  const stranger = createTickets({ keys: ring(second), clock })
  assert.throws(() => stranger.read(text, 'sign-up'), { code: 'ticket-void' })
  for (const forged of ['', 'x', `${text}x`, text.slice(0, -1), 'x'.repeat(10_000)])
    assert.throws(() => stranger.read(forged, 'sign-up'), { code: 'ticket-void' })
})

test('the link that it was given for is in it as a hash alone', () => {
  const tickets = createTickets({ keys: ring(first), clock })
  const hash = sha256Hex('the text of an invitation')
  const { ticket } = tickets.issue({ ...wanted, link: hash })
  assert.deepEqual(admissionOf(ticket), { by: 'invitation', hash })
  assert.deepEqual(admissionOf({ ...ticket, purpose: 'setup' }), { by: 'setup', hash })
  assert.deepEqual(admissionOf({ ...ticket, link: null }), { by: 'sign-up' })
})
