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
