/** Which key of Sync a person's pages spoke of last: only its time and what tells it, never the key. */
import type { Row } from '../../core/ports.ts'
import { CodedError } from '../../lib/coded-error.ts'
import type { FxaAccount } from './people.ts'

/** The columns of the generated password, when she has none. */
export const noPassword = { verifier: null, sealed: null, password_made: null, password_used: null } as const

/** Reads `<milliseconds>-<16 bytes in base64url>`; undefined for what is not written so. */
export function readKeyId(kid: string): { time: number; state: string } | undefined {
  const [, time, state] = /^([1-9]\d{0,14})-([\w-]{22})$/.exec(kid) ?? []
  const bytes = Buffer.from(state ?? '', 'base64url')
  if (time === undefined || bytes.toString('base64url') !== state) return undefined
  return { time: Number(time), state: bytes.toString('hex') }
}

/**
 * A person's row when her pages speak of the key with this id. A later key takes the place of the one before; the
 * generated password, which gave that one, goes with it. Errors: `malformed`; `keys-older` where a later key, or another
 * one of the same time, was spoken of before.
 */
export function withKey({ row, generation, clientState }: FxaAccount, kid: string): Row {
  const key = readKeyId(kid)
  if (!key) throw new CodedError('malformed', 'not the id of a key', { member: 'kid' })
  const { time, state } = key
  const isOther = state !== clientState
  if (time < generation || (time === generation && isOther))
    throw new CodedError('keys-older', 'the key was replaced by a later one')
  return { ...row, generation: time, client_state: state, ...(isOther ? noPassword : {}) }
}
