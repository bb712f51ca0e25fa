import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BlobEntry, blobGrace, orphans } from './outside.ts'

const now = 1_800_000_000_000
const cutoff = now - blobGrace
const file = (digit: string, modified: number): BlobEntry => ({ hash: digit.repeat(64), size: 1, modified })

test('a file is an orphan when no row names it and it was last put before the grace began', () => {
  const old = file('a', cutoff - 1)
  const named = file('b', cutoff - 1)
  const fresh = file('c', cutoff)
  assert.deepEqual(orphans([old, named, fresh], new Set([named.hash]), cutoff), [old])
})
