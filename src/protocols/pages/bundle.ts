/** A bundle of keys that comes with another change, and is stored in the same commit or not at all. */
import { bundleChange } from '../../core/accounts/index.ts'
import type { Account, BundleOptions, Part } from '../../core/accounts/index.ts'
import { optionalText } from './body.ts'

/** Bytes of a body that may hold one (256 KiB). */
export const bundleBody = 300_000

/** What stores `bundle` over the one with the tag `expected`; nothing where none was sent. Errors: as `bundleChange`. */
export function bundlePart(
  body: Readonly<Record<string, unknown>>,
  account: Pick<Account, 'id' | 'home'>,
  expected = optionalText(body, 'expected', 32) ?? null,
  options: BundleOptions = {},
): Part {
  if (body['bundle'] == null) return { changes: [] }
  return bundleChange(account, body['bundle'], expected, options)
}
