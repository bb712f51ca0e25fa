/** Makes an account, or a new way into one: the keys are born here, and only what is sealed is sent. */
import {
  deviceSecret,
  newDeviceKeys,
  slotSecret,
  type Bytes,
  type DeviceKeys,
  type Keys,
  type NewSlot,
  type SlotSecret,
} from '@essaim/client'
import { wordsAuth } from '@essaim/client/words'
import type { Begun, Me, Way } from './contract.ts'
import { adoptKeys, deviceName, keepDeviceKeys, newKeys } from './keys.ts'
import { makePasskey } from './passkeys.ts'
import { stretch, type Stretching } from './stretching.ts'
import { takeMe } from './session.ts'
import { language } from './words/language.ts'

/** A way in that was chosen, and the slot that it fills: none where it does not unlock. */
export interface Chosen {
  way: Way
  slot: NewSlot | undefined
}

/** Errors: `KeysError`, `ApiError` `cancelled`. */
export async function choosePassword(
  { login, parameters }: Pick<Begun, 'login' | 'parameters'>,
  password: string,
  how: Stretching,
): Promise<Chosen> {
  const { auth, secret } = await stretch({ login, password, parameters }, how)
  return {
    way: { kind: 'password', parameters, auth },
    slot: { secret: await slotSecret('password', secret) },
  }
}

/** Errors: those of `makePasskey`. */
export async function choosePasskey({ passkey }: Begun): Promise<Chosen> {
  const { response, prf } = await makePasskey(passkey)
  const { id } = response as { id: string }
  const name = deviceName()
  return {
    way: { kind: 'passkey', response, name },
    // The slot names the credential, so that both can go together.
    slot: prf && { secret: await slotSecret('passkey', prf), label: name, params: { credential: id } },
  }
}

/** What is posted with the ticket. */
export interface Making {
  ticket: string
  way: Way
  words?: { auth: string }
  bundle?: unknown
  language: string
}

export type Outcome = { me: Me } | { waiting: true }

/**
 * Makes the key with a slot for each way that unlocks, and has it sent together with the account. Undefined `words`:
 * she would have them later. Where nothing else unlocks, this device does. Errors: those of `send`; `KeysError`.
 */
export async function make(
  { account, ticket }: Begun,
  { way, slot }: Chosen,
  { words, keep }: { words: Bytes | undefined; keep: boolean },
  send: (making: Making) => Promise<Outcome>,
): Promise<Outcome> {
  const slots: NewSlot[] = []
  if (slot) slots.push(slot)
  const wordsSecret = words && (await slotSecret('words', words))
  if (wordsSecret) slots.push({ secret: wordsSecret })
  let device: DeviceKeys | undefined
  if (keep || slots.length === 0) {
    device = await newDeviceKeys()
    slots.push({ secret: await deviceSecret(device), label: deviceName() })
  }
  const keys = await newKeys(account, slots)
  const outcome = await send({
    ticket,
    way,
    ...(words && { words: { auth: await wordsAuth(words) } }),
    bundle: keys.bundle,
    language: language(),
  })
  if (device) await keepDeviceKeys(account, device)
  if ('me' in outcome) await adopt(outcome.me, keys, slot?.secret ?? wordsSecret)
  return outcome
}

/** The person is signed in, her key is at hand; the page follows when it is announced. */
async function adopt(me: Me, keys: Keys, secret: SlotSecret | undefined): Promise<void> {
  takeMe(me)
  await adoptKeys(keys, secret)
}
