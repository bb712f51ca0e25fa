/**
 * Adding a device: the new one waits at a meeting point that only the two know, an old one that is signed in answers
 * there. What they hand over is sealed between them; the server keeps hashes of the meeting point and of what the new
 * device shows, for five minutes.
 */
import { sha256Hex } from '../../lib/hash.ts'
import { randomToken } from '../../lib/ids.ts'
import { CodedError } from '../../lib/coded-error.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { Refusal, type Row } from '../ports.ts'
import { type Change, commitStep, type Precondition } from '../records/index.ts'
import { accountById, alter, type Beside, type Context, fail } from './context.ts'
import { lettersToAll } from './letters.ts'
import { logChange } from './log.ts'
import type { Account } from './types.ts'
import type { Origin } from './ways.ts'

/** Milliseconds for both devices to meet. */
export const pairingLasts = 5 * 60_000
/** Pairings at one time: of one address, and in all. */
const maxOfAddress = 5
const maxInAll = 1_000

/**
 * Why two devices did not meet.
 * - `pairing-absent`: nobody waits there, any more or yet. - `pairing-known`: somebody waits there already.
 * - `pairing-busy`: too many wait, of this address or in all.
 */
export type PairingErrorCode = 'pairing-absent' | 'pairing-known' | 'pairing-busy'

/** A new device that waits: what it shows of itself, opaque here, and where it is. */
export interface Waiting {
  key: JsonObject
  agent: string | null
  address: string | null
  created: number
}

export type PairingAnswer =
  | { state: 'waiting' | 'refused' | 'expired' }
  /** `beside` goes into the commit that begins the session: it uses the answer up. */
  | { state: 'ready'; sealed: JsonObject | null; account: Account; beside: Required<Beside> }

export interface PairingPart {
  /**
   * Begins to wait at a meeting point; returns what the new device asks with. `stranger` is by what it is counted.
   * Errors: `pairing-known`, `pairing-busy`.
   */
  openPairing(wanted: {
    rendezvous: string
    key: JsonObject
    from: Origin
    stranger: string
  }): Promise<{ poll: string; expires: number }>
  /** What became of it. */
  pollPairing(poll: string): Promise<PairingAnswer>
  /** Who waits there. Errors: `pairing-absent`. */
  lookPairing(rendezvous: string): Promise<Waiting>
  /** Lets the device in to this account. Errors: `pairing-absent`. */
  approvePairing(account: string, rendezvous: string, sealed: JsonObject | null, from: Origin): Promise<void>
  /** Errors: `pairing-absent`. */
  refusePairing(account: string, rendezvous: string, from: Origin): Promise<void>
}

interface Data {
  key: JsonObject
  agent: string | null
  address: string | null
  stranger: string
  /** What the old device answered. */
  answer?: { sealed: JsonObject | null } | 'refused'
}

const failPairing = (code: PairingErrorCode, message: string) =>
  new CodedError<PairingErrorCode>(code, message)
const absentPairing = () => failPairing('pairing-absent', 'nobody waits there')

const dataOf = (row: Row) => JSON.parse(String(row['data'])) as Data

export function createPairing(context: Context): PairingPart {
  const { store, clock } = context

  /** Waiting and not answered yet. */
  async function waitingAt(rendezvous: string): Promise<{ row: Row; data: Data; when: Precondition }> {
    const where = { hash: sha256Hex(rendezvous) }
    const [row] = await store.rows('pairing', where)
    const data = row && dataOf(row)
    if (!row || !data || Number(row['expires']) <= clock.now() || data.answer) throw absentPairing()
    const has = { data: row['data'] ?? null }
    return { row, data, when: { is: 'row-has', table: 'pairing', where, has } }
  }

  async function answer(id: string, rendezvous: string, given: Data['answer'], from: Origin): Promise<void> {
    await alter(context, id, async (account) => {
      if (account.state !== 'active') throw fail('forbidden', 'the account is not active')
      const { row, data, when } = await waitingAt(rendezvous)
      const now = clock.now()
      const details = { device: data.agent ?? '', place: data.address ?? '' }
      const act = given === 'refused' ? 'device-refused' : 'device-added'
      const put = { ...row, account_id: id, data: JSON.stringify({ ...data, answer: given }) }
      const changes: Change[] = [
        { kind: 'row', table: 'pairing', put },
        logChange(now, { account: id, act, details, ...from }),
        ...(given === 'refused'
          ? []
          : await lettersToAll(context, account, { kind: 'notice', act, details, at: now })),
      ]
      return { when: [when], changes }
    })
  }

  return {
    async openPairing({ rendezvous, key, from, stranger }) {
      const now = clock.now()
      const hash = sha256Hex(rendezvous)
      const rows = await store.rows('pairing', {}, { limit: maxInAll + 1 })
      const live = rows.filter((row) => Number(row['expires']) > now)
      const counted = sha256Hex(stranger)
      const ofAddress = live.filter((row) => dataOf(row).stranger === counted).length
      if (rows.length > maxInAll || live.length >= maxInAll || ofAddress >= maxOfAddress)
        throw failPairing('pairing-busy', 'too many devices wait to be added')
      const poll = randomToken()
      const data: Data = { key, ...from, stranger: counted }
      const expires = now + pairingLasts
      const put = {
        hash,
        poll_hash: sha256Hex(poll),
        account_id: null,
        data: JSON.stringify(data),
        created: now,
        expires,
      }
      try {
        await commitStep(store, {
          when: [{ is: 'row-absent', table: 'pairing', where: { hash } }],
          changes: [{ kind: 'row', table: 'pairing', put }],
        })
      } catch (error) {
        if (error instanceof Refusal) throw failPairing('pairing-known', 'somebody waits there already')
        throw error
      }
      return { poll, expires }
    },

    async pollPairing(poll) {
      const [row] = await store.rows('pairing', { poll_hash: sha256Hex(poll) })
      if (!row || Number(row['expires']) <= clock.now()) return { state: 'expired' }
      const { answer: given } = dataOf(row)
      if (given === undefined) return { state: 'waiting' }
      const where = { hash: row['hash'] ?? null }
      const change: Change = { kind: 'row', table: 'pairing', remove: where }
      const account = given === 'refused' ? undefined : await accountById(store, String(row['account_id']))
      if (given === 'refused' || account?.state !== 'active') {
        await commitStep(store, { changes: [change] })
        return { state: 'refused' }
      }
      const beside = {
        when: [{ is: 'row-exists' as const, table: 'pairing' as const, where }],
        changes: [change],
      }
      return { state: 'ready', sealed: given.sealed, account, beside }
    },

    async lookPairing(rendezvous) {
      const { row, data } = await waitingAt(rendezvous)
      return { key: data.key, agent: data.agent, address: data.address, created: Number(row['created']) }
    },

    approvePairing: (account, rendezvous, sealed, from) => answer(account, rendezvous, { sealed }, from),
    refusePairing: (account, rendezvous, from) => answer(account, rendezvous, 'refused', from),
  }
}
