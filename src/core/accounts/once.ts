/** What works once: a mark in the commit of what it did, kept until it would have expired anyway. */
import { sha256Hex } from '../../lib/hash.ts'
import type { Store } from '../ports.ts'
import type { Part } from './ways.ts'

const markOf = (text: string): string => sha256Hex(`used ${text}`)

/** Marks `text` as used until `expires`, in a commit that is refused (`row-exists`) if it was used before. */
export function useOnce(text: string, expires: number, now: number): Required<Part> {
  const hash = markOf(text)
  const put = { hash, kind: 'used', grant_id: null, account_id: null, created: now, expires, data: null }
  return {
    when: [{ is: 'row-absent', table: 'token', where: { hash } }],
    changes: [{ kind: 'row', table: 'token', put }],
  }
}

/** Whether it was used before; the commit looks again. */
export async function isUsed(reads: Pick<Store, 'rows'>, text: string): Promise<boolean> {
  return (await reads.rows('token', { hash: markOf(text) })).length > 0
}
