import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { KINTO_READ, WRITE } from '../permissions/index.ts'
import { covers, createRegistry, isHigh, type KnownScope } from './registry.ts'
import { answered, resolveScope } from './resolve.ts'
import { boxes, cards, registry } from './scenes.ts'
import { maxScopes } from './syntax.ts'
import type { TargetReads } from '../ports.ts'

const unknown = { code: 'scope-unknown' }
const reads = {} as TargetReads
const alice = { id: 'alice', home: 7 }
const now = 1_000
const day = 86_400_000
const resolved = (text: string) => resolveScope(registry, reads, alice, registry.one(text), now)

describe('the registry', () => {
  test('knows what doors declare, modules, the words of OpenID Connect and bundles', () => {
    for (const text of [
      'boxes:r',
      'boxes:red:rw',
      'boxes:red/top:r',
      'boxes:pick:rw',
      'boxes:send',
      'cards:r?fields=name',
      'notes:rw',
      'notes:r?days=3',
      'openid',
      'profile',
      'email',
      'offline_access',
    ])
      assert.equal(registry.one(text).text, text)
    assert.deepEqual(
      registry.parse('include:starter').map(({ text }) => text),
      ['openid', 'boxes:pick:rw'],
    )
    assert.deepEqual(
      registry.parseAll(['include:starter', 'openid', 'boxes:rw']).map(({ text }) => text),
      ['openid', 'boxes:pick:rw', 'boxes:rw'],
    )
  })

  test('reads so many at a time, and no more', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `m${i}:r`)
    assert.equal(registry.parseAll(many(maxScopes)).length, maxScopes)
    assert.throws(() => registry.parseAll(many(maxScopes + 1)), { code: 'scope-malformed' })
  })

  test('knows what a door’s scope is called elsewhere, and gives it back under its own name', () => {
    const alias = 'https://elsewhere.example/scopes/boxes'
    const [first, ...rest] = boxes.scopes
    const named = createRegistry([{ ...boxes, scopes: [{ ...first!, alias }, ...rest] }])
    const own = `boxes:${first!.verb}`
    assert.deepEqual([named.one(alias).text, named.parse(alias).map(({ text }) => text)], [own, [own]])
    assert.deepEqual(named.parseAll([alias, own]).length, 1)
    assert.throws(() => registry.parse(alias), { code: 'scope-malformed' })
  })

  test('knows nothing else', () => {
    const texts = [
      'address',
      'phone',
      'boxes',
      'boxes:x',
      'boxes:RED:r',
      'boxes:red:send',
      'cards:red:r',
      'cards:pick:r',
      'cards:r?fields=phone',
      'boxes:r?fields=name',
      'notes:send',
      'notes:x:r',
      'notes:r?fields=a',
      'public:r',
      'module:rw',
      'pick:rw',
      'openid:r',
      'include:none',
      'include:starter?days=1',
      'include:x:starter',
    ]
    for (const text of texts) assert.throws(() => registry.parse(text), unknown, text)
    assert.throws(
      () => createRegistry([{ ...cards, modulePaths: undefined } as never]).one('notes:rw'),
      unknown,
    )
  })

  test('is not made of doors or bundles that contradict each other', () => {
    assert.throws(() => createRegistry([boxes, boxes]), TypeError)
    assert.throws(() => createRegistry([{ ...boxes, name: 'openid' }]), TypeError)
    assert.throws(
      () => createRegistry([{ ...boxes, scopes: [boxes.scopes[0]!, boxes.scopes[0]!] }]),
      TypeError,
    )
    const bundle = {
      name: 'b',
      title: { en: '', fr: '' },
      description: { en: '', fr: '' },
      scopes: ['none:x:r'],
    }
    assert.throws(() => createRegistry([boxes], [bundle]), unknown)
  })

  test('says each scope in the language of the page', () => {
    const told = (text: string) => registry.describe(registry.one(text), 'en')
    assert.deepEqual(told('boxes:red:rw?days=2'), {
      scope: 'boxes:red:rw?days=2',
      about: 'boxes',
      title: 'rw “red”',
      description: 'Only “red”.',
      days: 2,
      period: 'for 2 days',
    })
    assert.equal(told('boxes:pick:rw').question, 'Which box?')
    assert.equal(told('notes:rw').title, 'Read and change what is kept under “notes”')
    assert.deepEqual(told('cards:r?fields=email').fields, [{ name: 'email', title: 'E-mail' }])
    assert.equal(registry.describe(registry.one('openid'), 'fr').title, 'Vous reconnaître')
    assert.equal(registry.describe(registry.one('notes:r?days=1'), 'fr').period, 'pendant un jour')
  })
})

describe('a scope', () => {
  test('covers another that is no wider in any way', () => {
    const cover = (wider: string, scope: string) => covers(registry, registry.one(wider), registry.one(scope))
    for (const [wider, scope] of [
      ['boxes:rw', 'boxes:r'],
      ['boxes:rw', 'boxes:red:rw'],
      ['boxes:rw', 'boxes:pick:r'],
      ['boxes:red:rw', 'boxes:red:r'],
      ['cards:r', 'cards:r?fields=name'],
      ['cards:r?fields=email,name', 'cards:r?fields=name'],
      ['notes:rw', 'notes:r'],
      ['boxes:r', 'boxes:r?days=1'],
      ['openid', 'openid'],
    ] as const)
      assert.ok(cover(wider, scope), `${wider} covers ${scope}`)
    for (const [wider, scope] of [
      ['boxes:r', 'boxes:rw'],
      ['boxes:red:rw', 'boxes:rw'],
      ['boxes:red:rw', 'boxes:blue:r'],
      ['boxes:rw', 'boxes:send'],
      ['cards:r?fields=name', 'cards:r'],
      ['cards:r?fields=name', 'cards:r?fields=email,name'],
      ['boxes:r', 'cards:r'],
      ['notes:rw', 'tasks:r'],
      ['boxes:rw', 'notes:r'],
      ['notes:rw', 'boxes:notes:r'],
      ['openid', 'profile'],
      ['boxes:rw', 'openid'],
    ] as const)
      assert.ok(!cover(wider, scope), `${wider} does not cover ${scope}`)
  })

  test('is high where it changes all of a door', () => {
    const high = (text: string) => isHigh(registry, registry.one(text))
    assert.deepEqual(
      ['boxes:rw', 'boxes:r', 'boxes:red:rw', 'boxes:pick:rw', 'notes:rw', 'openid', 'boxes:send'].map(high),
      [true, false, false, false, false, false, false],
    )
  })

  test('is resolved into rights in the permission tree', async () => {
    assert.deepEqual(await resolved('boxes:r'), [
      { scope: 'boxes:r', home: 0, path: 'boxes', bits: KINTO_READ, since: now },
    ])
    assert.deepEqual(await resolved('boxes:red:rw?days=2'), [
      {
        scope: 'boxes:red:rw?days=2',
        home: 7,
        path: 'boxes/red',
        bits: WRITE,
        since: now,
        expires: now + 2 * day,
      },
    ])
    assert.deepEqual(
      (await resolved('notes:rw')).map(({ home, path }) => [home, path]),
      [
        [7, 'boxes/notes'],
        [7, 'cards/notes'],
        [7, 'cards/public/notes'],
      ],
    )
    assert.deepEqual((await resolved('cards:r?fields=name'))[0]?.fields, ['name'])
    assert.deepEqual(await resolved('openid'), [])
    await assert.rejects(resolved('boxes:pick:r'), { code: 'scope-open' })
    await assert.rejects(resolved('boxes:locked:r'), { code: 'target-absent' })
  })
})

describe('an answer', () => {
  const answer = (asked: string, more: object = {}): KnownScope['text'] =>
    answered(registry, { asked, allow: true, ...more }).text

  test('says which thing, and may allow less than was asked', () => {
    assert.equal(answer('boxes:rw'), 'boxes:rw')
    assert.equal(answer('boxes:pick:rw', { target: 'red' }), 'boxes:red:rw')
    assert.equal(answer('boxes:pick:rw', { target: 'red', verb: 'r', days: 7 }), 'boxes:red:r?days=7')
    assert.equal(answer('cards:r?fields=email,name', { fields: ['name'] }), 'cards:r?fields=name')
    assert.equal(answer('cards:r', { fields: ['name'] }), 'cards:r?fields=name')
    assert.equal(answer('notes:rw', { verb: 'r' }), 'notes:r')
    assert.equal(answer('notes:rw?days=9', { days: 3 }), 'notes:rw?days=3')
  })

  test('never allows more, or what was not asked', () => {
    const wider = { code: 'scope-wider' }
    const wrong = [
      ['boxes:r', { verb: 'rw' }],
      ['boxes:pick:r', { target: 'red', verb: 'rw' }],
      ['boxes:red:rw', { target: 'blue' }],
      ['boxes:rw', { target: 'red' }],
      ['cards:r?fields=name', { fields: ['email'] }],
      ['notes:r?days=3', { days: 4 }],
      ['boxes:rw', { verb: 'send' }],
    ] as const
    for (const [asked, more] of wrong)
      assert.throws(() => answer(asked, more), wider, `${asked} ${JSON.stringify(more)}`)
    for (const more of [{}, { target: 'pick' }])
      assert.throws(() => answer('boxes:pick:rw', more), { code: 'scope-open' })
    assert.throws(() => answer('boxes:pick:rw', { target: 'NOT A BOX' }), unknown)
    assert.throws(() => answer('cards:r', { fields: [] }), { code: 'scope-malformed' })
  })
})
