import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import type { OpenStore } from './harness.ts'
import { listed, refused, underTest } from './harness.ts'

const path = 'contacts/b'
const put = (home: number, id: string, data = '{}'): Change => ({ kind: 'put', home, path, id, data })

export function sessionSuite(open: OpenStore): void {
  test('a session reads its own writes, and nobody else does before its end', async (t) => {
    const { store, events, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'a', '{"v":1}'))
    events.length = 0
    const seen = await store.session([h], async (session) => {
      await commitStep(session, { changes: [put(h, 'a', '{"v":2}'), put(h, 'b')] })
      assert.equal((await session.record(h, path, 'a')).record?.data, '{"v":2}')
      assert.equal((await store.record(h, path, 'a')).record?.data, '{"v":1}')
      assert.deepEqual(
        (await listed(store, h, path)).map((one) => one.id),
        ['a'],
      )
      assert.equal(events.length, 0)
      await commitStep(session, { changes: [{ kind: 'delete', home: h, path, id: 'b' }] })
      const page = await session.list(h, path, { filters: [], sort: [], limit: 10, deleted: false })
      return page.records.map((one) => one.id)
    })
    assert.deepEqual(seen, ['a'])
    assert.equal((await store.record(h, path, 'a')).record?.data, '{"v":2}')
    assert.deepEqual(
      events.map((event) => event.home),
      [h],
    )
  })

  test('a throw rolls the whole session back; a refused step only itself', async (t) => {
    const { store, events, home } = await underTest(t, open)
    const h = await home()
    const before = await store.home(h)
    events.length = 0
    const failed = store.session([h], async (session) => {
      await commitStep(session, { changes: [put(h, 'a')] })
      await session.record(h, path, 'a')
      await commitStep(session, { changes: [put(h, 'b')] })
      throw new Error('five hundred')
    })
    await assert.rejects(failed, /five hundred/)
    assert.deepEqual(await store.home(h), before)
    assert.deepEqual(await listed(store, h, path), [])
    assert.equal(events.length, 0)
    await store.session([h], async (session) => {
      await commitStep(session, { changes: [put(h, 'a')] })
      const when = [{ is: 'record-absent', home: h, path, id: 'a' } as const]
      await assert.rejects(commitStep(session, { when, changes: [put(h, 'a', '{"v":2}')] }), {
        code: 'record-exists',
      })
    })
    assert.equal((await store.record(h, path, 'a')).record?.data, '{}')
  })

  test('writers beside a session wait and lose nothing', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const jobs: Promise<unknown>[] = []
    for (let i = 0; i < 5; i++) {
      jobs.push(
        store.session([h], async (session) => {
          for (let j = 0; j < 3; j++) {
            await commitStep(session, { changes: [put(h, `s${i}-${j}`)] })
            await session.record(h, path, 'none')
          }
        }),
      )
      jobs.push(step(put(h, `w${i}`)))
    }
    await Promise.all(jobs)
    const { collection } = await store.collection(h, path)
    assert.equal(collection?.records, 20)
    const times = (await listed(store, h, path)).map((one) => one.modified)
    assert.equal(new Set(times).size, 20)
  })

  test('a session makes a home and writes into it', async (t) => {
    const { store, home } = await underTest(t, open)
    const payer = await home()
    const space = payer === 1 ? 2 : payer - 1
    await store.session([payer, space], async (session) => {
      await commitStep(session, {
        changes: [
          { kind: 'create-home', home: space, input: { kind: 'space', owner: 'account:a', payer } },
          put(space, 'a'),
        ],
      })
      assert.equal((await session.home(space))?.owner, 'account:a')
      await commitStep(session, { changes: [put(space, 'b')] })
    })
    assert.equal((await store.home(space))?.records, 2)
    await refused(
      store,
      { when: [{ is: 'record-absent', home: space, path, id: 'b' }], changes: [] },
      'record-exists',
    )
  })
}
