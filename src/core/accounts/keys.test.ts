import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { accountsOn, storeKinds } from '../../../test/support/accounts-on.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { commitStep } from '../records/index.ts'
import {
  bundleChange,
  type BundleOptions,
  dropSealed,
  keysPath,
  readBundle,
  sealedBundles,
  sealedLasts,
} from './keys.ts'

const bytes = (length: number, fill: number) => Buffer.alloc(length, fill).toString('base64url')

const bundle = (account: string, revision: number, more: object = {}) => ({
  v: 1,
  account,
  revision,
  epoch: 1,
  identity: bytes(32, 1),
  slots: [{ id: 'a', kind: 'password', params: { memory: '65536' }, sealed: { enc: 'e', ct: 'c' } }],
  keyring: { n: 'n', c: 'c' },
  signature: bytes(64, 2),
  ...more,
})

const code = (wanted: string, member?: string) => (error: unknown) =>
  error instanceof CodedError && error.code === wanted && error.details['member'] === member

for (const kind of storeKinds)
  describe(`the bundle of keys on ${kind}`, () => {
    async function open(t: TestContext, options: { quota?: number } = {}) {
      const parts = await accountsOn(t, kind, options)
      const ann = await parts.person('ann')
      const save = (value: unknown, expected: string | null, more?: BundleOptions) =>
        commitStep(parts.store, bundleChange(ann, value, expected, more))
      return { ...parts, ann, save, read: () => readBundle(parts.store, ann) }
    }

    test('is stored as it was signed, and replaced by who knows the one that is there', async (t) => {
      const { ann, save, read } = await open(t)
      assert.equal(await read(), undefined)
      await save(bundle(ann.id, 1), null)
      const first = await read()
      assert.deepEqual(first?.bundle, bundle(ann.id, 1))
      await assert.rejects(async () => save(bundle(ann.id, 2), null), code('keys-changed'))
      await assert.rejects(async () => save(bundle(ann.id, 2), '17'), code('keys-changed'))
      await save(bundle(ann.id, 2, { epoch: 2 }), first.tag)
      await assert.rejects(async () => save(bundle(ann.id, 2), first.tag), code('keys-changed'))
      assert.deepEqual((await read())?.bundle, bundle(ann.id, 2, { epoch: 2 }))
    })

    test('is followed only by what devices accept', async (t) => {
      const { ann, save, read } = await open(t)
      await save(bundle(ann.id, 1, { epoch: 3 }), null)
      const tag = (await read())?.tag ?? ''
      const wrong: [object, string][] = [
        [bundle(ann.id, 1, { epoch: 3 }), 'revision'],
        [bundle(ann.id, 3, { epoch: 3 }), 'revision'],
        [bundle(ann.id, 2, { epoch: 2 }), 'epoch'],
        [bundle(ann.id, 2, { epoch: 5 }), 'epoch'],
        [bundle(ann.id, 2, { epoch: 3, identity: bytes(32, 9) }), 'identity'],
      ]
      for (const [next, member] of wrong)
        await assert.rejects(async () => save(next, tag), code('keys-malformed', member))
      assert.equal((await read())?.tag, tag)
    })

    test('changes with everything else in its commit, or not at all', async (t) => {
      const { ann, store, save, read } = await open(t)
      await save(bundle(ann.id, 1), null)
      const { when, changes } = bundleChange(ann, bundle(ann.id, 2), 'old')
      const put = { kind: 'put', home: ann.home, path: 'contacts/b', id: 'x', data: '{}' } as const
      await assert.rejects(commitStep(store, { when, changes: [put, ...changes] }), code('keys-changed'))
      assert.equal((await store.record(ann.home, 'contacts/b', 'x')).record, undefined)
      assert.equal((await read())?.bundle['revision'], 1)
    })

    test('begun afresh leaves the old one sealed for 30 days', async (t) => {
      const { ann, store, clock, save, read } = await open(t)
      await save(bundle(ann.id, 1), null)
      await save(bundle(ann.id, 2), (await read())?.tag ?? '')
      clock.tick(1000)
      const other = bundle(ann.id, 1, { identity: bytes(32, 9) })
      await assert.rejects(async () => save(other, '1', { afresh: true }), code('keys-changed'))
      assert.deepEqual(await sealedBundles(store, ann), [])
      await save(other, (await read())?.tag ?? '', { afresh: true })
      assert.deepEqual((await read())?.bundle, other)
      const [sealed, none] = await sealedBundles(store, ann)
      assert.ok(sealed)
      assert.equal(none, undefined)
      assert.deepEqual(sealed.bundle, bundle(ann.id, 2))
      assert.deepEqual([sealed.since, sealed.until], [clock.now(), clock.now() + sealedLasts])
      await save(bundle(ann.id, 1), (await read())?.tag ?? '', { afresh: true })
      assert.equal((await sealedBundles(store, ann)).length, 2)

      await dropSealed(store, ann, sealed.id)
      await assert.rejects(dropSealed(store, ann, sealed.id), code('keys-absent'))
      await assert.rejects(dropSealed(store, ann, 'bundle'), code('keys-absent'))
      assert.equal((await sealedBundles(store, ann)).length, 1)
      clock.tick(sealedLasts + 1)
      assert.deepEqual(await sealedBundles(store, ann), [])
      await store.sweep()
      assert.equal((await store.collection(ann.home, keysPath)).collection?.records, 1)
    })

    test('is written even where the home is full', async (t) => {
      const { ann, store, save, read } = await open(t, { quota: 2_000 })
      const put = (id: string, data: string) =>
        commitStep(store, { changes: [{ kind: 'put', home: ann.home, path: 'contacts/b', id, data }] })
      await put('x', JSON.stringify('x'.repeat(1_900)))
      await save(bundle(ann.id, 1), null)
      await save(
        bundle(ann.id, 2, { slots: [{ id: 'a', label: 'y'.repeat(5000) }] }),
        (await read())?.tag ?? '',
      )
      await assert.rejects(put('y', '{}'), { code: 'quota-bytes' })
    })
  })

test('what has not the shape of a bundle of this account is refused with the member that is wrong', () => {
  const wrong: [unknown, string][] = [
    [undefined, 'bundle'],
    [[], 'bundle'],
    [bundle('other', 1), 'account'],
    [bundle('a', 0), 'revision'],
    [bundle('a', 1.5), 'revision'],
    [bundle('a', 1, { epoch: '1' }), 'epoch'],
    [bundle('a', 1, { identity: bytes(31, 1) }), 'identity'],
    [bundle('a', 1, { identity: `${bytes(32, 1).slice(0, -1)}/` }), 'identity'],
    [bundle('a', 1, { slots: [] }), 'slots'],
    [bundle('a', 1, { slots: Array(65).fill({}) }), 'slots'],
    [bundle('a', 1, { slots: ['x'] }), 'slots'],
    [bundle('a', 1, { keyring: 'x' }), 'keyring'],
    [bundle('a', 1, { signature: '' }), 'signature'],
    [bundle('a', 1, { keyring: JSON.parse('['.repeat(9) + ']'.repeat(9)) }), 'keyring'],
    [bundle('a', 1, { keyring: { n: [[[[[]]]]] } }), 'bundle'],
  ]
  for (const [value, member] of wrong)
    assert.throws(() => bundleChange({ id: 'a', home: 1 }, value, null), code('keys-malformed', member))
  const large = bundle('a', 1, { keyring: { c: 'x'.repeat(262_144) } })
  assert.throws(() => bundleChange({ id: 'a', home: 1 }, large, null), code('too-large'))
})
