/** The account key, for our pages and for apps. */
export { KeysError } from './keys/errors.ts'
export type { KeysErrorCode, KeysErrorDetails } from './keys/errors.ts'
export type { Bytes } from './bytes/index.ts'
export type * from './keys/types.ts'
