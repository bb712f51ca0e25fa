/**
 * The keys that ID tokens are signed with: made once for each time of their use, sealed in the settings, the same for
 * every process. A new one is published an hour before anything is signed with it, and an old one stays published while
 * what it signed may still be looked at.
 */
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock, Row, SealedColumn, Store } from '../../core/ports.ts'
import { Refusal } from '../../core/ports.ts'
import { type Change, commitStep } from '../../core/records/index.ts'
import { sha256Base64url } from '../../lib/hash.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import { seal, unsealText } from '../../lib/sealed.ts'

const prefix = 'oauth-key:'
const context = (name: string) => `setting ${name}`

export const sealedKeys: SealedColumn = {
  table: 'setting',
  column: 'value',
  prefix,
  members: ['secret'],
  context: ({ name }) => context(String(name)),
}

/** How long a key signs; how long before that it is published; how long afterwards. Milliseconds. */
const signs = 90 * 86_400_000
const announced = 3_600_000
const remains = 90 * 86_400_000

type Algorithm = 'RS256' | 'ES256'
const algorithms: readonly Algorithm[] = ['RS256', 'ES256']

/** A private key (RFC 7517). */
export type Jwk = Readonly<Record<string, string>>

export interface SigningKeys {
  /** The keys that are published, those that sign first; makes what is missing. */
  current(): Promise<Jwk[]>
}

interface Kept {
  name: string
  algorithm: Algorithm
  created: number
  jwk: Jwk
}

const generate = promisify(generateKeyPair)

async function makeKey(algorithm: Algorithm): Promise<Jwk> {
  const { privateKey } =
    algorithm === 'RS256'
      ? await generate('rsa', { modulusLength: 2_048 })
      : await generate('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({ format: 'jwk' }) as Jwk
  const kid = sha256Base64url(jwk['n'] ?? `${jwk['x']}.${jwk['y']}`).slice(0, 22)
  return { ...jwk, kid, alg: algorithm, use: 'sig' }
}

export function createSigningKeys({
  store,
  keys,
  clock,
}: {
  store: Pick<Store, 'rows' | 'commit'>
  keys: KeyRing
  clock: Clock
}): SigningKeys {
  async function read(): Promise<Kept[]> {
    const rows = await store.rows('setting', {}, { prefix: { column: 'name', value: prefix } })
    return rows.map(keptOf).toSorted((a, b) => a.created - b.created)
  }

  function keptOf(row: Row): Kept {
    const name = String(row['name'])
    const { algorithm, created, secret } = JSON.parse(String(row['value'])) as {
      algorithm: Algorithm
      created: number
      secret: string
    }
    return { name, algorithm, created, jwk: JSON.parse(unsealText(keys, context(name), secret)) as Jwk }
  }

  /** Makes the next key of an algorithm, in the place that only one process gets. */
  async function add(algorithm: Algorithm, last: Kept | undefined, over: readonly Kept[]): Promise<void> {
    const number = last ? Number(last.name.split(':').at(-1)) + 1 : 1
    const name = `${prefix}${algorithm}:${number}`
    const now = clock.now()
    const secret = seal(keys, context(name), JSON.stringify(await makeKey(algorithm)))
    const put = {
      name,
      value: JSON.stringify({ algorithm, created: now, secret }),
      modified: now,
      by_account: null,
    }
    const changes: Change[] = [
      { kind: 'row', table: 'setting', put },
      ...over.map((one): Change => ({ kind: 'row', table: 'setting', remove: { name: one.name } })),
    ]
    try {
      await commitStep(store, { when: [{ is: 'row-absent', table: 'setting', where: { name } }], changes })
    } catch (error) {
      // Another process was first: its key is read.
      if (!(error instanceof Refusal)) throw error
    }
  }

  /** The key that signs: the newest that has been published for long enough, or that has none before it. */
  const inUse = (mine: readonly Kept[], now: number): Kept | undefined =>
    mine.findLast((one, index) => index === 0 || one.created + announced <= now)

  return {
    async current() {
      let kept = await read()
      for (const algorithm of algorithms) {
        const now = clock.now()
        const mine = kept.filter((one) => one.algorithm === algorithm)
        const last = mine.at(-1)
        if (last && last.created + signs - announced > now) continue
        const over = mine.filter(({ created }) => created + signs + remains <= now)
        await add(algorithm, last, over)
        kept = await read()
      }
      const now = clock.now()
      return algorithms.flatMap((algorithm) => {
        const mine = kept.filter((one) => one.algorithm === algorithm)
        const first = inUse(mine, now)
        const rest = mine.filter((one) => one !== first).toReversed()
        return [...(first ? [first] : []), ...rest].map(({ jwk }) => jwk)
      })
    },
  }
}
