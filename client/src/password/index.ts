/** What a password or a passphrase gives. Alone with Argon2, so that a page can leave all of it to a worker. */
import { argon2id } from 'hash-wasm'
import { fromBase64url, lp, toBase64url, utf8, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { hkdf, label, sha256 } from '../keys/primitives.ts'
import type { StretchParameters, Stretched } from '../keys/types.ts'

export { KeysError }
export type { StretchParameters, Stretched }

/** Whatever a host asks for, it is at least this (OWASP's least for Argon2id) … */
export const floor = { memory: 19_456, passes: 2, lanes: 1 } as const
/** … and at most this, 1 GiB, so that a host cannot stop the device. */
export const bound = { memory: 1_048_576, passes: 16, lanes: 16 } as const

const measures = ['memory', 'passes', 'lanes'] as const

/** Errors: `malformed`, `parameters-too-weak`, `parameters-too-strong`. Returns the salt. */
function check(parameters: StretchParameters): Bytes {
  if (parameters.algorithm !== 'argon2id' || typeof parameters.salt !== 'string') {
    throw new KeysError('malformed', 'not parameters of Argon2id')
  }
  for (const name of measures) {
    const value = parameters[name]
    if (!Number.isSafeInteger(value)) throw new KeysError('malformed', `${name} is no whole number`)
    const details = { name, value, floor: floor[name], bound: bound[name] }
    if (value < floor[name]) throw new KeysError('parameters-too-weak', `${name} is below the floor`, details)
    if (value > bound[name])
      throw new KeysError('parameters-too-strong', `${name} is past the bound`, details)
  }
  return fromBase64url(parameters.salt, 16)
}

/**
 * Stretches a password (1 to 4,096 characters, taken in the form NFKC) for one login, which goes into the salt in
 * lower case: a host that gives two people the same salt gains nothing. Argon2 keeps its thread busy: call it in a
 * worker. Under a Content-Security-Policy it needs `script-src 'wasm-unsafe-eval'`.
 * Errors: `password-malformed`, `malformed`, `parameters-too-weak`, `parameters-too-strong` (also where the device
 * has not the memory), `unsupported`.
 */
export async function stretchPassword({
  password,
  login,
  parameters,
}: {
  password: string
  login: string
  parameters: StretchParameters
}): Promise<Stretched> {
  const secret = await stretch(password, parameters, 'password-salt', login.toLowerCase())
  return { auth: toBase64url(await hkdf(secret, label('password/auth'))), secret }
}

/**
 * Stretches a passphrase: the same text, limits and errors as of a password, under a salt of its own that the account's
 * id goes into. What comes out opens a slot (`slotSecret`), and nothing of it is for a host.
 */
export const stretchPassphrase = ({
  passphrase,
  account,
  parameters,
}: {
  passphrase: string
  account: string
  parameters: StretchParameters
}): Promise<Bytes> => stretch(passphrase, parameters, 'passphrase-salt', account)

async function stretch(
  text: string,
  parameters: StretchParameters,
  salt: 'password-salt' | 'passphrase-salt',
  whose: string,
): Promise<Bytes> {
  const given = check(parameters)
  if (text.length === 0 || text.length > 4096 || !text.isWellFormed()) {
    throw new KeysError('password-malformed', 'it has 1 to 4,096 characters')
  }
  const mixed = await sha256(lp(label(salt), given, whose))
  return argon2(utf8(text.normalize('NFKC')), mixed.slice(0, 16), parameters)
}

async function argon2(
  password: Bytes,
  salt: Bytes,
  { memory, passes, lanes }: Pick<StretchParameters, 'memory' | 'passes' | 'lanes'>,
): Promise<Bytes> {
  try {
    const hash = await argon2id({
      password,
      salt,
      memorySize: memory,
      iterations: passes,
      parallelism: lanes,
      hashLength: 32,
      outputType: 'binary',
    })
    return new Uint8Array(hash)
  } catch (error) {
    if (error instanceof RangeError) throw new KeysError('parameters-too-strong', 'not enough memory here')
    throw new KeysError('unsupported', `Argon2 does not run here: ${String(error)}`)
  }
}

/**
 * About how many ms a stretching will take on this device, from a trial of 4 MiB and one pass: for a page that shows
 * how far it is. Argon2 itself says nothing before it is done. Errors: as `stretchPassword`.
 */
export async function predictStretch(parameters: StretchParameters): Promise<number> {
  check(parameters)
  const trial = { memory: 4096, passes: 1, lanes: 1 }
  // The first run also compiles.
  await argon2(utf8('trial'), new Uint8Array(16), { ...trial, memory: 8 })
  const start = performance.now()
  await argon2(utf8('trial'), new Uint8Array(16), trial)
  return ((performance.now() - start) * parameters.memory * parameters.passes) / trial.memory
}
