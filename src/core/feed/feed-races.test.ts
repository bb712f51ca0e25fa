import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Bus, BusListener } from '../ports.ts'
import { createFakeHome } from './fake-home.ts'
import { createFeed, type FeedEvent } from './feed.ts'

const write = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  deleted: fc.boolean(),
  lost: fc.boolean(),
})
const writers = fc.array(fc.array(write, { maxLength: 8 }), { minLength: 1, maxLength: 3 })
const before = fc.array(write, { maxLength: 6 })
const readers = fc.array(
  fc.record({
    /** Where it begins: at this number, or without a cursor. */
    after: fc.option(fc.nat(6), { nil: undefined }),
    pageSize: fc.integer({ min: 1, max: 4 }),
    slow: fc.boolean(),
    /** After so many events it breaks off, once, and goes on from its last cursor. */
    breaksAfter: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 1, maxLength: 3 },
)

for (const hintsGetLost of [false, true]) {
  const name = hintsGetLost
    ? 'where hints get lost, one more of them makes every listener complete again'
    : 'however writers, reads, hints and listeners interleave, every listener gets all, once and in order'
  test(name, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), before, writers, readers, async (s, first, rest, listeners) => {
        const home = createFakeHome()
        for (const { id, deleted } of first) home.write(id, deleted)
        const turn = (label: string) => s.schedule(Promise.resolve(), label)

        const ears = new Set<BusListener>()
        const bus: Pick<Bus, 'listen'> = {
          listen(_home, ear) {
            ears.add(ear)
            return () => ears.delete(ear)
          },
        }
        const store = {
          async changes(_home: number, page: { since: number; limit: number }) {
            await turn('ask')
            const read = home.changes(page)
            await turn('answer')
            return read
          },
        }
        const feed = createFeed({ store, bus })
        const ending = new AbortController()

        const running = listeners.map(async ({ after, pageSize, slow, breaksAfter }) => {
          const start = after === undefined ? undefined : Math.min(after, first.length)
          const got: FeedEvent[] = []
          let cursor = start === undefined ? undefined : `1000.${start}`
          for (const most of [breaksAfter, Infinity]) {
            let left = most
            for await (const event of feed.listen(home.id, cursor, { signal: ending.signal, pageSize })) {
              got.push(event)
              cursor = event.cursor
              if (slow) await turn('consume')
              if (--left === 0) break
            }
          }
          return { start: start ?? 0, got }
        })
        for (const [i, writes] of rest.entries()) {
          void (async () => {
            for (const { id, deleted, lost } of writes) {
              await turn(`write ${i}`)
              const event = home.write(id, deleted)
              if (hintsGetLost && lost) continue
              void turn(`hint ${i}`).then(() => ears.forEach((ear) => void ear(event)))
            }
          })()
        }
        await s.waitIdle()
        if (hintsGetLost) {
          for (const ear of ears) void ear('look')
          await s.waitIdle()
        }
        ending.abort()

        for (const { start, got } of await Promise.all(running)) {
          const changes = got.flatMap((event) => (event.kind === 'change' ? [event.change] : []))
          const numbers = changes.map((change) => change.seq)
          assert.deepEqual(
            numbers,
            [...new Set(numbers)].toSorted((a, b) => a - b),
            'once and in order',
          )
          const given = new Map<string, number>()
          for (const change of changes) {
            assert.ok(change.kind === 'record' && change.seq > start)
            const { id, deleted } = change.record
            assert.deepEqual({ id, deleted }, home.written[change.seq - 1], 'as it was written')
            given.set(id, change.seq)
          }
          const last = new Map<string, number>()
          for (const [i, { id }] of home.written.entries()) if (i + 1 > start) last.set(id, i + 1)
          assert.deepEqual(Object.fromEntries(given), Object.fromEntries(last), 'all that is last')
          assert.equal(got.at(-1)?.cursor, `1000.${home.written.length}`)
        }
      }),
      { numRuns: 150 },
    )
  })
}
