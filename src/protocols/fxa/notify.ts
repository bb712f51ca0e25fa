/** Telling browsers by push, and the route by which one browser has its others told. */
import type { Store } from '../../core/ports.ts'
import type { GuardedFetch } from '../../http/guard.ts'
import { isForIos, type Message, pushMessageOf } from './messages.ts'
import type { Device, DeviceRows } from './device-rows.ts'
import { createPushQueue, type PushQueueBounds } from './push-queue.ts'

/** COMPAT Firefox: why a browser could not be told, as Mozilla's server says it. */
export type NotifyError =
  | 'noCallback'
  | 'noKeys'
  | 'expiredCallback'
  | 'resetCallback'
  | 'serverError'
  | 'unknown'

export interface Notifier {
  /** Tells these; nobody waits for it, and nothing fails because of it. */
  tell(devices: readonly Device[], message: Message): void
  /** Tells one, and says after the first attempt (or after `patience` milliseconds) why not. */
  tellOne(device: Device, message: Message, patience: number): Promise<NotifyError | undefined>
  /** Messages that wait or are on their way. */
  readonly size: number
  stop(): Promise<void>
}

export interface NotifierParts {
  store: Pick<Store, 'rows'>
  rows: Pick<DeviceRows, 'expire'>
  fetch: GuardedFetch
  clock: { now(): number }
  onError(error: unknown): void
  bounds?: Partial<PushQueueBounds>
}

const iosClient = '1b1a3e44c54fbb58'

export function createNotifier({ store, rows, fetch, clock, onError, bounds }: NotifierParts): Notifier {
  const queue = createPushQueue(fetch, onError, bounds)

  async function send(device: Device, message: Message): Promise<NotifyError | undefined> {
    const { push } = device
    if (!push) return 'noCallback'
    if (device.pushExpired) return 'expiredCallback'
    const sent = await queue.send({
      person: device.account,
      subscription: push,
      message: pushMessageOf(message),
      onExpired: () => rows.expire(device, clock.now()),
    })
    if (sent === 'expired') return 'resetCallback'
    if (sent !== 'sent') return sent === 'dropped' ? 'unknown' : 'serverError'
    // It was woken, and told nothing.
    return push.keys || message.command === null ? undefined : 'noKeys'
  }

  /** Those of a person that do something with this message. */
  async function fit(devices: readonly Device[], message: Message): Promise<readonly Device[]> {
    const [first] = devices
    if (!first || isForIos(message)) return devices
    const grants = await store.rows('app_grant', { client: iosClient, account_id: first.account })
    const ios = new Set(grants.map((row) => row['grant_id']))
    return devices.filter(({ grant }) => !ios.has(grant))
  }

  return {
    tell(devices, message) {
      fit(devices, message).then((fitting) => {
        for (const device of fitting) send(device, message).catch(onError)
      }, onError)
    },

    async tellOne(device, message, patience) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<NotifyError>((done) => {
        timer = setTimeout(() => done('unknown'), patience)
      })
      const sent = send(device, message).catch((error: unknown): NotifyError => {
        onError(error)
        return 'unknown'
      })
      return Promise.race([sent, late]).finally(() => clearTimeout(timer))
    },

    get size() {
      return queue.size
    },
    stop: () => queue.stop(),
  }
}
