/** What a program fetches with a key-fetch token: both keys, locked so that only the token's holder opens them. */
import { createHmac, hkdfSync } from 'node:crypto'

/**
 * `kA` and `wrapKb` (32 bytes each) under the bundle key of a token, with a MAC: 192 hexadecimal digits. The lock is a
 * one-time pad of the token's, so that a token gives one bundle and no more.
 */
export function bundleKeys(bundleKey: Uint8Array, kA: Uint8Array, wrapKb: Uint8Array): string {
  const info = 'identity.mozilla.com/picl/v1/account/keys'
  const material = Buffer.from(hkdfSync('sha256', bundleKey, '', info, 96))
  const pad = material.subarray(32)
  const locked = Buffer.concat([kA, wrapKb]).map((byte, i) => byte ^ pad[i]!)
  const mac = createHmac('sha256', material.subarray(0, 32)).update(locked).digest()
  return Buffer.concat([locked, mac]).toString('hex')
}
