import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../records/index.ts'
import { KINTO_READ, READ, WRITE } from './bits.ts'
import { sentences, type Words } from './explain.ts'
import { createPermissions } from './permissions.ts'
import { storeInMemory } from './store-in-memory.ts'
import { anonymous, createSubject } from './subject.ts'

const home = 7
const clock = { now: () => 1000 }
const person = (id: string) => ({ id, login: id, home: 1, role: 'person' })
const words: Words = {
  who: (principal) => principal.replace('account:', ''),
  what: (path) => path.slice(path.lastIndexOf('/') + 1),
}

async function setup() {
  const store = storeInMemory(clock)
  const input = { kind: 'space', owner: 'account:alice', payer: null } as const
  const entry = { kind: 'access', home, path: 'kinto', source: 'given' } as const
  await commitStep(store, {
    changes: [
      { kind: 'create-home', home, input },
      { ...entry, principal: 'account:bob', bits: KINTO_READ, expires: Date.UTC(2030, 5, 3) },
      { ...entry, principal: 'authenticated', path: 'kinto/notes', source: 'link', bits: WRITE },
    ],
  })
  const extra = (path: string) => (path === 'kinto' ? [{ principal: 'everyone', bits: READ }] : [])
  return createPermissions({ store, clock, extra })
}

test('every entry that gave something is told, from the node to the root', async () => {
  const permissions = await setup()
  const told = await permissions.explain(createSubject(person('bob')), WRITE, home, 'kinto/notes/1')
  assert.equal(told.allowed, true)
  assert.deepEqual(told.reasons, [
    {
      because: 'entry',
      path: 'kinto/notes',
      principal: 'authenticated',
      source: 'link',
      bits: WRITE,
      expires: null,
    },
    {
      because: 'entry',
      path: 'kinto',
      principal: 'account:bob',
      source: 'given',
      bits: KINTO_READ,
      expires: Date.UTC(2030, 5, 3),
    },
    { because: 'configuration', path: 'kinto', principal: 'everyone', bits: READ },
    { because: 'first-party' },
  ])
  assert.deepEqual(sentences(told, words), ['You may write 1.', 'authenticated may write notes.'])
})

test('owners are told so, of a home and of a record', async () => {
  const permissions = await setup()
  const ofHome = await permissions.explain(createSubject(person('alice')), READ, home, 'kinto')
  assert.deepEqual(ofHome.reasons[0], { because: 'owner-of-home' })
  assert.deepEqual(sentences(ofHome, words).slice(0, 2), ['You may read kinto.', 'You own this home.'])
  const ofRecord = await permissions.explain(
    createSubject(person('eve')),
    WRITE,
    home,
    'kinto/x/1',
    'account:eve',
  )
  assert.deepEqual(sentences(ofRecord, words), ['You may write 1.', 'You own 1.'])
})

test('a no tells whether the person or the app lacks the right', async () => {
  const permissions = await setup()
  const grant = (path: string) => ({
    id: 'g',
    version: 1,
    label: 'Notes',
    scopes: [{ home, path, bits: READ }],
  })
  const app = await permissions.explain(
    createSubject(person('alice'), [], grant('kinto')),
    WRITE,
    home,
    'kinto/x',
  )
  assert.equal(app.allowed, false)
  assert.equal(sentences(app, words)[0], 'No: this app was not allowed to write x.')
  const user = await permissions.explain(anonymous, WRITE, home, 'kinto/x')
  assert.deepEqual(sentences(user, words), ['No: you may not write x.'])
  const both = await permissions.explain(
    createSubject(person('eve'), [], grant('rs')),
    WRITE,
    home,
    'kinto/x',
  )
  assert.equal(sentences(both, words)[0], 'No: neither you nor this app may write x.')
})

test('a grant is told with its scope and until when', async () => {
  const permissions = await setup()
  const scopes = [{ home: 0, path: 'kinto', bits: READ, expires: Date.UTC(2031, 0, 2, 3, 4) }]
  const subject = createSubject(person('bob'), [], { id: 'g', version: 1, label: 'Notes', scopes })
  assert.deepEqual(sentences(await permissions.explain(subject, READ, home, 'kinto'), words), [
    'You may read kinto.',
    'bob may read, list kinto until 2030-06-03 00:00 UTC.',
    'The server allows everyone to read kinto.',
    'You allowed Notes to read kinto until 2031-01-02 03:04 UTC.',
  ])
})

test('nobody may do anything in a home that is gone', async () => {
  const permissions = await setup()
  const told = await permissions.explain(createSubject(person('alice')), READ, 8, 'kinto')
  assert.equal(told.allowed, false)
  assert.equal(told.user, 0)
})
