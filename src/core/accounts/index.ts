/** People, their ways to prove who they are, and what they allowed to apps. Knows no protocol and no SQL. */
export { createAccounts } from './accounts.ts'
export { createAccountSweeps } from './sweep.ts'
export { checkLogin, fold, maxLogin } from './login.ts'
export type { Admission } from './registration.ts'
export { abilitiesOf } from './people.ts'
export type { Invitation } from './invitations.ts'
export { registrations, type Settings } from './settings.ts'
export { logChange, type LogEntry } from './log.ts'
export { gone } from './traces.ts'

export { both } from './both.ts'
export { isUsed, useOnce } from './once.ts'
export { providerPrefix, type Origin, type Part, type WayChange } from './ways.ts'
export { pageDefaults, putCredential, removeCredential } from './credentials.ts'
export {
  maxPasskeyId,
  maxPasskeyName,
  newPasskeyChange,
  passkeyUsedChange,
  type NewPasskey,
  type Passkey,
} from './passkeys.ts'
export {
  identityUsedChange,
  maxIdentityLabel,
  maxIssuer,
  maxSubject,
  newIdentityChange,
  type NewIdentity,
} from './identities.ts'
export { freshLasts, isFresh, type PageSession, type SignInMethod } from './sessions.ts'
export { appPasswordHash } from './grants.ts'
export { pairwiseName, pairwiseSalt, sealedSalts } from './pairwise.ts'

export { bundleChange, type BundleOptions, dropSealed, readBundle, sealedBundles } from './keys.ts'
export { avatar, maxAvatar, maxName, readProfile, removeAvatar, setAvatar, setName } from './profile.ts'
export type { Letter, LetterWords, RecoveryVia } from './letters.ts'
export { createOutbox, mailContext, type Outbox, type OutboxInput } from './outbox.ts'
export * from './types.ts'
