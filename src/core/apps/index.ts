/** Apps, and what people let them do: scopes, the one decision, grants, tokens, and what became of them. */
export { type Apps, createApps } from './apps.ts'
export { type AskingClient, type Decision, heldScopes } from './decide.ts'
export { covers, createRegistry, isHigh, type KnownScope, type ScopeRegistry } from './registry.ts'
export type { FindAppRequest, AppRequest } from './requests.ts'
export { type Answer, answered } from './resolve.ts'
export { maxDays, maxScope, maxScopes, pick, type ScopeErrorCode, writeScope } from './syntax.ts'
export { createSharing, pageShared, type SharedPlace } from './sharing.ts'
export { tokenChange, type TokenData, type TokenHolder, type Tokens } from './tokens.ts'
export type { GrantUses } from './use.ts'
export { isStandard, moduleWords, standardScopes } from './words.ts'

export { grantedScopes } from './granted.ts'
