/** What works once: a mark in the commit of what it did, kept until it would have expired anyway. */
import { sha256Hex } from '../../lib/hash.ts'
import { Refusal, type Store } from '../ports.ts'
import type { Part } from './ways.ts'

const markOf = (text: string): string => sha256Hex(`used ${text}`)

/** Marks `text` as used until `expires`, in a commit that does not happen if it was used before: see `isUsed`. */
export function useOnce(text: string, expires: number, now: number): Required<Part> {
  const hash = markOf(text)
  const put = { hash, kind: 'used', grant_id: null, account_id: null, created: now, expires, data: null }
  return {
    when: [{ is: 'row-absent', table: 'token', where: { hash } }],
    changes: [{ kind: 'row', table: 'token', put }],
  }
}

/** Whether a commit was refused because what it wanted to use was used before. */
export async function isUsed(
  store: Pick<Store, 'rows'>,
  text: string,
  error: unknown = new Refusal('row-exists'),
): Promise<boolean> {
  if (!(error instanceof Refusal)) return false
  return (await store.rows('token', { hash: markOf(text) })).length > 0
}
