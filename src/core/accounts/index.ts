/** People, their ways to prove who they are, and what they allowed to apps. Knows no protocol and no SQL. */
export { createAccounts } from './accounts.ts'
export { pageDefaults, putCredential, removeCredential } from './credentials.ts'
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
export {
  avatar,
  maxAvatar,
  maxName,
  type Profile,
  type ProfileErrorCode,
  readProfile,
  removeAvatar,
  setAvatar,
  setName,
} from './profile.ts'
export { gone } from './traces.ts'
export { type Invitation, mayInvite } from './invitations.ts'
export { checkLogin, fold, maxLogin } from './login.ts'
export { freshLasts, isFresh, type NewSession, type PageSession, type SignInMethod } from './sessions.ts'
export { abilitiesOf, type Ability, type Actor, isAbove, type PeopleQuery } from './people.ts'
export { registrations, type NamedSetting, type Registration, type Settings } from './settings.ts'
export {
  identityUsedChange,
  maxIdentityLabel,
  maxIssuer,
  maxSubject,
  newIdentityChange,
  type Identity,
  type NewIdentity,
} from './identities.ts'
export { type Admission, admissionBy } from './registration.ts'
export { providerPrefix, type Origin, type Part, type WayChange, type Ways } from './ways.ts'
export type { Letter, LetterWords, RecoveryVia } from './letters.ts'
export { createOutbox, mailContext, type Outbox, type OutboxInput } from './outbox.ts'
export { createAccountSweeps } from './sweep.ts'
export { both } from './both.ts'
export { logChange, type LogEntry, type NewLogEntry } from './log.ts'
export { isUsed, useOnce } from './once.ts'
export {
  maxPasskeyId,
  maxPasskeyName,
  newPasskeyChange,
  passkeyUsedChange,
  type NewPasskey,
  type Passkey,
  type PasskeyData,
} from './passkeys.ts'
export { pairwiseName, sealedSalts } from './pairwise.ts'
export * from './types.ts'
