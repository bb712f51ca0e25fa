import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import type { OpenStore } from './harness.ts'
import { changesSince, refused, start, underTest } from './harness.ts'

const entry = (home: number, path: string, principal: string, bits: number, more = {}): Change => ({
  kind: 'access',
  home,
  path,
  principal,
  source: 'owner',
  bits,
  ...more,
})

export function accessSuite(open: OpenStore): void {
  test('an entry is read with the version it belongs to, and each change moves that', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const before = (await store.home(h))!
    await step(
      entry(h, 'kinto', 'everyone', 3),
      entry(h, 'kinto/groups/g', 'account:a', 4, { expires: start + 9 }),
    )
    const { permSeq, entries } = await store.access(h, ['', 'kinto', 'kinto/groups', 'kinto/groups/g'])
    assert.ok(permSeq > before.permSeq)
    assert.equal(permSeq, (await store.home(h))!.permSeq)
    assert.deepEqual(entries.map((one) => [one.path, one.principal, one.bits, one.expires]).toSorted(), [
      ['kinto', 'everyone', 3, null],
      ['kinto/groups/g', 'account:a', 4, start + 9],
    ])
    assert.equal((await step(entry(h, 'kinto', 'everyone', 3)))[0]?.kind, 'same')
    assert.equal((await store.home(h))!.permSeq, permSeq)
    await step({ kind: 'bump-permissions', home: h })
    assert.equal((await store.home(h))!.permSeq, permSeq + 1)
  })

  test('a removed entry stays with no bits and a new number, so that mirrors learn of it', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(entry(h, 'kinto', 'account:a', 3))
    const { seq } = (await store.home(h))!
    await step(entry(h, 'kinto', 'account:a', 0))
    const changes = await changesSince(store, h, seq)
    assert.deepEqual(
      changes.map((one) => (one.kind === 'access' ? [one.access.principal, one.access.bits] : [])),
      [['account:a', 0]],
    )
    assert.deepEqual(await store.accessBelow(h, '', { limit: 10 }), [])
    assert.equal((await step(entry(h, 'kinto', 'account:a', 0)))[0]?.kind, 'same')
  })

  test('what is shared with a principal is found across homes', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const [a, b] = [await home(), await home()]
    await step(entry(a, 'kinto', 'account:x', 1), entry(a, 'kinto', 'account:x', 4, { source: 'link' }))
    await step(entry(b, 'kinto/collections/c', 'account:x', 2, { expires: start + 5 }))
    const rows = await store.rows('shared_with', { principal: 'account:x' })
    assert.deepEqual(
      rows.map((row) => [row['home_id'], row['path'], row['bits'], row['expires']]).toSorted(),
      [
        [a, 'kinto', 5, null],
        [b, 'kinto/collections/c', 2, start + 5],
      ].toSorted(),
    )
    await step(entry(a, 'kinto', 'account:x', 0, { source: 'link' }))
    assert.equal((await store.rows('shared_with', { principal: 'account:x', home_id: a }))[0]?.['bits'], 1)
    await step({ kind: 'clear-access', home: a, path: '', below: true })
    assert.deepEqual(await store.rows('shared_with', { principal: 'account:x', home_id: a }), [])
  })

  test('entries below a path are listed in pages, by path', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    for (const path of ['kinto/b', 'kinto', 'kinto/a', 'kintox']) await step(entry(h, path, 'everyone', 1))
    const first = await store.accessBelow(h, 'kinto', { limit: 2 })
    const rest = await store.accessBelow(h, 'kinto', { limit: 2, after: first.at(-1)!.path })
    assert.deepEqual(
      [...first, ...rest].map((one) => one.path),
      ['kinto', 'kinto/a', 'kinto/b'],
    )
  })

  test('a write that was decided under another version of the rights is refused', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const { permSeq } = (await store.home(h))!
    const write: Change = { kind: 'put', home: h, path: 'contacts/b', id: 'a' }
    await commitStep(store, { changes: [write] }, [{ home: h, permSeq }])
    await step(entry(h, 'contacts', 'everyone', 1))
    await assert.rejects(commitStep(store, { changes: [write] }, [{ home: h, permSeq }]), {
      code: 'stale-permissions',
    })
    await refused(
      store,
      { when: [{ is: 'permissions', home: h, permSeq }], changes: [write] },
      'stale-permissions',
    )
  })

  test('in one group a revocation is obeyed by the writes behind it', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(entry(h, 'contacts', 'account:x', 4))
    const { permSeq } = (await store.home(h))!
    const write = (id: string) =>
      commitStep(store, { changes: [{ kind: 'put', home: h, path: 'contacts/b', id }] }, [
        { home: h, permSeq },
      ])
    const [before, revoked, after] = await Promise.allSettled([
      write('before'),
      step(entry(h, 'contacts', 'account:x', 0)),
      write('after'),
    ])
    assert.equal(before.status, 'fulfilled')
    assert.equal(revoked.status, 'fulfilled')
    assert.equal(after.status, 'rejected')
  })
}
