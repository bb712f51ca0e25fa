/** Apps, and what people let them do: scopes, the one decision, grants, tokens, and what became of them. */
export { type Apps, type AppsInput, createApps } from './apps.ts'
export {
  type AskingClient,
  decide,
  type Decision,
  heldScopes,
  isSameRedirect,
  type Refused,
  type Wanted,
} from './decide.ts'
export type { AllowedClient, AppGrants } from './grants.ts'
export type { AllowedThing, AppLine, WhyAllowed } from './overview.ts'
export {
  type Bundle,
  covers,
  createRegistry,
  type DescribedScope,
  isHigh,
  type KnownScope,
  type ScopeDoor,
  type ScopeRegistry,
} from './registry.ts'
export { type Answer, answered } from './resolve.ts'
export type { Answerer, AppRequest, FindAppRequest } from './requests.ts'
export {
  maxDays,
  maxScope,
  maxScopes,
  pick,
  readScopeList,
  type ScopeErrorCode,
  writeScope,
} from './syntax.ts'
export { type NewToken, tokenChange, type TokenData, type TokenHolder, type Tokens } from './tokens.ts'
export type { DayOfUse, GrantUses } from './use.ts'
export { isStandard, moduleWords, standardScopes } from './words.ts'
