/** Bounds of the storage, as `info/configuration` tells them to clients. Bytes are of payloads, but for requests. */

export const limits = {
  max_request_bytes: 2_625_536,
  max_post_records: 100,
  max_post_bytes: 2_621_440,
  max_total_records: 10_000,
  max_total_bytes: 262_144_000,
  max_record_payload_bytes: 2_621_440,
} as const

/** Ids that one request may name. */
export const maxIds = 100
/** Collections of one storage; Firefox has some fifteen. */
export const maxCollections = 250
/** Records of an answer, and their bytes: where there are more, `X-Weave-Next-Offset` says how to go on. */
export const maxListed = 10_000
export const maxListedBytes = 16_777_216
/** Milliseconds for which a batch that is not committed is kept. */
export const batchTime = 7_200_000
/** Seconds for which a token is good. */
export const tokenTime = 3_600
/** Milliseconds by which a client's clock may be wrong. */
export const maxSkew = 300_000
