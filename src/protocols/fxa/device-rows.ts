/** The rows of browsers that can be reached: at most one of each grant. */
import { randomBytes } from 'node:crypto'
import type { Account, Grant } from '../../core/accounts/index.ts'
import { type Row, Refusal, type Store } from '../../core/ports.ts'
import { type Change, stepRequest, type View } from '../../core/records/index.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import { clientOf } from './clients.ts'
import type { DeviceInput } from './device-input.ts'
import { fxaError } from './errors.ts'
import {
  isSameSubscription,
  sealSubscription,
  type Subscription,
  unsealSubscription,
} from './subscription.ts'

export interface Device {
  /** 32 hexadecimal digits. */
  id: string
  account: string
  home: number
  grant: string
  /** 1 to 255 characters. */
  name: string
  /** desktop, mobile, tablet, and what else clients call themselves. */
  type: string
  /** The commands that it takes, each with what their senders need: only they can read it. */
  commands: Readonly<Record<string, string>>
  push: Subscription | null
  /** The push service said that the address is no more. */
  pushExpired: boolean
  created: number
  /** When it last said what it is; milliseconds, up to an hour old. */
  seen: number
}

/** Of one account. The one that was not seen for the longest time makes room. */
export const maxDevices = 100

/** How often it is noted that a browser said the same again, in milliseconds. */
const seenEvery = 3_600_000

/** Characters of a device's name that the list of a person's browsers shows. */
const maxLabel = 100

export interface DeviceRows {
  /** At most `maxDevices`, by id. */
  all(accountId: string): Promise<Device[]>
  ofGrant(grantId: string): Promise<Device | undefined>
  /**
   * Makes the grant's device, or changes it; the grant is called as the device is. `gone` made room for it. Errors: 110 where the grant is no
   * more; 123 where the id is none of her devices or another browser's; 124 where it is another browser's, and this one
   * has a device of its own, which the error names.
   */
  register(
    account: Account,
    grant: Grant,
    input: DeviceInput,
    now: number,
  ): Promise<{ device: Device; made: boolean; gone: Pick<Device, 'id' | 'home'> | undefined }>
  /** Notes that the push service knows this address no more. */
  expire(device: Device, now: number): Promise<void>
}

export function createDeviceRows({
  store,
  keys,
}: {
  store: Pick<Store, 'rows' | 'commit'>
  keys: KeyRing
}): DeviceRows {
  const read = (row: Row): Device => deviceOf(keys, row)

  async function all(accountId: string): Promise<Device[]> {
    const rows = await store.rows('fxa_device', { account_id: accountId }, { limit: maxDevices })
    return rows.map(read)
  }

  function registerOnce(account: Account, grant: Grant, input: DeviceInput, now: number) {
    const hers = { account_id: account.id }
    const ofGrant = { grant_id: grant.id }
    return store.commit({
      homes: [account.home],
      needs: [
        { kind: 'rows', table: 'fxa_device', where: hers, lock: true },
        { kind: 'rows', table: 'app_grant', where: ofGrant, lock: true },
      ],
      plan(work) {
        const view = work as View
        const [grantRow] = view.rows('app_grant', ofGrant)
        if (!grantRow) throw fxaError(110)
        const rows = view.rows('fxa_device', hers)
        const own = ownRow(rows, grant.id, input.id)
        const { row, device } = own ? changed(keys, own, input, now) : made(keys, account, grant, input, now)
        const oldest = own || rows.length < maxDevices ? undefined : leastSeen(rows)
        const changes: Change[] = [
          ...(oldest ? [{ kind: 'row', table: 'fxa_device', remove: keyOf(oldest) } as const] : []),
          ...(row ? [{ kind: 'row', table: 'fxa_device', put: row } as const] : []),
          ...labelled(grantRow, device.name),
        ]
        if (changes.length > 0) stepRequest({ changes }).plan(work)
        return { device, made: own === undefined, gone: oldest && deviceOf(keys, oldest) }
      },
    })
  }

  return {
    all,

    async ofGrant(grantId) {
      const [row] = await store.rows('fxa_device', { grant_id: grantId })
      return row && read(row)
    },

    register: registerOnce,

    async expire({ id, home, push }, now) {
      const where = { device_id: id }
      await store
        .commit({
          homes: [home],
          needs: [{ kind: 'rows', table: 'fxa_device', where, lock: true }],
          plan(work) {
            const [row] = (work as View).rows('fxa_device', where)
            // Another address meanwhile: that one was not asked.
            if (!row || !isSameSubscription(read(row).push, push)) return
            stepRequest({
              changes: [{ kind: 'row', table: 'fxa_device', put: { ...row, push_expired: now } }],
            }).plan(work)
          },
        })
        .catch((error: unknown) => {
          // A mirror, or a home that ended: there is nothing to note.
          if (!(error instanceof Refusal)) throw error
        })
    },
  }
}

/** The row that a registration is about; undefined: a new one is to be made. */
function ownRow(rows: readonly Row[], grantId: string, id: string | undefined): Row | undefined {
  const own = rows.find((row) => row['grant_id'] === grantId)
  if (id === undefined || own?.['device_id'] === id) return own
  const isKnown = rows.some((row) => row['device_id'] === id)
  if (own && isKnown) throw fxaError(124, { members: { deviceId: String(own['device_id']) } })
  throw fxaError(123)
}

function made(keys: KeyRing, account: Account, grant: Grant, input: DeviceInput, now: number) {
  const { name = grant.label, type = typeOf(grant), commands = {}, push = null } = input
  const id = randomBytes(16).toString('hex')
  const device: Device = {
    id,
    account: account.id,
    home: account.home,
    grant: grant.id,
    name,
    type,
    commands,
    push,
    pushExpired: false,
    created: now,
    seen: now,
  }
  return { device, row: rowOf(keys, device, null) }
}

/** COMPAT Firefox: it says all of itself again and again; what is not new is written once an hour at most. */
function changed(keys: KeyRing, row: Row, input: DeviceInput, now: number) {
  const before = deviceOf(keys, row)
  const { name = before.name, type = before.type, commands = before.commands, push = before.push } = input
  const isMoved = !isSameSubscription(push, before.push)
  const pushExpired = before.pushExpired && push?.endpoint === before.push?.endpoint
  const device: Device = { ...before, name, type, commands, push, pushExpired, seen: now }
  const isNew =
    name !== before.name ||
    type !== before.type ||
    isMoved ||
    pushExpired !== before.pushExpired ||
    JSON.stringify(commands) !== JSON.stringify(before.commands) ||
    now - before.seen >= seenEvery
  const expired = pushExpired ? (row['push_expired'] ?? null) : null
  return isNew ? { device, row: rowOf(keys, device, expired) } : { device: before, row: undefined }
}

/** The grant's row, called as the device is. */
function labelled(row: Row, name: string): Change[] {
  // Not half of a character that is two units long.
  const label = name
    .trim()
    .slice(0, maxLabel)
    .replace(/[\ud800-\udbff]$/, '')
  return label === row['label'] ? [] : [{ kind: 'row', table: 'app_grant', put: { ...row, label } }]
}

const leastSeen = (rows: readonly Row[]): Row =>
  rows.reduce((least, row) => (Number(row['seen']) < Number(least['seen']) ? row : least))

const keyOf = (row: Row) => ({ device_id: row['device_id'] ?? null })

const typeOf = ({ client }: Grant): string => clientOf(client)?.type ?? 'desktop'

function rowOf(keys: KeyRing, device: Device, expired: Row[string]): Row {
  const { id, account, home, grant, name, type, commands, push, created, seen } = device
  return {
    device_id: id,
    account_id: account,
    home_id: home,
    grant_id: grant,
    name,
    type,
    commands: JSON.stringify(commands),
    push: push && sealSubscription(keys, id, push),
    push_expired: expired,
    created,
    seen,
  }
}

function deviceOf(keys: KeyRing, row: Row): Device {
  const id = String(row['device_id'])
  const { push } = row
  return {
    id,
    account: String(row['account_id']),
    home: Number(row['home_id']),
    grant: String(row['grant_id']),
    name: String(row['name']),
    type: String(row['type']),
    commands: JSON.parse(String(row['commands'] ?? '{}')) as Record<string, string>,
    push: push == null ? null : unsealSubscription(keys, id, String(push)),
    pushExpired: row['push_expired'] != null,
    created: Number(row['created']),
    seen: Number(row['seen']),
  }
}
