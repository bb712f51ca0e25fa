/** The person's keys, as her client signed them: read, replaced, begun afresh, and those that were given up. */
import { dropSealed, logChange, readBundle, sealedBundles } from '../../core/accounts/index.ts'
import { commitStep } from '../../core/records/index.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import type { Api } from './api.ts'
import { bundleBody, bundlePart } from './bundle.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

/** Sealed keys of one account: starting afresh more often has to wait until some are gone, or are let go. */
const maxSealed = 10

/** What came and went of what unlocks, with the first name among it; undefined: nothing, and the key is the same. */
function whatUnlocks(before: JsonObject, next: JsonObject): JsonObject | undefined {
  const slots = ({ slots: all }: JsonObject) => (all as readonly JsonObject[] | undefined) ?? []
  const missing = (from: JsonObject, others: JsonObject) => {
    const known = new Set(slots(others).map(({ id }) => id))
    return slots(from).filter(({ id }) => !known.has(id))
  }
  const [added, removed] = [missing(next, before), missing(before, next)]
  if (added.length === 0 && removed.length === 0 && before['epoch'] === next['epoch']) return undefined
  const label = [...removed, ...added].map((slot) => slot['label']).find((one) => typeof one === 'string')
  return {
    added: added.length,
    removed: removed.length,
    ...(label === undefined ? {} : { label: String(label).slice(0, maxLabel) }),
  }
}

/** Characters of a name in the log. */
const maxLabel = 100

export function keyRoutes(api: Api, { store, clock, notices }: PagesParts): void {
  api.codes({ 'keys-changed': 409, 'keys-malformed': 400, 'keys-absent': 404 })

  api.mine('GET', '/me/keys', async ({ account }) => {
    const { bundle = null, tag = null } = (await readBundle(store, account)) ?? {}
    return { bundle, tag }
  })

  const stored = async (account: { home: number }) => ({
    tag: (await readBundle(store, account))?.tag ?? null,
  })

  api.mine(
    'PUT',
    '/me/keys',
    async ({ account, body, addressPrefix: address, agent }) => {
      if (body['bundle'] == null) throw refuse('malformed', { member: 'bundle' })
      const { when = [], changes } = bundlePart(body, account)
      const before = await readBundle(store, account)
      // If that is not the one which is replaced, nothing is.
      const details = before && whatUnlocks(before.bundle, body['bundle'] as JsonObject)
      const entry = details && { account: account.id, act: 'keys-changed', details, address, agent }
      await commitStep(store, {
        when,
        changes: entry ? [...changes, logChange(clock.now(), entry)] : changes,
      })
      return stored(account)
    },
    { bodyLimit: bundleBody },
  )

  api.mine(
    'POST',
    '/me/keys/afresh',
    async ({ account, body, addressPrefix, agent }) => {
      if (body['bundle'] == null) throw refuse('malformed', { member: 'bundle' })
      if ((await sealedBundles(store, account)).length >= maxSealed)
        throw refuse('too-many', { max: maxSealed })
      const { when = [], changes } = bundlePart(body, account, undefined, { afresh: true })
      const entry = { account: account.id, act: 'keys-afresh', address: addressPrefix, agent }
      await commitStep(store, { when, changes: [...changes, logChange(clock.now(), entry)] })
      notices.tell(account, 'keys-afresh', {})
      return stored(account)
    },
    { fresh: true, bodyLimit: bundleBody },
  )

  api.mine('GET', '/me/keys/sealed', async ({ account }) => ({
    sealed: await sealedBundles(store, account),
  }))

  api.mine(
    'DELETE',
    '/me/keys/sealed/:id',
    async ({ account, params }) => dropSealed(store, account, (params['id'] ?? '').slice(0, 64)),
    { fresh: true },
  )
}
