/** The one error of this package. */

/**
 * - `unsupported`: no WebCrypto with X25519 and Ed25519 here (an old browser, or a page without https).
 * - `malformed`: not a bundle, keyring, answer … of this version. - `too-large`: past 256 KiB.
 * - `wrong-account`: a bundle of another account.
 * - `no-slot`: the account has no slot of this kind. - `wrong-secret`: it has, but this secret opens none.
 * - `identity-changed`: the identity is not the one that the slot, the device or the keyring knows.
 * - `signature`: not signed by the identity. - `damaged`: signed, but what is sealed does not open.
 * - `rolled-back`: older than what this device has seen. - `forked`: another bundle of the same revision.
 * - `slot-absent`: no slot has this id. - `slot-taken`: one already has. - `last-slot`: nothing would open it any more.
 * - `too-many-slots`: past 64.
 * - `parameters-too-weak`, `parameters-too-strong`: the host asks for a stretching below the floor, above the bound.
 * - `password-malformed`: empty, past 4,096 characters or not text.
 * - `words-count`: not twelve (`details.count`). - `words-unknown`: `details.word` at `details.index` (from 0) is in
 *   no list. - `words-checksum`: all known, but one is not the right one.
 * - `code-malformed`: not the 20 characters of a pairing code. - `pairing-refused`: made with another code or for
 *   another device, changed on its way, or used before. - `pairing-stale`: the account key was replaced meanwhile.
 * - `record-damaged`: a record that does not open with this key at this place.
 */
export type KeysErrorCode =
  | 'unsupported'
  | 'malformed'
  | 'too-large'
  | 'wrong-account'
  | 'no-slot'
  | 'wrong-secret'
  | 'identity-changed'
  | 'signature'
  | 'damaged'
  | 'rolled-back'
  | 'forked'
  | 'slot-absent'
  | 'slot-taken'
  | 'last-slot'
  | 'too-many-slots'
  | 'parameters-too-weak'
  | 'parameters-too-strong'
  | 'password-malformed'
  | 'words-count'
  | 'words-unknown'
  | 'words-checksum'
  | 'code-malformed'
  | 'pairing-refused'
  | 'pairing-stale'
  | 'record-damaged'

export type KeysErrorDetails = Readonly<Record<string, string | number>>

/** Why something of the account key failed. The message is for logs; pages speak by the code. */
export class KeysError extends Error {
  readonly code: KeysErrorCode
  readonly details: KeysErrorDetails

  constructor(code: KeysErrorCode, message: string, details: KeysErrorDetails = {}) {
    super(message)
    this.name = 'KeysError'
    this.code = code
    this.details = details
  }
}
