/**
 * Messages on their way to push services, beside the requests: so many at one time, one person's after another's, so that
 * a person whose services do not answer holds up nobody else's. What waits is in memory only: a browser that missed a
 * message finds all that it was about when it asks.
 */
import type { GuardedFetch } from '../../http/guard.ts'
import { push, type Pushed, type PushMessage } from './push.ts'
import type { Subscription } from './subscription.ts'

/** What the first attempt came to; `dropped`: it was not made. */
export type Sent = Pushed['kind'] | 'dropped'

export interface PushQueue {
  /** Resolves after the first attempt. What a busy service did not take is tried again while it is of use. */
  send(wanted: {
    /** Whose turn it takes. */
    person: string
    subscription: Subscription
    message: PushMessage
    /** Called where the service says that the address is no more. */
    onExpired(): Promise<void>
  }): Promise<Sent>
  /** How many wait or are on their way. */
  readonly size: number
  /** Forgets what waits, and waits for what is on its way: two seconds, then it is given up. */
  stop(): Promise<void>
}

export interface PushQueueBounds {
  /** On their way at one time, in all and of one person. */
  atOnce: number
  atOnceOfOne: number
  /** Waiting, in all and of one person. */
  waiting: number
  waitingOfOne: number
  /** Attempts at one message, and the milliseconds between them where the service names none. */
  attempts: number
  pause: number
  /** The longest that a service may ask to wait, in milliseconds. */
  longestPause: number
}

const usual: PushQueueBounds = {
  atOnce: 16,
  atOnceOfOne: 4,
  waiting: 10_000,
  waitingOfOne: 400,
  attempts: 3,
  pause: 20_000,
  longestPause: 300_000,
}

/** Milliseconds that services have at the end. */
const graceAtEnd = 2_000

type Wanted = Parameters<PushQueue['send']>[0]

interface Job extends Wanted {
  attempt: number
  told(sent: Sent): void
}

interface Lane {
  waiting: Job[]
  running: number
  /** Jobs that wait for their next attempt. */
  paused: number
}

export function createPushQueue(
  fetch: GuardedFetch,
  onError: (error: unknown) => void,
  bounds: Partial<PushQueueBounds> = {},
): PushQueue {
  const { atOnce, atOnceOfOne, waiting, waitingOfOne, attempts, pause, longestPause } = {
    ...usual,
    ...bounds,
  }
  /** In the order of their turns. */
  const lanes = new Map<string, Lane>()
  const pauses = new Set<NodeJS.Timeout>()
  const running = new Map<Promise<void>, AbortController>()
  let waitingInAll = 0
  let stopped = false

  function laneOf(person: string): Lane {
    const lane = lanes.get(person) ?? { waiting: [], running: 0, paused: 0 }
    lanes.set(person, lane)
    return lane
  }

  function isFull(lane: Lane): boolean {
    return waitingInAll >= waiting || lane.waiting.length + lane.paused >= waitingOfOne
  }

  /** Whose turn it is: of those with the fewest on their way, who had none for the longest time. */
  function next(): [person: string, lane: Lane] | undefined {
    let found: [string, Lane] | undefined
    for (const entry of lanes) {
      const [, lane] = entry
      if (lane.waiting.length === 0 || lane.running >= (found?.[1].running ?? atOnceOfOne)) continue
      found = entry
      if (lane.running === 0) break
    }
    return found
  }

  function turn(): void {
    while (running.size < atOnce) {
      const found = next()
      if (!found) return
      const [person, lane] = found
      lanes.delete(person)
      lanes.set(person, lane)
      waitingInAll--
      begin(lane, lane.waiting.shift()!)
    }
  }

  function begin(lane: Lane, job: Job): void {
    lane.running++
    const controller = new AbortController()
    const work = attempt(lane, job, controller.signal)
      .catch((error: unknown) => {
        onError(error)
        job.told('refused')
      })
      .finally(() => {
        running.delete(work)
        lane.running--
        forget(job.person, lane)
        turn()
      })
    running.set(work, controller)
  }

  async function attempt(lane: Lane, job: Job, signal: AbortSignal): Promise<void> {
    const pushed = await push(fetch, job.subscription, job.message, signal)
    job.told(pushed.kind)
    if (pushed.kind === 'expired') await job.onExpired()
    if (pushed.kind === 'busy') again(lane, job, pushed.after)
  }

  /** Once more, where the message is still worth it then. */
  function again(lane: Lane, job: Job, after: number | undefined): void {
    const wait = Math.min(after ?? pause * job.attempt, longestPause)
    if (stopped || job.attempt >= attempts || wait > job.message.ttl * 1_000 || isFull(lane)) return
    lane.paused++
    waitingInAll++
    const timer = setTimeout(() => {
      pauses.delete(timer)
      lane.paused--
      lane.waiting.push({ ...job, attempt: job.attempt + 1 })
      turn()
    }, wait).unref()
    pauses.add(timer)
  }

  function forget(person: string, lane: Lane): void {
    if (lane.waiting.length + lane.running + lane.paused === 0) lanes.delete(person)
  }

  return {
    send(wanted) {
      return new Promise((told) => {
        const lane = laneOf(wanted.person)
        if (stopped || isFull(lane)) {
          forget(wanted.person, lane)
          told('dropped')
          return
        }
        waitingInAll++
        lane.waiting.push({ ...wanted, attempt: 1, told })
        turn()
      })
    },
    get size() {
      return waitingInAll + running.size
    },
    async stop() {
      stopped = true
      for (const timer of pauses) clearTimeout(timer)
      for (const lane of lanes.values()) for (const job of lane.waiting.splice(0)) job.told('dropped')
      waitingInAll = 0
      const grace = setTimeout(() => {
        for (const controller of running.values()) controller.abort()
      }, graceAtEnd)
      await Promise.all(running.keys())
      clearTimeout(grace)
    },
  }
}
