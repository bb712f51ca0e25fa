/** People, their ways to prove who they are, and what they allowed to apps. Knows no protocol and no SQL. */
export { createAccounts } from './accounts.ts'
export { appPasswordHash } from './grants.ts'
export {
  bundleChange,
  type BundleOptions,
  dropSealed,
  type KeysErrorCode,
  maxBundle,
  readBundle,
  type SealedBundle,
  sealedBundles,
  type StoredBundle,
} from './keys.ts'
export { fold, maxLogin } from './login.ts'
export { freshLasts, isFresh, type NewSession, type PageSession, type SignInMethod } from './sessions.ts'
export { abilitiesOf, type Ability, type Actor, isAbove, type PeopleQuery } from './people.ts'
export { registrations, type NamedSetting, type Registration, type Settings } from './settings.ts'
export { logChange, type LogEntry, type NewLogEntry } from './log.ts'
export * from './types.ts'
