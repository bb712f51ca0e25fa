/** What the parts of the page of security have in common: what the server knows, and what follows a change. */
import { nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { keysAtHand, newKeys, adoptKeys, changeKeys } from '../keys.ts'
import { Page } from '../page.ts'
import { alert } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { me } from '../session.ts'
import type { Changes, NewSlot } from '@essaim/client'
import type { Security } from './contract.ts'

export class SecurityPart extends Page {
  static override properties = { ...Page.properties, security: {}, reload: {} }
  declare security: Security
  /** Asks the server again for all parts. */
  declare reload: () => Promise<void>

  /** After a change: everything as it is now, and a sentence. */
  protected async done(sentence: () => string): Promise<void> {
    await this.reload()
    tell(sentence())
  }

  protected trouble(): TemplateResult | typeof nothing {
    return this.error ? alert(this.error) : nothing
  }
}

/** What goes along with a change of a way in. */
export interface KeysSent {
  bundle?: unknown
  expected?: string
}

/**
 * Sets a way in that unlocks the key as well: its slot goes into the key, or begins one where she has none. `send`
 * is what the server is asked, with the keys that come along.
 */
export async function setWay(
  slot: NewSlot,
  send: (keys: KeysSent) => Promise<unknown>,
  changes: (stored: { slots: readonly { id: string; kind: string }[] }) => Changes = () => ({ add: [slot] }),
): Promise<void> {
  if (me().keys) {
    await changeKeys(
      (keys) => changes(keys.bundle),
      (bundle, expected) => send(bundle ? { bundle, ...(expected !== undefined && { expected }) } : {}),
    )
    return
  }
  const made = await newKeys(me().id, [slot])
  await send({ bundle: made.bundle })
  await adoptKeys(made, slot.secret)
}

/** Takes slots away with a way in; the key is left alone where none of its slots belongs to that. */
export async function removeWay(
  belongs: (slot: { id: string; kind: string; params?: Readonly<Record<string, string>> }) => boolean,
  send: (keys: KeysSent) => Promise<unknown>,
): Promise<void> {
  if (!me().keys) return void (await send({}))
  const stored = keysAtHand()?.bundle ?? (await call<{ bundle: never }>('GET', '/me/keys')).bundle
  const { slots } = stored as { slots: readonly { id: string; kind: string }[] }
  if (!slots.some(belongs)) return void (await send({}))
  await changeKeys(
    ({ bundle }) => ({ remove: bundle.slots.filter(belongs).map(({ id }) => id) }),
    (bundle, expected) => send(bundle ? { bundle, ...(expected !== undefined && { expected }) } : {}),
  )
}
