/** The permission model: who may do what, where, and why. Knows no protocol and no SQL. */
export * from './bits.ts'
export { accessChanges, given, holders, ownership, ownershipOf } from './entries.ts'
export { sentences, type Words } from './explain.ts'
export { createPermissions, type PermissionsInput } from './permissions.ts'
export * from './principals.ts'
export { maxShared, readableFields } from './shared.ts'
export { anonymous, createSubject, isSelf, maxPrincipals } from './subject.ts'
export * from './types.ts'
