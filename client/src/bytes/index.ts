/** Bytes, their forms in text, and the two encodings that everything signed or sealed goes through. */
export { concat, fromBase64url, lp, random, toBase64url, utf8 } from './encoding.ts'
export type { Bytes } from './encoding.ts'
export { pad, padded, unpad } from './padding.ts'
