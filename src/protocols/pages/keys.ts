/** The person's keys, as her client signed them: read, replaced, begun afresh, and those that were given up. */
import { dropSealed, logChange, readBundle, sealedBundles } from '../../core/accounts/index.ts'
import { commitStep } from '../../core/records/index.ts'
import type { Api } from './api.ts'
import { bundleBody, bundlePart } from './bundle.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

/** Sealed keys of one account: starting afresh more often has to wait until some are gone, or are let go. */
const maxSealed = 10

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
    async ({ account, body }) => {
      if (body['bundle'] == null) throw refuse('malformed', { member: 'bundle' })
      await commitStep(store, bundlePart(body, account))
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
