import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change } from '../../core/records/index.ts'
import type { OpenStore } from './harness.ts'
import { changesSince, underTest } from './harness.ts'

const put = (home: number, path: string, id: string): Change => ({ kind: 'put', home, path, id })

export function feedSuite(open: OpenStore): void {
  test('changes of all kinds come in the order of their numbers, each at its last one', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'contacts/b', 'a'), put(h, 'contacts/b', 'b'))
    await step({ kind: 'access', home: h, path: 'contacts', principal: 'everyone', source: 's', bits: 1 })
    await step(put(h, 'contacts/b', 'a'))
    await step({ kind: 'delete', home: h, path: 'contacts/b', id: 'b' })
    await step({ kind: 'touch', home: h, path: 'contacts/b', id: 'a', expires: null })
    const changes = await changesSince(store, h)
    assert.deepEqual(
      changes.map((one) =>
        one.kind === 'record'
          ? [one.kind, one.path, one.record.id, one.record.deleted]
          : one.kind === 'collection'
            ? [one.kind, one.collection.path]
            : [one.kind, one.access.path],
      ),
      [
        ['collection', 'contacts/b'],
        ['access', 'contacts'],
        ['record', 'contacts/b', 'b', true],
        ['record', 'contacts/b', 'a', false],
      ],
    )
    const page = await store.changes(h, { since: 0, limit: 100 })
    assert.equal(page?.seq, (await store.home(h))?.seq)
    assert.equal(page?.seq, changes.at(-1)?.seq)
    assert.deepEqual((await store.changes(h, { since: page!.seq, limit: 100 }))?.changes, [])
  })

  test('a page of changes ends before four mebibytes, and always has a change', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const large = (id: string, bytes: number): Change => {
      const data = JSON.stringify('x'.repeat(bytes - 2))
      return { kind: 'put', home: h, path: 'contacts/b', id, data }
    }
    const half = 2 * 1024 * 1024
    await step({ kind: 'make', home: h, path: 'contacts/b' })
    await step(large('a', half), large('b', half), put(h, 'contacts/b', 'c'))
    await step(large('d', 3 * half), { kind: 'make', home: h, path: 'contacts/c' })
    await step(put(h, 'contacts/b', 'e'))
    await step({ kind: 'access', home: h, path: 'contacts', principal: 'everyone', source: 's', bits: 1 })
    const pages: string[][] = []
    for (let since = 0; ;) {
      const { changes } = (await store.changes(h, { since, limit: 100 }))!
      const last = changes.at(-1)
      if (!last) break
      since = last.seq
      pages.push(
        changes.map((one) => (one.kind === 'record' ? one.record.id : one.kind === 'access' ? '@' : '/')),
      )
    }
    assert.deepEqual(pages, [['/', 'a', 'b'], ['c'], ['d', '/'], ['e', '@']])
    const { changes } = (await store.changes(h, { since: 0, limit: 2 }))!
    assert.equal(changes.length, 2)
  })

  test('records of dropped contents do not end a page', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(...Array.from({ length: 20 }, (_, i) => put(h, 'contacts/b', `r${i}`)))
    await step({ kind: 'drop', home: h, path: 'contacts/b' }, put(h, 'contacts/c', 'a'))
    const changes = await changesSince(store, h)
    assert.deepEqual(
      changes.map((one) => (one.kind === 'record' ? one.record.id : one.kind)),
      ['collection', 'collection', 'a'],
    )
  })

  test('where a home stands is told without its changes', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'contacts/b', 'a'))
    const { epoch, seq, floorSeq, permSeq } = (await store.home(h))!
    const page = await store.changes(h, { since: Number.MAX_SAFE_INTEGER, limit: 1 })
    assert.deepEqual(page, { epoch, seq, floorSeq, permSeq, changes: [] })
  })

  test('a page of changes and the number that the home has reached are of one moment', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    let writing = true
    const writer = (async () => {
      for (let i = 0; i < 150; i++) {
        const entry = {
          kind: 'access',
          home: h,
          path: 'contacts',
          principal: 'everyone',
          source: 's',
        } as const
        await step(put(h, `contacts/${i % 3}`, `r${i}`), { ...entry, bits: 1 + (i % 2) })
      }
    })().finally(() => (writing = false))
    while (writing) {
      const page = (await store.changes(h, { since: 0, limit: 1_000 }))!
      assert.equal(page.changes.at(-1)?.seq ?? 0, page.seq, 'the last change is the last number')
      const entries = page.changes.filter(({ kind }) => kind === 'access').length
      assert.ok(entries === 0 || page.permSeq > 1)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await writer
  })

  test('each commit gives one event for each home, with the number it reached and where', async (t) => {
    const { events, home, step } = await underTest(t, open)
    const h = await home()
    events.length = 0
    await step(put(h, 'contacts/b', 'a'), put(h, 'sync/tabs', 't'))
    const [event] = events
    assert.equal(events.length, 1)
    assert.equal(event?.home, h)
    assert.deepEqual(new Set(event?.collections), new Set(['contacts/b', 'sync/tabs', 'sync']))
    await step({ kind: 'delete', home: h, path: 'contacts/b', id: 'none' })
    assert.equal(events.length, 1, 'nothing changed, nothing is told')
  })

  test('a listener who follows the numbers while others write misses nothing', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    let writing = true
    const writers = Promise.all(
      Array.from({ length: 8 }, async (_, w) => {
        for (let i = 0; i < 25; i++) await step(put(h, `contacts/c${w}`, `r${i}`))
      }),
    ).then(() => (writing = false))
    const seen = new Set<string>()
    let since = 0
    for (;;) {
      const last = !writing
      const page = (await store.changes(h, { since, limit: 7 }))!
      for (const change of page.changes) {
        assert.ok(change.seq > since)
        since = change.seq
        if (change.kind === 'record') seen.add(`${change.path}/${change.record.id}`)
      }
      if (last && page.changes.length === 0) break
      if (page.changes.length === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await writers
    assert.equal(seen.size, 8 * 25)
  })
}
