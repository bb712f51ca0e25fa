import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { BusListener, Change } from '../ports.ts'
import { FeedError, type FeedErrorCode } from './cursor.ts'
import { createFakeHome } from './fake-home.ts'
import { createFeed, type FeedEvent, type FeedParts, type ListenOptions } from './feed.ts'

test('a listener gets what is there, then that it is live, then what happens', async (t) => {
  const { home, listen, write } = setUp(t)
  for (const id of ['a', 'b', 'c']) home.write(id)
  const events = listen('1000.1')
  assert.deepEqual(await next(events, 3), ['b 1000.2', 'c 1000.3', 'live 1000.3'])
  const waiting = next(events, 2)
  write('d')
  write('a')
  assert.deepEqual(await waiting, ['d 1000.4', 'a 1000.5'])
  const further = next(events, 1)
  write('e')
  assert.deepEqual(await further, ['e 1000.6'])
})

test('without a cursor a listener begins with all that is there', async (t) => {
  const { home, listen } = setUp(t)
  home.write('a')
  home.write('b', true)
  home.write('a')
  assert.deepEqual(await next(listen(undefined), 3), ['b deleted 1000.2', 'a 1000.3', 'live 1000.3'])
})

test('the present cursor leads to what happens from now on', async (t) => {
  const { home, feed, listen, write } = setUp(t)
  home.write('a')
  const events = listen(await feed.cursor(home.id))
  assert.deepEqual(await next(events, 1), ['live 1000.1'])
  write('b')
  assert.deepEqual(await next(events, 1), ['b 1000.2'])
})

test('what is written while the store is read arrives, though its wake-up came before the answer', async (t) => {
  const home = createFakeHome()
  home.write('a')
  let meanwhile = () => {}
  const { listen, write } = setUp(t, { home }, async (page) => {
    meanwhile()
    return page
  })
  meanwhile = () => {
    meanwhile = () => {}
    write('b')
  }
  assert.deepEqual(await next(listen(undefined), 3), ['a 1000.1', 'live 1000.1', 'b 1000.2'])
})

test('a long history comes page by page, and no page before the one before it was taken', async (t) => {
  const home = createFakeHome()
  for (let i = 1; i <= 25; i++) home.write(`r${i}`)
  let pages = 0
  const { listen } = setUp(t, { home }, async (page) => {
    pages++
    return page
  })
  const events = listen(undefined, { pageSize: 10 })
  await next(events, 10)
  assert.equal(pages, 1)
  await next(events, 1)
  assert.equal(pages, 2)
  assert.equal((await next(events, 15)).at(-1), 'live 1000.25')
  assert.equal(pages, 3)
})

test('the filter holds changes back, and the cursor passes them all the same', async (t) => {
  const { home, listen, write } = setUp(t)
  for (const id of ['a', 'b', 'c']) home.write(id)
  const events = listen(undefined, { filter: (change) => idOf(change) === 'a' })
  assert.deepEqual(await next(events, 2), ['a 1000.1', 'live 1000.3'])
  const waiting = next(events, 1)
  write('d')
  assert.deepEqual(await waiting, ['live 1000.4'])
})

test('numbers that have nothing to show are passed, and not mistaken for more to come', async (t) => {
  const { home, listen } = setUp(t)
  home.write('a')
  home.write('b')
  home.write('b', true)
  home.forget(3)
  assert.deepEqual(await next(listen(undefined), 2), ['a 1000.1', 'live 1000.3'])
})

test('a new permission version is told, though no change came with it', async (t) => {
  const { home, listen, publish } = setUp(t)
  home.write('a')
  const events = listen('1000.1')
  const [first] = await take(events, 1)
  assert.equal(first?.permSeq, 1)
  const waiting = take(events, 1)
  publish(home.allow())
  assert.deepEqual(await waiting, [{ kind: 'live', cursor: '1000.1', permSeq: 2 }])
})

test('a wake-up that tells nothing new yields nothing', async (t) => {
  const { home, listen, publish, write } = setUp(t)
  const event = home.write('a')
  const events = listen(undefined)
  await next(events, 2)
  const waiting = next(events, 1)
  publish(event)
  await new Promise(setImmediate)
  publish('look')
  await new Promise(setImmediate)
  write('b')
  assert.deepEqual(await waiting, ['b 1000.2'])
})

test('where a wake-up is lost, the periodic look finds what it would have told', async (t) => {
  const { home, listen } = setUp(t, { lookEvery: 5 })
  const events = listen(undefined)
  await next(events, 1)
  const keepAlive = setInterval(() => {}, 1000)
  t.after(() => clearInterval(keepAlive))
  const waiting = next(events, 1)
  home.write('a')
  assert.deepEqual(await waiting, ['a 1000.1'])
})

test('a cursor that is none is malformed', async (t) => {
  const { listen } = setUp(t)
  const wrong = [
    '',
    '1',
    '1.',
    '.1',
    '1.2.3',
    '01.2',
    '1.02',
    '-1.2',
    '1e3.2',
    ' 1.2',
    '1.2\n',
    `1.${2 ** 53}`,
    'start',
  ]
  for (const cursor of wrong) await refuses('malformed', listen(cursor))
})

test('a cursor below the floor is too old; at the floor it goes on', async (t) => {
  const { home, listen } = setUp(t)
  for (const id of ['a', 'b', 'c']) home.write(id, true)
  home.forget(2)
  await refuses('too-old', listen('1000.1'))
  assert.deepEqual(await next(listen('1000.2'), 2), ['c deleted 1000.3', 'live 1000.3'])
})

test('a cursor of another epoch, or above what the home has reached, has to start again', async (t) => {
  const { home, listen } = setUp(t)
  home.write('a')
  await refuses('start-again', listen('1000.2'))
  await refuses('start-again', listen('999.1'))
  await refuses('start-again', listen('1001.0'))
})

test('a restore ends those who listen, also where the old numbers are reached again', async (t) => {
  const { home, listen, write } = setUp(t)
  for (const id of ['a', 'b']) home.write(id)
  const events = listen('1000.2')
  await next(events, 1)
  const waiting = refuses('start-again', events)
  home.restore(1)
  write('c')
  await waiting
})

test('a floor that overtakes a slow listener ends it', async (t) => {
  for (const cursor of [undefined, '1000.0']) {
    const { home, listen } = setUp(t)
    for (const id of ['a', 'b', 'c']) home.write(id)
    const events = listen(cursor, { pageSize: 1 })
    await next(events, 1)
    home.write('b', true)
    home.forget(4)
    await refuses('too-old', events)
  }
})

test('who began with all that was there is not disturbed by what was forgotten before', async (t) => {
  const { home, listen } = setUp(t)
  for (const id of ['a', 'b', 'c']) home.write(id)
  home.write('d', true)
  home.forget(4)
  const events = listen(undefined, { pageSize: 1 })
  assert.deepEqual(await next(events, 4), ['a 1000.1', 'b 1000.2', 'c 1000.3', 'live 1000.4'])
})

test('a home that is not there, or ends, says so', async (t) => {
  const { home, feed, listen, publish } = setUp(t)
  const events = listen(undefined)
  await next(events, 1)
  const waiting = refuses('home-absent', events)
  home.end()
  publish('look')
  await waiting
  await refuses('home-absent', listen(undefined))
  await assert.rejects(feed.cursor(home.id), { code: 'home-absent' })
})

test('an error of the store ends the iteration, and the listener is forgotten', async (t) => {
  const broken = new Error('connection lost')
  const { listen, ears } = setUp(t, {}, () => Promise.reject(broken))
  await assert.rejects(next(listen(undefined), 1), broken)
  assert.equal(ears.size, 0)
})

test('an abort ends a listener that waits, and one in the middle of a page, without an error', async (t) => {
  const { home, listen, ears } = setUp(t)
  for (const id of ['a', 'b']) home.write(id)
  const waits = new AbortController()
  const events = listen('1000.2', { signal: waits.signal })
  await next(events, 1)
  const waiting = events.next()
  waits.abort()
  assert.deepEqual(await waiting, { done: true, value: undefined })
  const reads = new AbortController()
  const others = listen(undefined, { signal: reads.signal })
  await next(others, 1)
  reads.abort()
  assert.deepEqual(await others.next(), { done: true, value: undefined })
  const never = listen(undefined, { signal: AbortSignal.abort() })
  assert.deepEqual(await never.next(), { done: true, value: undefined })
  assert.equal(ears.size, 0)
})

test('a loop that breaks off stops listening', async (t) => {
  const { home, listen, ears } = setUp(t)
  home.write('a')
  for await (const _event of listen(undefined)) {
    assert.equal(ears.size, 1)
    break
  }
  assert.equal(ears.size, 0)
})

test('listeners are bounded, and one that ends makes room', async (t) => {
  const { listen } = setUp(t, { maxListeners: 2 })
  const [first, second] = [listen(undefined), listen(undefined)]
  await next(first, 1)
  await next(second, 1)
  await refuses('too-many', listen(undefined))
  await first.return()
  await next(listen(undefined), 1)
})

type Look = FeedParts['store']['changes']
type Read = Awaited<ReturnType<Look>>

/** A home, a feed over it, and the bus in between, which rings at once; `passing` sees every page on its way. */
function setUp(
  t: TestContext,
  {
    home = createFakeHome(),
    ...options
  }: Partial<FeedParts> & { home?: ReturnType<typeof createFakeHome> } = {},
  passing: (page: Read) => Promise<Read> = async (page) => page,
) {
  const ears = new Set<BusListener>()
  const ending = new AbortController()
  t.after(() => ending.abort())
  const feed = createFeed({
    store: { changes: async (id, page) => passing(id === home.id ? home.changes(page) : undefined) },
    bus: {
      listen(id, ear) {
        assert.equal(id, home.id)
        ears.add(ear)
        return () => ears.delete(ear)
      },
    },
    ...options,
  })
  const publish = (wake: Parameters<BusListener>[0]) => {
    for (const ear of ears) void ear(wake)
  }
  const write = (id: string) => publish(home.write(id))
  const listen = (cursor: string | undefined, more: Partial<ListenOptions> = {}) =>
    feed.listen(home.id, cursor, { signal: ending.signal, ...more })
  return { home, feed, ears, publish, write, listen }
}

async function take(events: AsyncGenerator<FeedEvent, void>, count: number): Promise<FeedEvent[]> {
  const taken: FeedEvent[] = []
  while (taken.length < count) {
    const { value } = await events.next()
    assert.ok(value, `ended after ${taken.length} events of ${count}`)
    taken.push(value)
  }
  return taken
}

/** The next events in short: `a 1000.5`, `a deleted 1000.6`, `live 1000.6`. */
async function next(events: AsyncGenerator<FeedEvent, void>, count: number): Promise<string[]> {
  return (await take(events, count)).map((event) => {
    if (event.kind === 'live') return `live ${event.cursor}`
    assert.ok(event.cursor.endsWith(`.${event.change.seq}`))
    return `${idOf(event.change)} ${event.cursor}`
  })
}

function idOf(change: Change): string {
  assert.equal(change.kind, 'record')
  return change.record.id + (change.record.deleted ? ' deleted' : '')
}

async function refuses(code: FeedErrorCode, events: AsyncGenerator<FeedEvent, void>): Promise<void> {
  await assert.rejects(events.next(), (error) => error instanceof FeedError && error.code === code)
}
