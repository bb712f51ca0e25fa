/** Slow hashes of passwords: argon2id off the event loop, in a bounded queue (OWASP ASVS 5.0, 11.4.2). */
import { randomBytes } from 'node:crypto'
import { CodedError } from '../lib/coded-error.ts'

export interface HashParameters {
  /** KiB, passes, lanes. */
  memory: number
  passes: number
  lanes: number
}

/** What passwords are hashed with now; hashes of other parameters are renewed when they are next verified. */
export const hashParameters: HashParameters = { memory: 19_456, passes: 2, lanes: 1 }

/** The library's two functions; tests give their own and count. */
export interface Hasher {
  hash(password: string, parameters: HashParameters): Promise<string>
  verify(hash: string, password: string): Promise<boolean>
}

/** `first` is for whoever is known already, so that strangers who fill the queue do not keep her waiting. */
export type Turn = 'first' | 'usual'

export interface Passwords {
  /** A PHC string. Errors: `busy`. */
  hash(password: string): Promise<string>
  /**
   * Whether the password belongs to the hash; without one (nobody of that name, or no password) the same work is done
   * and the answer is no, so that both take as long. `first`: before strangers, in places that are kept for it.
   * Errors: `busy`.
   */
  verify(hash: string | undefined, password: string, turn?: Turn): Promise<boolean>
  /** Whether the hash was made with other parameters than those in force. */
  isOld(hash: string): boolean
}

/** Waiting hashes; more are refused. */
const maxWaiting = 64
/** Waiting hashes of those who are known, beside the others. */
const maxFirst = 32
/** Hashes at one time: each takes a thread and its memory. */
const maxRunning = 2
/** Seconds after which one who was refused may come again. */
export const busyRetry = 3

/** argon2id by `@node-rs/argon2`, loaded when the first password comes. */
const argon2: Hasher = {
  async hash(password, { memory, passes, lanes }) {
    const { hash } = await import('@node-rs/argon2')
    return hash(password, { algorithm: 2, memoryCost: memory, timeCost: passes, parallelism: lanes })
  },
  async verify(hash, password) {
    const { verify } = await import('@node-rs/argon2')
    return verify(hash, password)
  },
}

export function createPasswords(hasher: Hasher = argon2, parameters = hashParameters): Passwords {
  let running = 0
  const waiting: (() => void)[] = []
  const first: (() => void)[] = []

  async function inTurn<T>(work: () => Promise<T>, turn: Turn = 'usual'): Promise<T> {
    if (running >= maxRunning) {
      const [queue, most] = turn === 'first' ? [first, maxFirst] : [waiting, maxWaiting]
      if (queue.length >= most)
        throw new CodedError('busy', 'too many passwords are being checked', { retryAfter: busyRetry })
      await new Promise<void>((resolve) => queue.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      // Whoever waited longest takes over the place.
      const next = first.shift() ?? waiting.shift()
      if (next) next()
      else running--
    }
  }

  // No password belongs to it: the digest was drawn, not computed.
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '')
  const nobody = `${prefixOf(parameters)}${random(16)}$${random(32)}`

  return {
    hash: (password) => inTurn(() => hasher.hash(password, parameters)),
    verify: (hash, password, turn) =>
      inTurn(async () => {
        const right = await hasher.verify(hash ?? nobody, password)
        return right && hash !== undefined
      }, turn),
    isOld: (hash) => !hash.startsWith(prefixOf(parameters)),
  }
}

const prefixOf = ({ memory, passes, lanes }: HashParameters) =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$`
