/**
 * The slot of a passphrase: unlocked by a text, and no way to sign in. What the text is stretched with stands in the slot,
 * signed with it, so that no host is asked. The stretching itself is `stretchPassphrase` of `@essaim/client/password`.
 */
import { random, toBase64url, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { parseBundle } from './bundle.ts'
import { slotSecret } from './secrets.ts'
import type { NewSlot, StretchParameters } from './types.ts'

/** What a new passphrase is stretched with: 64 MiB and three passes, with a salt of its own. */
export const newPassphraseParameters = (): StretchParameters => ({
  algorithm: 'argon2id',
  salt: toBase64url(random(16)),
  memory: 65_536,
  passes: 3,
  lanes: 1,
})

/** The slot of what `stretchPassphrase` gave with these parameters. Errors: as `slotSecret`. */
export async function passphraseSlot(
  secret: Bytes,
  { algorithm, salt, memory, passes, lanes }: StretchParameters,
): Promise<NewSlot> {
  return {
    secret: await slotSecret('passphrase', secret),
    params: { algorithm, salt, memory: String(memory), passes: String(passes), lanes: String(lanes) },
  }
}

/**
 * What the passphrase of a bundle is stretched with; undefined where it has none. It says nothing of the signature:
 * whoever has made these up finds that nothing opens. Too weak ones are refused by `stretchPassphrase`. Errors: as
 * `parseBundle`; `malformed` also where the slot does not say all of it.
 */
export function passphraseParameters(bundle: unknown): StretchParameters | undefined {
  const slot = parseBundle(bundle).slots.find(({ kind }) => kind === 'passphrase')
  if (!slot) return undefined
  const { algorithm, salt = '', ...numbers } = slot.params ?? {}
  if (algorithm !== 'argon2id') throw new KeysError('malformed', 'not parameters of Argon2id')
  const number = (name: string): number => {
    const text = numbers[name] ?? ''
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new KeysError('malformed', `${name} is no whole number`)
    return Number(text)
  }
  return { algorithm, salt, memory: number('memory'), passes: number('passes'), lanes: number('lanes') }
}
