import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { connect } from '@nats-io/transport-node'
import { isNatsMissing, startNats } from '../../test/support/nats.ts'
import type { Bus } from '../core/ports.ts'
import { type BusUnderTest, busConformance, eventOf, listen } from './conformance.ts'
import { createNatsBus } from './nats.ts'

busConformance('nats bus', async (t) => {
  if (isNatsMissing(t)) return undefined
  const { port } = await startNats(t)
  return pair(port, port)
})

test('nats bus: without NATS the process hears itself, and when NATS comes the others look', async (t) => {
  if (isNatsMissing(t)) return
  const server = await startNats(t)
  await server.stop()
  const buses = await pair(server.port, server.port)
  t.after(() => buses.close())
  assert.deepEqual(buses.states, [false, false])
  const ear = await listen(buses, buses.here, 7)
  const looked = Promise.all([untilLook(buses.here, 7), untilLook(buses.there, 7)])
  buses.here.publish(eventOf(7, 1))
  await ear.hears(eventOf(7, 1))
  await startNats(t, server.port)
  await looked
  assert.deepEqual(buses.states, [false, false, true, true])
})

test('nats bus: when NATS goes away and comes back, everybody looks and hears again', async (t) => {
  if (isNatsMissing(t)) return
  const server = await startNats(t)
  const buses = await pair(server.port, server.port)
  t.after(() => buses.close())
  const ear = await listen(buses, buses.there, 7)
  const all = await listen(buses, buses.there)
  await server.stop()
  buses.here.publish(eventOf(7, 1))
  const looked = Promise.all([untilLook(buses.here, 8), untilLook(buses.there, 8)])
  await startNats(t, server.port)
  await looked
  buses.here.publish(eventOf(7, 2))
  await ear.hears(eventOf(7, 2))
  await all.hears(eventOf(7, 2))
})

test('nats bus: events of an outage arrive after it as one, and none that was under way is lost', async (t) => {
  if (isNatsMissing(t)) return
  const server = await startNats(t)
  const line = await startLine(t, server.port)
  const buses = await pair(line.port, server.port)
  t.after(() => buses.close())
  const ear = await listen(buses, buses.there, 7)
  line.swallow()
  buses.here.publish(eventOf(7, 1, ['under way']))
  await line.swallowed()
  buses.here.publish(eventOf(7, 2, ['b']))
  await line.cut()
  for (let seq = 3; seq <= 1000; seq++) buses.here.publish(eventOf(7, seq, ['a']))
  await line.mend()
  await ear.hears(eventOf(7, 1000, ['a', 'b', 'under way']))
  assert.equal(ear.wakes.length, 1)
})

test('nats bus: an outage in which too many homes moved ends with a look for all who listen', async (t) => {
  if (isNatsMissing(t)) return
  const server = await startNats(t)
  const line = await startLine(t, server.port)
  const buses = await pair(line.port, server.port)
  t.after(() => buses.close())
  await listen(buses, buses.there, 3)
  await line.cut()
  for (let home = 1; home <= 4097; home++) buses.here.publish(eventOf(home, 1))
  // Home 3 shares its subject with this one, so listening holds already and brings no look of its own.
  const looked = untilLook(buses.there, 3 + 1024)
  await line.mend()
  await looked
})

test('nats bus: a listener is told to look once listening holds, as later ones of the same group are', async (t) => {
  if (isNatsMissing(t)) return
  const { port } = await startNats(t)
  const buses = await pair(port, port)
  t.after(() => buses.close())
  const woken = new EventEmitter()
  const wakes: unknown[] = []
  const note = (who: string) => (wake: unknown) => {
    wakes.push([who, wake])
    if (wakes.length === 2) woken.emit('both')
  }
  buses.there.listen(7, note('first'))
  buses.there.listen(7 + 1024, note('second'))
  await once(woken, 'both')
  assert.deepEqual(wakes, [
    ['first', 'look'],
    ['second', 'look'],
  ])
})

test('nats bus: what is no event is reported and goes no further', async (t) => {
  if (isNatsMissing(t)) return
  const server = await startNats(t)
  const buses = await pair(server.port, server.port)
  t.after(() => buses.close())
  const ear = await listen(buses, buses.there, 7)
  const stranger = await connect({ servers: `127.0.0.1:${server.port}` })
  t.after(() => stranger.close())
  const event = eventOf(7, 1)
  const wrong = [
    'not JSON',
    '[]',
    'null',
    JSON.stringify({ ...event, seq: -1 }),
    JSON.stringify({ ...event, epoch: 1.5 }),
    JSON.stringify({ ...event, permSeq: undefined }),
    JSON.stringify({ ...event, collections: 'a' }),
    JSON.stringify({ ...event, collections: [1] }),
    `${JSON.stringify(event)}${' '.repeat(65_536)}`,
  ]
  for (const message of wrong) stranger.publish('essaim.home.7', message)
  stranger.publish('essaim.home.7', JSON.stringify({ ...event, more: 'ignored' }))
  await ear.hears(event)
  assert.deepEqual(ear.wakes, [event])
  assert.equal(buses.errors.length, wrong.length)
})

test('nats bus: credentials of the address are used, and a refusal is told as the reason', async (t) => {
  if (isNatsMissing(t)) return
  const server = await startNats(t, undefined, ['--user', 'essaim', '--pass', 'p@ss word'])
  const connected = (address: string) =>
    new Promise<{ up: boolean; reason: unknown; bus: Bus }>((resolve) => {
      const bus = createNatsBus(address, {
        onError: () => {},
        onState: (up, reason) => resolve({ up, reason, bus }),
      })
      t.after(() => bus.close())
    })
  const right = await connected(`nats://essaim:${encodeURIComponent('p@ss word')}@127.0.0.1:${server.port}`)
  assert.equal(right.up, true)
  const wrong = await connected(`nats://essaim:wrong@127.0.0.1:${server.port}`)
  assert.equal(wrong.up, false)
  assert.match(String(wrong.reason), /authorization violation/i)
})

interface Line {
  port: number
  /** From now on takes what the client sends and passes nothing on. */
  swallow(): void
  /** Waits until something was swallowed. */
  swallowed(): Promise<unknown>
  /** Breaks all connections and takes no new ones, until `mend`. */
  cut(): Promise<void>
  mend(): Promise<void>
}

/** A line to NATS that can fail. */
async function startLine(t: TestContext, target: number): Promise<Line> {
  const sockets = new Set<Socket>()
  const events = new EventEmitter()
  let swallowing = false
  const proxy = createServer((client) => {
    const server = connectTo(target, '127.0.0.1')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => to.destroy())
      from.on('data', (data) => (swallowing ? events.emit('swallowed') : to.write(data)))
    }
  })
  const cut = async () => {
    if (!proxy.listening) return
    const closed = once(proxy, 'close')
    proxy.close()
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    await closed
  }
  t.after(cut)
  const open = async (port: number) => {
    swallowing = false
    proxy.listen(port, '127.0.0.1')
    await once(proxy, 'listening')
    return (proxy.address() as AddressInfo).port
  }
  const port = await open(0)
  return {
    port,
    swallow: () => void (swallowing = true),
    swallowed: () => once(events, 'swallowed'),
    cut,
    mend: async () => void (await open(port)),
  }
}

/** The buses of two processes that have found out whether NATS is there; `states` are of both. */
async function pair(port: number, portThere: number): Promise<BusUnderTest & { states: boolean[] }> {
  const errors: unknown[] = []
  const states: boolean[] = []
  const changed = new EventEmitter()
  const [here, there] = [port, portThere].map((at) =>
    createNatsBus(`nats://127.0.0.1:${at}`, {
      onError: (error) => errors.push(error),
      onState: (up) => {
        states.push(up)
        changed.emit('state')
      },
    }),
  ) as [Bus, Bus]
  while (states.length < 2) await once(changed, 'state')
  const close = async () => {
    await Promise.all([here.close(), there.close()])
  }
  return { here, there, errors, states, close }
}

/** Begins to listen to a home, and waits until the listener is told to look. */
function untilLook(bus: Bus, home: number): Promise<void> {
  return new Promise((resolve) => {
    bus.listen(home, (wake) => {
      if (wake === 'look') resolve()
    })
  })
}
