import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus, HomeEvent, Wake } from '../core/ports.ts'

/** Buses of two processes (the same one twice where there is only one process), and their errors. */
export interface BusUnderTest {
  here: Bus
  there: Bus
  errors: unknown[]
  close(): Promise<void>
}

/** Registers the tests that every adapter of `Bus` has to pass; `make` gives undefined when it skipped. */
export function busConformance(
  name: string,
  make: (t: TestContext) => Promise<BusUnderTest | undefined>,
): void {
  const spec = (behaviour: string, run: (buses: BusUnderTest) => Promise<void>) =>
    test(`${name}: ${behaviour}`, async (t) => {
      const made = await make(t)
      if (made === undefined) return
      t.after(() => made.close())
      await run(made)
    })

  spec('an event reaches the listeners of its home in every process, and all-listeners', async (buses) => {
    const ears = [
      await listen(buses, buses.here, 7),
      await listen(buses, buses.there, 7),
      await listen(buses, buses.here),
      await listen(buses, buses.there),
    ]
    const events = [eventOf(7, 12, ['kinto/collections/a']), eventOf(7, 13, ['kinto/collections/b'])]
    for (const event of events) {
      buses.here.publish(event)
      for (const ear of ears) await ear.hears(event)
    }
    for (const ear of ears) assert.deepEqual(ear.wakes, events)
  })

  spec('a listener hears nothing of other homes', async (buses) => {
    const all = await listen(buses, buses.there)
    const ear = await listen(buses, buses.there, 7)
    for (const other of [8, 7 + 1024, 7 + 2 ** 40]) buses.here.publish(eventOf(other, 1))
    buses.here.publish(eventOf(9, 2))
    await all.hears(eventOf(9, 2))
    buses.here.publish(eventOf(7, 3))
    await ear.hears(eventOf(7, 3))
    assert.deepEqual(ear.wakes, [eventOf(7, 3)])
  })

  spec('events of one turn arrive as one: the largest numbers, the collections of all', async (buses) => {
    const ears = [await listen(buses, buses.here, 7), await listen(buses, buses.there, 7)]
    for (const seq of [11, 13, 12]) buses.here.publish(eventOf(7, seq, [`c${seq}`, 'common']))
    for (const ear of ears) {
      await ear.hears(eventOf(7, 13, ['c11', 'c12', 'c13', 'common']))
      assert.equal(ear.wakes.length, 1)
    }
  })

  spec('too many collections, too long ones, or unknown ones make them unknown', async (buses) => {
    const ear = await listen(buses, buses.there, 7)
    const sixteen = Array.from({ length: 16 }, (_, i) => `c${i}`)
    buses.here.publish(eventOf(7, 1, sixteen))
    await ear.hears(eventOf(7, 1, sixteen))
    buses.here.publish(eventOf(7, 2, [...sixteen, 'one more']))
    await ear.hears(eventOf(7, 2))
    buses.here.publish(eventOf(7, 3, ['x'.repeat(2049)]))
    await ear.hears(eventOf(7, 3))
    buses.here.publish(eventOf(7, 4, ['known']))
    buses.here.publish(eventOf(7, 5))
    await ear.hears(eventOf(7, 5))
  })

  spec('an event of a newer epoch makes older ones void, in whatever order they come', async (buses) => {
    const ear = await listen(buses, buses.there, 7)
    const restored = { ...eventOf(7, 3, ['a']), epoch: 2000 }
    buses.here.publish(eventOf(7, 900, ['b']))
    buses.here.publish(restored)
    buses.here.publish(eventOf(7, 901, ['c']))
    await ear.hears(restored)
    assert.deepEqual(ear.wakes, [restored])
  })

  spec('publishing calls nobody before it returns', async ({ here }) => {
    const wakes: Wake[] = []
    here.listen(7, (wake) => void wakes.push(wake))
    here.publish(eventOf(7, 1))
    assert.deepEqual(wakes, [])
  })

  spec('a slow listener gets one wake-up at a time, then what came meanwhile as one', async (buses) => {
    const gate = new EventEmitter()
    const ear = await listen(buses, buses.there, 7, () => once(gate, 'open'))
    const quick = await listen(buses, buses.there, 7)
    buses.here.publish(eventOf(7, 1))
    await ear.hears(eventOf(7, 1))
    for (const seq of [2, 3, 4]) {
      buses.here.publish(eventOf(7, seq))
      await quick.hears(eventOf(7, seq))
    }
    assert.deepEqual(ear.wakes, [eventOf(7, 1)])
    gate.emit('open')
    await ear.hears(eventOf(7, 4))
    assert.deepEqual(ear.wakes, [eventOf(7, 1), eventOf(7, 4)])
    gate.emit('open')
  })

  spec('where too many homes wait for a listener, it is told to look for itself', async (buses) => {
    const gate = new EventEmitter()
    const ear = await listen(buses, buses.there, undefined, () => once(gate, 'open'))
    const quick = await listen(buses, buses.there)
    buses.here.publish(eventOf(1, 1))
    await ear.hears(eventOf(1, 1))
    for (let home = 1; home <= 4097; home++) {
      buses.here.publish(eventOf(home, 2))
      // In several turns, so that it is the slow listener that cannot hold them, and not the way to it.
      if (home % 1000 === 0) await quick.hears(eventOf(home, 2))
    }
    await quick.hears(eventOf(4097, 2))
    gate.emit('open')
    await ear.hears('look')
    assert.ok(ear.wakes.length < 10, `${ear.wakes.length} events besides`)
  })

  spec('a listener that throws or rejects is reported and goes on listening', async (buses) => {
    const failure = new Error('listener failed')
    const thrower = await listen(buses, buses.there, 7, () => {
      throw failure
    })
    const rejecter = await listen(buses, buses.there, 7, () => Promise.reject(failure))
    for (const seq of [1, 2]) {
      buses.here.publish(eventOf(7, seq))
      await thrower.hears(eventOf(7, seq))
      await rejecter.hears(eventOf(7, seq))
    }
    await sleep(0)
    assert.deepEqual(buses.errors, [failure, failure, failure, failure])
  })

  spec('who stopped hears no more, not even what waits; others of the home go on', async (buses) => {
    const ear = await listen(buses, buses.here, 7)
    const other = await listen(buses, buses.here, 7)
    const all = await listen(buses, buses.here)
    buses.here.publish(eventOf(7, 1))
    ear.stop()
    await other.hears(eventOf(7, 1))
    all.stop()
    all.stop()
    buses.here.publish(eventOf(7, 2))
    await other.hears(eventOf(7, 2))
    assert.deepEqual([ear.wakes, all.wakes], [[], [eventOf(7, 1)]])
  })

  spec('after close nothing is delivered, and every call is harmless', async (buses) => {
    const ear = await listen(buses, buses.here, 7)
    buses.here.publish(eventOf(7, 1))
    await buses.here.close()
    buses.here.publish(eventOf(7, 2))
    buses.here.listen(7, (wake) => void ear.wakes.push(wake))()
    buses.here.listenAll((wake) => void ear.wakes.push(wake))()
    ear.stop()
    await sleep(20)
    assert.deepEqual(ear.wakes, [])
    await buses.here.close()
  })
}

interface Ear {
  /** The events that were heard, in order; `look` may come at any time and is not among them. */
  wakes: Wake[]
  /** Waits until this was heard, its collections in any order. */
  hears(expected: Wake): Promise<void>
  stop(): void
}

/**
 * Listens at `at` and waits until that holds: until it hears of an event that was sent for this, of
 * an epoch so old that it leaves no trace where it is merged. `then` runs within each call.
 */
export async function listen(
  { here }: Pick<BusUnderTest, 'here'>,
  at: Bus,
  home?: number,
  then: () => unknown = () => {},
): Promise<Ear> {
  const heard = new EventEmitter()
  const wakes: Wake[] = []
  const texts = new Set<string>()
  const listener = async (wake: Wake) => {
    if (wake !== 'look' && wake.epoch === 0) return void heard.emit('probe')
    if (wake !== 'look') wakes.push(wake)
    texts.add(textOf(wake))
    heard.emit('wake')
    if (wake !== 'look') await then()
  }
  const stop = home === undefined ? at.listenAll(listener) : at.listen(home, listener)
  const probe = { ...eventOf(home ?? 0, 0), epoch: 0 }
  const probing = setInterval(() => here.publish(probe), 5)
  await once(heard, 'probe')
  clearInterval(probing)
  const hears = async (expected: Wake) => {
    while (!texts.has(textOf(expected))) await once(heard, 'wake')
  }
  return { wakes, hears, stop }
}

function textOf(wake: Wake): string {
  if (wake === 'look' || wake.collections === undefined) return JSON.stringify(wake)
  return JSON.stringify({ ...wake, collections: wake.collections.toSorted() })
}

/** An event of epoch 1000 whose permission version follows from its sequence. */
export function eventOf(home: number, seq: number, collections?: string[]): HomeEvent {
  const event = { home, epoch: 1000, seq, permSeq: seq + 5 }
  return collections === undefined ? event : { ...event, collections }
}
