/** Bytes and their forms in text. */

/** Bytes that WebCrypto takes: never over a shared buffer. */
export type Bytes = Uint8Array<ArrayBuffer>
