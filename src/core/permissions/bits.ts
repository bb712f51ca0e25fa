/** Rights as a bit mask. Entries and scopes store them as given; what they imply is worked out when checked. */
export type Bits = number

/** Read one item. */
export const READ = 1
/** List the items below. */
export const LIST = 2
/** Write and delete. */
export const WRITE = 4
/** Create an item directly below. */
export const CREATE = 8
/** Change who may do what. */
export const ADMIN = 16
/** Send: push messages, invitations. */
export const SEND = 32
/** See presence. */
export const PRESENCE = 64

export const NONE = 0
export const ALL = 127

/** What Kinto calls `read` and `write`. */
export const KINTO_READ = READ | LIST
export const KINTO_WRITE = WRITE | ADMIN

const closure = Uint8Array.from({ length: ALL + 1 }, (_, bits) => {
  if (bits & ADMIN) return ALL
  return bits & WRITE ? bits | READ | LIST | CREATE : bits
})

/** The bits together with those that they imply at the same path: WRITE gives READ, LIST and CREATE, ADMIN all. */
export function imply(bits: Bits): Bits {
  return closure[bits & ALL] ?? NONE
}

/** The part of an entry's bits that reaches below its path: an explicit CREATE counts only where it stands. */
export function inherited(bits: Bits): Bits {
  return bits & ~CREATE
}

/** Whether all needed bits are among these, which must be implied already. */
export function has(bits: Bits, need: Bits): boolean {
  return (bits & need) === need
}

const words: readonly (readonly [Bits, string])[] = [
  [READ, 'read'],
  [LIST, 'list'],
  [WRITE, 'write'],
  [CREATE, 'create'],
  [ADMIN, 'administer'],
  [SEND, 'send'],
  [PRESENCE, 'see presence'],
]

/** The names of single bits, in their order. */
export function bitNames(bits: Bits): string[] {
  return words.filter(([bit]) => bits & bit).map(([, name]) => name)
}
