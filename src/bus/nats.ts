import { setTimeout as sleep } from 'node:timers/promises'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type { Bus, BusListener, HomeEvent, Wake } from '../core/ports.ts'
import { createInbox } from './inbox.ts'
import { createLocalBus } from './local.ts'
import { parseNatsAddress } from './nats-address.ts'

export interface NatsBusOptions {
  /** Gets what a listener threw, what NATS complained of, and messages that are none. */
  onError(error: unknown): void
  /** Told when the connection begins to hold and when it no longer does, with the reason. */
  onState?(connected: boolean, reason?: unknown): void
}

/**
 * Homes share this many subjects, `essaim.home.0` to `.1023`, by home modulo their number.
 *
 * A subject for each process, with a table of which process listens to which home, would send less,
 * but its table is state that lags: an event sent before the table knows of a listener is lost. A
 * subject for each home is exact, but 100,000 of them cost a client 268 MB and every server of a
 * cluster 65 MB. Subjects for groups of homes need no table and at most 1,024 subscriptions (0.7 MB on
 * a server) in each process, which has only those on which it listens: with 100 open homes it
 * hears a tenth of the homes, with 1,000 two thirds. Hearing all is bearable: events are about
 * 100 bytes, one for each home and turn of the event loop, and one connection carries 345,000 such
 * messages a second, where a store commits some ten thousand.
 */
const groups = 1024
const subjectOf = (home: number) => `essaim.home.${home % groups}`
const everyHome = 'essaim.home.*'
const everybody = 'essaim.look'

/** Larger messages are not ours: an event is at most 16 paths with 2,048 characters in all. */
const maxMessageBytes = 65_536
const firstRetry = 100
const lastRetry = 2000

/**
 * The bus between processes, over NATS core. Inside the process events go the local way, whether
 * NATS is there or not. Others get them in batches: what is published while a batch is on its way
 * waits and is merged, and a batch counts as sent when the server has answered a ping behind it;
 * one whose connection ends goes back to what waits. So an outage costs neither memory nor
 * publishers' time, and at its end the others learn of every home that moved, or are told to look.
 * This process missed what the others sent, so its listeners are told to look.
 *
 * Connecting goes on in the background, from the start and after every loss, at most 2 s apart. A
 * connection that says nothing is given up after 15 s. Throws `bus-address` for a wrong address.
 */
export function createNatsBus(address: string, { onError, onState = () => {} }: NatsBusOptions): Bus {
  const target = parseNatsAddress(address)
  const local = createLocalBus({ onError })
  const outgoing = createInbox()
  const listeners = new Map<string, number>()
  const subscriptions = new Map<string, Subscription>()
  const unanswered = new Set<(holds: boolean) => void>()
  const closing = new AbortController()
  let connection: NatsConnection | undefined
  let sending = false
  let scheduled = false

  async function stayConnected(): Promise<void> {
    let told = false
    for (let retry = firstRetry; !closing.signal.aborted; retry = Math.min(retry * 2, lastRetry)) {
      let reason: unknown
      try {
        const opened = await open()
        if (closing.signal.aborted) return void (await opened.close())
        connection = opened
        const ended = opened.closed().then((error) => {
          reason = error
          connection = undefined
          subscriptions.clear()
          for (const settle of unanswered) settle(false)
        })
        void watch(opened)
        if (await begin(opened)) {
          told = false
          retry = firstRetry
        }
        await ended
      } catch (error) {
        reason = error
      }
      if (!told && !closing.signal.aborted) onState(false, reason)
      told = true
      // Half of the wait is random, lest all processes come back at once.
      const wait = retry / 2 + (Math.random() * retry) / 2
      await sleep(wait, undefined, { ref: false, signal: closing.signal }).catch(() => {})
    }
  }

  async function open(): Promise<NatsConnection> {
    const { connect } = await import('@nats-io/transport-node')
    const bounds = { timeout: 5000, pingInterval: 5000, maxPingOut: 2 }
    return connect({ ...target, ...bounds, name: 'essaim', noEcho: true, reconnect: false })
  }

  /** Subscribes to what is listened to; once that holds, everybody looks and what waited is sent. */
  async function begin(opened: NatsConnection): Promise<boolean> {
    opened.subscribe(everybody, { callback: receive })
    subscribe(opened)
    if (!(await answered(opened))) return false
    onState(true)
    local.look()
    schedule()
    return true
  }

  async function watch(opened: NatsConnection): Promise<void> {
    for await (const status of opened.status()) if (status.type === 'error') onError(status.error)
  }

  /** Whether the server has taken all that was sent to it so far; false when the connection ended. */
  function answered(opened: NatsConnection): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (holds: boolean) => {
        unanswered.delete(settle)
        resolve(holds)
      }
      // A ping whose connection is closed is never answered; then the end of the connection settles.
      unanswered.add(settle)
      opened.flush().then(
        () => settle(true),
        () => settle(false),
      )
    })
  }

  /** Brings the subscriptions in line with the listeners, new ones first; gives the new ones. */
  function subscribe(opened: NatsConnection): string[] {
    const wanted = listeners.has(everyHome) ? new Set([everyHome]) : new Set(listeners.keys())
    const fresh = [...wanted].filter((subject) => !subscriptions.has(subject))
    for (const subject of fresh) subscriptions.set(subject, opened.subscribe(subject, { callback: receive }))
    for (const [subject, subscription] of subscriptions) {
      if (wanted.has(subject)) continue
      subscription.unsubscribe()
      subscriptions.delete(subject)
    }
    return fresh
  }

  /** Follows a change of listeners; those who depend on a new subscription look once it holds. */
  async function resubscribe(): Promise<void> {
    const opened = connection
    if (opened === undefined || opened.isClosed()) return
    const fresh = subscribe(opened)
    if (fresh.length === 0 || !(await answered(opened))) return
    local.look(fresh.includes(everyHome) ? undefined : (home) => fresh.includes(subjectOf(home)))
  }

  function receive(error: Error | null, message: Msg): void {
    // What is refused is told by the connection's status.
    if (error !== null) return
    if (message.subject === everybody) return local.look()
    const event = decode(message.data)
    if (event === undefined) onError(new Error(`no event of a home came on ${message.subject}`))
    else local.publish(event)
  }

  function publish(event: HomeEvent): void {
    if (closing.signal.aborted) return
    local.publish(event)
    outgoing.put(event)
    schedule()
  }

  function schedule(): void {
    if (scheduled || sending || connection === undefined) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      void send()
    })
  }

  async function send(): Promise<void> {
    const opened = connection
    if (opened === undefined || sending) return
    sending = true
    for (let batch = outgoing.take(); batch.length > 0; batch = outgoing.take()) {
      for (const wake of batch) sendOne(opened, wake)
      if (await answered(opened)) continue
      for (const wake of batch) outgoing.put(wake)
      break
    }
    sending = false
  }

  function sendOne(opened: NatsConnection, wake: Wake): void {
    if (opened.isClosed()) return
    try {
      if (wake === 'look') opened.publish(everybody)
      else opened.publish(subjectOf(wake.home), JSON.stringify(wake))
    } catch (error) {
      onError(error)
    }
  }

  /** Counts the listeners of a subject around what the local bus does. */
  function counted(subject: string, stop: () => void): () => void {
    if (closing.signal.aborted) return stop
    const count = listeners.get(subject) ?? 0
    listeners.set(subject, count + 1)
    if (count === 0) void resubscribe()
    let stopped = false
    return () => {
      stop()
      if (stopped) return
      stopped = true
      const left = (listeners.get(subject) ?? 0) - 1
      if (left > 0) return void listeners.set(subject, left)
      listeners.delete(subject)
      void resubscribe()
    }
  }

  async function close(): Promise<void> {
    closing.abort()
    await local.close()
    await connection?.close()
  }

  void stayConnected()
  return {
    publish,
    listen: (home: number, listener: BusListener) => counted(subjectOf(home), local.listen(home, listener)),
    listenAll: (listener: BusListener) => counted(everyHome, local.listenAll(listener)),
    close,
  }
}

function decode(data: Uint8Array): HomeEvent | undefined {
  if (data.byteLength > maxMessageBytes) return undefined
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(data).toString('utf8'))
  } catch {
    return undefined
  }
  return isHomeEvent(value) ? value : undefined
}

function isHomeEvent(value: unknown): value is HomeEvent {
  if (typeof value !== 'object' || value === null) return false
  const { home, epoch, seq, permSeq, collections } = value as Record<string, unknown>
  return (
    [home, epoch, seq, permSeq].every((number) => Number.isSafeInteger(number) && Number(number) >= 0) &&
    (collections === undefined ||
      (Array.isArray(collections) && collections.every((path) => typeof path === 'string')))
  )
}
