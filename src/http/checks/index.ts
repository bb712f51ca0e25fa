/** Checks of the address under which people reach the server. */
export { checkAddress } from './address.ts'
export { checkPath, createEcho, echoRoute } from './echo.ts'
export type { Echo } from './echo.ts'
export { liveProbes } from './probes.ts'
export { checkSettings } from './settings.ts'
export type { AddressInput, Finding, Level, Probes } from './types.ts'
export { say, words } from './words.ts'
export type { FindingCode } from './words.ts'
