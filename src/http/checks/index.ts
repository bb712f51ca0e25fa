/** Checks of the address under which people reach the server. */
export { createEcho, echoRoute } from './echo.ts'
export { liveProbes } from './probes.ts'
export { checkSettings } from './settings.ts'
export type { Finding, Level } from './types.ts'
export { createAddressChecks } from './watch.ts'
export type { AddressChecks } from './watch.ts'
export { say } from './words.ts'
