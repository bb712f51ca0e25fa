/** Adding a device: the new one waits and asks, an old one that is signed in looks and lets it in. */
import { createLru } from '../../lib/lru.ts'
import { sha256Hex } from '../../lib/hash.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import type { Api } from './api.ts'
import { object, text } from './body.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'
import { signIn } from './signing-in.ts'

/** Characters of a meeting point, of a key's members, and bytes of what the old device hands over. */
const maxRendezvous = 64
const maxKey = 128
const maxSealed = 8_192
const maxPoll = 100
/** Milliseconds between two questions of a device that waits. */
const pollEvery = 900

export function pairingRoutes(api: Api, parts: PagesParts): void {
  const { accounts, clock } = parts
  /** When a device last asked. */
  const polled = createLru<string, number>({ max: 2_000 })

  api.codes({ 'pairing-absent': 404, 'pairing-known': 409, 'pairing-busy': 429 })

  const rendezvousOf = (body: Readonly<Record<string, unknown>>) => text(body, 'rendezvous', maxRendezvous)

  api.open('POST', '/pair', async ({ body, address, addressPrefix, agent }) => {
    const key = object(body, 'key')
    const wanted = {
      rendezvous: rendezvousOf(body),
      key: { pk: text(key, 'pk', maxKey), mac: text(key, 'mac', maxKey) },
      from: { address: addressPrefix, agent },
      stranger: address,
    }
    return accounts.openPairing(wanted)
  })

  api.open('POST', '/pair/poll', async (call) => {
    const poll = text(call.body, 'poll', maxPoll)
    const name = sha256Hex(poll)
    const now = clock.now()
    const since = now - (polled.get(name) ?? -Infinity)
    if (since >= 0 && since < pollEvery) throw refuse('throttled', { retryAfter: 1 })
    polled.set(name, now)
    const answer = await accounts.pollPairing(poll)
    if (answer.state !== 'ready') return { state: answer.state }
    const { account, sealed, beside } = answer
    // The person was told when she let the device in.
    const { me } = await signIn(parts, call, account, 'device', { fresh: false, isNew: true, beside })
    return { state: 'ready', sealed, me }
  })

  const fresh = { fresh: true }

  api.mine(
    'POST',
    '/pair/look',
    async ({ body }) => {
      const { key, agent, address, created } = await accounts.lookPairing(rendezvousOf(body))
      return { key, agent, address, created }
    },
    fresh,
  )

  api.mine(
    'POST',
    '/pair/approve',
    async ({ account, body, addressPrefix: address, agent }) => {
      const sealed = body['sealed'] === null ? null : (object(body, 'sealed') as JsonObject)
      if (sealed !== null && Buffer.byteLength(JSON.stringify(sealed)) > maxSealed)
        throw refuse('malformed', { member: 'sealed' })
      await accounts.approvePairing(account.id, rendezvousOf(body), sealed, { address, agent })
    },
    fresh,
  )

  api.mine('POST', '/pair/refuse', async ({ account, body, addressPrefix: address, agent }) =>
    accounts.refusePairing(account.id, rendezvousOf(body), { address, agent }),
  )
}
