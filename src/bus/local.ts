import type { Bus, BusListener, HomeEvent } from '../core/ports.ts'
import { createInbox } from './inbox.ts'

export interface LocalBusOptions {
  /** Gets what a listener threw, and what else goes wrong without anybody waiting for it. */
  onError(error: unknown): void
}

/** The bus of one process; what brings events from other processes adds this one call to it. */
export interface LocalBus extends Bus {
  /** Tells the listeners of these homes to look for themselves; without an argument, all listeners. */
  look(concerns?: (home: number) => boolean): void
}

interface Receiver {
  put: ReturnType<typeof createInbox>['put']
  deliver(): Promise<void>
  stop(): void
}

/**
 * The bus inside one process. Events wait in a bounded inbox for each listener and are delivered in
 * a later turn of the event loop, so those of one turn arrive as one, and a publisher waits for
 * nobody.
 */
export function createLocalBus({ onError }: LocalBusOptions): LocalBus {
  const ofHome = new Map<number, Set<Receiver>>()
  const ofAll = new Set<Receiver>()
  const due = new Set<Receiver>()
  let closed = false

  function publish(event: HomeEvent): void {
    for (const receiver of ofHome.get(event.home) ?? []) hand(receiver, event)
    for (const receiver of ofAll) hand(receiver, event)
  }

  function look(concerns?: (home: number) => boolean): void {
    for (const [home, receivers] of ofHome) {
      if (concerns === undefined || concerns(home)) for (const receiver of receivers) hand(receiver, 'look')
    }
    if (concerns === undefined) for (const receiver of ofAll) hand(receiver, 'look')
  }

  function hand(receiver: Receiver, wake: HomeEvent | 'look'): void {
    receiver.put(wake)
    if (due.size === 0) setImmediate(deliverDue)
    due.add(receiver)
  }

  function deliverDue(): void {
    const receivers = [...due]
    due.clear()
    for (const receiver of receivers) void receiver.deliver()
  }

  function listen(home: number, listener: BusListener): () => void {
    if (closed) return () => {}
    const receivers = ofHome.get(home) ?? new Set()
    const receiver = createReceiver(listener, onError)
    ofHome.set(home, receivers.add(receiver))
    return () => {
      receiver.stop()
      receivers.delete(receiver)
      if (receivers.size === 0 && ofHome.get(home) === receivers) ofHome.delete(home)
    }
  }

  function listenAll(listener: BusListener): () => void {
    if (closed) return () => {}
    const receiver = createReceiver(listener, onError)
    ofAll.add(receiver)
    return () => {
      receiver.stop()
      ofAll.delete(receiver)
    }
  }

  async function close(): Promise<void> {
    closed = true
    for (const receiver of [...ofAll, ...[...ofHome.values()].flatMap((set) => [...set])]) receiver.stop()
    ofAll.clear()
    ofHome.clear()
  }

  return { publish, look, listen, listenAll, close }
}

/** A listener with its inbox, called with one wake-up after the other. */
function createReceiver(listener: BusListener, onError: (error: unknown) => void): Receiver {
  const inbox = createInbox()
  let delivering = false
  let stopped = false

  async function deliver(): Promise<void> {
    if (delivering) return
    delivering = true
    for (let wakes = inbox.take(); wakes.length > 0; wakes = inbox.take()) {
      for (const wake of wakes) {
        if (stopped) return
        try {
          await listener(wake)
        } catch (error) {
          onError(error)
        }
      }
    }
    delivering = false
  }

  return {
    put: inbox.put,
    deliver,
    stop() {
      stopped = true
    },
  }
}
