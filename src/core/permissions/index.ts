/** The permission model: who may do what, where, and why. Knows no protocol and no SQL. */
export * from './bits.ts'
export { accessChanges, given, ownership, ownershipOf } from './entries.ts'
export { createPermissions } from './permissions.ts'
export * from './principals.ts'
export { anonymous, createSubject } from './subject.ts'
export * from './types.ts'
