/** The account key: what is stored, what a device remembers, what unlocks. The scheme is in docs/encryption.md. */
import type { Bytes } from '../bytes/index.ts'

/**
 * How a slot is unlocked. `words` are the twelve recovery words, `passkey` the PRF result of a passkey, `passphrase` a
 * text that unlocks and signs in nowhere.
 */
export type SlotKind = 'password' | 'passkey' | 'words' | 'passphrase' | 'device'

/** What a slot says of itself, in clear and signed: at most 16 members, names of 1 to 64 of `a-z0-9-`, values to 1,024 characters. */
export type SlotParams = Readonly<Record<string, string>>

/** One way to unlock the account key. Binary is base64url without padding. */
export interface Slot {
  /** 1 to 64 of `A-Za-z0-9_-`, unique in its bundle. */
  readonly id: string
  readonly kind: SlotKind
  /** What the person calls it, 1 to 100 characters. The host reads it. */
  readonly label?: string
  readonly params?: SlotParams
  /** When it was made, in ms. */
  readonly created: number
  /** X25519, 32 bytes. */
  readonly pk: string
  /** HMAC of the identity's public key under a key that only the slot's secret gives, 32 bytes. */
  readonly idmac: string
  /** The account key, HPKE-sealed to `pk`: 32 and 48 bytes. */
  readonly sealed: { readonly enc: string; readonly ct: string }
}

/** What the host stores for an account: at most 64 slots and 256 KiB of JSON, replaced by compare-and-swap on `revision`. */
export interface Bundle {
  readonly v: 1
  /** The account's id. */
  readonly account: string
  /** Grows by one with every change. */
  readonly revision: number
  /** Number of the account key: grows by one when it is replaced. */
  readonly epoch: number
  /** Ed25519, 32 bytes. */
  readonly identity: string
  readonly slots: readonly Slot[]
  /** The keyring under XChaCha20-Poly1305: nonce of 24 bytes, ciphertext. */
  readonly keyring: { readonly n: string; readonly c: string }
  /** Ed25519 by `identity` over everything above, 64 bytes. */
  readonly signature: string
}

/** One key of a collection. New records take the key with the latest `made`; a record names the `number` of its own. */
export interface CollectionKey {
  number: number
  /** 32 bytes, base64url. */
  key: string
  made: number
}

/** The key of Firefox Sync: random bytes of its own, so that no other key's change empties anybody's Sync. */
export interface SyncKey {
  /** kB: 32 bytes, base64url. */
  key: string
  /** When it became the key, in ms. */
  made: number
}

/** What the account key protects. Members that this version doesn't know are kept as they are. */
export interface Keyring {
  v: 1
  /** Seed of the identity's Ed25519 key, 32 bytes, base64url. */
  identity: string
  /** X25519 private key to which others seal what they share, 32 bytes, base64url. */
  share: string
  sync: SyncKey
  /** Sync's keys of before, kept by `mergeKeyrings`. */
  syncBefore?: SyncKey[]
  /** By collection id. */
  collections: Record<string, CollectionKey[]>
  [unknown: string]: unknown
}

/** What a device remembers of the last bundle it has seen on the host, so that it cannot be shown an older or foreign one. */
export interface Memory {
  readonly identity: string
  readonly epoch: number
  readonly revision: number
  /** Signature of that bundle: two of one revision are told apart by it. */
  readonly signature: string
}

/** What opens one slot. Made by `slotSecret` (password, words, passkey, passphrase) or `deviceSecret`; never leaves the page. */
export interface SlotSecret {
  readonly kind: SlotKind
  /** X25519 public key, base64url. */
  readonly pk: string
  readonly pair: CryptoKeyPair
  /** HMAC-SHA-256 key of `idmac`, not extractable. */
  readonly mac: CryptoKey
}

/** A slot to be added. */
export interface NewSlot {
  secret: SlotSecret
  label?: string
  params?: SlotParams
  /** Default: 16 random bytes. */
  id?: string
}

/** What is to change. All of it goes into one new bundle, with the revision after the present one. */
export interface Changes {
  /** Slots to add, sealed to the account key that holds after the change. */
  add?: readonly NewSlot[]
  /** Ids of slots to remove. The account key is replaced with it. Errors: `slot-absent`, `last-slot`. */
  remove?: readonly string[]
  /** The new password: every password slot goes and this one comes. The account key is replaced with it. */
  password?: NewSlot
  /** Replaces the account key without any slot's secret. */
  rotate?: boolean
  /** The keyring's successor; may not touch `v` and `identity`. Errors: `malformed`. */
  keyring?: (keyring: Keyring) => Keyring
  /** Now, in ms; default: the clock. */
  now?: number
}

/** An opened account key. Nothing in it changes: `change` returns the next. */
export interface Keys {
  /** As it was opened, or to be stored after a change. */
  readonly bundle: Bundle
  /** A copy of one's own to read. */
  readonly keyring: Keyring
  /** Id of the slot it was opened with; undefined after pairing or when that slot was removed. */
  readonly slot: string | undefined
  /** What to remember once the host has this bundle (after opening, or after it took the change). */
  readonly memory: Memory
  /**
   * The next bundle: to be stored in place of the present one and of no other; if the host has a later one, open that
   * and change again. Errors: `too-many-slots`, `too-large`, `slot-absent`, `last-slot`, `slot-taken`, `malformed`.
   */
  change(changes: Changes): Promise<Keys>
  /**
   * For a device that is being added: checks that its offer was made with the code, and seals the account key to it.
   * Errors: `code-malformed`, `pairing-refused`.
   */
  admit(code: string, offer: PairingOffer): Promise<PairingAnswer>
}

/** What a new device sends to the rendezvous. */
export interface PairingOffer {
  /** X25519, 32 bytes, base64url, made for this pairing. */
  readonly pk: string
  /** HMAC-SHA-256 of `pk` under a key from the code. */
  readonly mac: string
}

/** What the old device answers: HPKE, base64url. */
export interface PairingAnswer {
  readonly enc: string
  readonly ct: string
}

/** The new device's side of a pairing. */
export interface Pairing {
  /** 20 characters, as `formatPairingCode` shows them without the groups. */
  readonly code: string
  /** Where both meet on the host: 16 bytes, base64url. Says nothing of the code. */
  readonly id: string
  readonly offer: PairingOffer
  /** Opens the old device's answer; once. Errors: `pairing-refused`, `malformed`. */
  open(answer: unknown): Promise<Paired>
}

/** What a new device has after pairing: goes into `openPaired` with the account's bundle. */
export interface Paired {
  readonly account: string
  readonly amk: Bytes
  readonly memory: Memory
}

/** The device's own slot: neither key can be read out by scripts. */
export interface DeviceKeys {
  readonly pair: CryptoKeyPair
  readonly mac: CryptoKey
}

/** Where a device keeps its keys and its memory, by account id. */
export interface DeviceStore {
  keys(account: string): Promise<DeviceKeys | undefined>
  saveKeys(account: string, keys: DeviceKeys): Promise<void>
  memory(account: string): Promise<Memory | undefined>
  saveMemory(account: string, memory: Memory): Promise<void>
  /** Removes both. */
  forget(account: string): Promise<void>
}

/** What a password is stretched with. `salt` is 16 bytes in base64url; `memory` in KiB. */
export interface StretchParameters {
  algorithm: 'argon2id'
  salt: string
  memory: number
  passes: number
  lanes: number
}

/** What a password gives. */
export interface Stretched {
  /** The only thing that is sent: 32 bytes, base64url. */
  auth: string
  /** For `slotSecret('password', secret)`; never leaves the device. */
  secret: Bytes
}
