/** A Sync passphrase at work: how strong it has to be, one that is drawn, what becomes of it, and unlocking with it. */
import {
  KeysError,
  newPassphraseParameters,
  passphraseParameters,
  passphraseSlot,
  type Keys,
  type NewSlot,
} from '@essaim/client'
import { newEntropy, wordsOf } from '@essaim/client/words'
import { storedKeys, unlockWith } from './keys.ts'
import { me } from './session.ts'
import { stretch, type Stretching } from './stretching.ts'
import { weaknessOf, type Weakness } from './weakness.ts'
import { language } from './words/language.ts'
import { passphraseWords } from './words/passphrase.ts'

/** Characters that it has at least: nothing but one Argon2id stands between it and whoever has the bundle. */
const least = 12

/** Undefined: nothing is wrong with it. */
export async function passphraseWeakness(text: string, login: string): Promise<Weakness | undefined> {
  const folded = text.normalize('NFKC')
  return Array.from(folded).length < least ? 'too-short' : weaknessOf(folded, login)
}

/**
 * A new one: six words of the 2,048 of a list (66 random bits), without accents, so that every keyboard has them. The
 * first eleven of twelve recovery words are random alone; these are of bytes that nothing else is made of.
 */
export async function drawPassphrase(): Promise<string> {
  const words = await wordsOf(newEntropy(), language())
  return words
    .slice(0, 6)
    .map((word) => word.normalize('NFD').replaceAll(/\p{M}/gu, ''))
    .join('-')
}

/** The slot of a new one, stretched here. Errors: `KeysError`; `ApiError` `cancelled`. */
export async function choosePassphrase(passphrase: string, how: Stretching): Promise<NewSlot> {
  const parameters = newPassphraseParameters()
  const { secret } = await stretch({ passphrase, account: me().id, parameters }, how)
  return { ...(await passphraseSlot(secret, parameters)), label: passphraseWords().title }
}

/** Unlocks with it; the server is asked for the bundle alone. Errors: as `unlock` in keys.ts, and those of `stretch`. */
export async function unlockWithPassphrase(passphrase: string, how: Stretching): Promise<Keys | undefined> {
  const { bundle } = await storedKeys()
  const parameters = bundle === null ? undefined : passphraseParameters(bundle)
  if (!parameters) throw new KeysError('no-slot', 'there is no passphrase')
  const { secret } = await stretch({ passphrase, account: me().id, parameters }, how)
  return unlockWith('passphrase', secret)
}
