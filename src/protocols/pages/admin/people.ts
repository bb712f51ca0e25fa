/** The administrators' list of people. It shows sizes and times, and nothing of what anybody keeps here. */
import { abilitiesOf } from '../../../core/accounts/index.ts'
import type { Account, AccountState, Role } from '../../../core/accounts/index.ts'
import type { Api } from '../api.ts'
import { oneOf } from '../body.ts'
import { refuse } from '../errors.ts'
import { shownRecovery } from '../me.ts'
import type { PagesParts } from '../parts.ts'

/** Whom the administrators' pages are for. */
export const administrators: readonly Role[] = (
  ['owner', 'administrator', 'inviter', 'person'] as const
).filter((role) => abilitiesOf(role).includes('administer'))

const states: readonly AccountState[] = ['active', 'waiting', 'suspended', 'leaving']
const roles = ['administrator', 'inviter', 'person'] as const

/** People of one page. */
const pageSize = 50
const maxQuota = 2 ** 50

export function peopleRoutes(api: Api, parts: PagesParts): void {
  const { accounts, store, notices } = parts

  async function personOf(account: Account) {
    const { id, login, role, state, created, signedIn, ends, door, invitedBy, home } = account
    const row = await store.home(home)
    return {
      id,
      login,
      role,
      state,
      created,
      signedIn,
      ends,
      door,
      invitedBy: invitedBy === null ? null : ((await accounts.loginOf(invitedBy)) ?? null),
      quota: { bytes: row?.bytes ?? 0, most: row?.maxBytes ?? null, records: row?.records ?? 0 },
    }
  }

  const found = async (id: string | undefined): Promise<Account> => {
    const account = id === undefined ? undefined : await accounts.byId(id)
    if (!account) throw refuse('account-absent')
    return account
  }

  api.codes({ 'not-waiting': 409 })

  api.role(administrators, 'GET', '/admin/people', async ({ query }) => {
    const state = states.find((one) => one === query['state'])
    const login = query['query']?.slice(0, 64) ?? ''
    const { people, next } = await accounts.people({
      login,
      limit: pageSize,
      ...(state ? { state } : {}),
      ...(query['after'] ? { after: query['after'].slice(0, 100) } : {}),
    })
    return { people: await Promise.all(people.map(personOf)), ...(next === undefined ? {} : { next }) }
  })

  api.role(administrators, 'GET', '/admin/people/:id', async ({ params }) => {
    const account = await found(params['id'])
    const sessions = await accounts.sessions(account.id)
    return {
      person: {
        ...(await personOf(account)),
        sessions: sessions.length,
        ...shownRecovery(await accounts.recoveryOf(account.id)),
      },
    }
  })

  const fresh = { fresh: true }
  const acts = { approve: 'approved', suspend: 'suspended', resume: 'resumed' } as const

  for (const act of ['approve', 'suspend', 'resume'] as const)
    api.role(
      administrators,
      'POST',
      `/admin/people/:id/${act}`,
      async ({ account, params }) => {
        const { id } = await found(params['id'])
        const person =
          act === 'approve'
            ? await accounts.approve(account, id)
            : await accounts.suspend(account, id, act === 'suspend')
        notices.tell(person, acts[act], {})
        return { person: await personOf(person) }
      },
      fresh,
    )

  api.role(
    administrators,
    'POST',
    '/admin/people/:id/refuse',
    async ({ account, params }) => {
      const person = await found(params['id'])
      await accounts.refuse(account, person.id)
      notices.tell(person, 'refused', {})
    },
    fresh,
  )

  for (const act of ['delete', 'keep'] as const)
    api.role(
      administrators,
      'POST',
      `/admin/people/:id/${act}`,
      async ({ account, params }) => {
        const { id } = await found(params['id'])
        const person = await (act === 'delete' ? accounts.leave : accounts.keep)(id, { by: account })
        const details = person.ends === null ? {} : { ends: person.ends }
        notices.tell(person, act === 'delete' ? 'leaving' : 'kept', details)
        return { person: await personOf(person) }
      },
      fresh,
    )

  api.role(
    administrators,
    'PUT',
    '/admin/people/:id/role',
    async ({ account, params, body }) => {
      const { id } = await found(params['id'])
      return { person: await personOf(await accounts.setRole(account, id, oneOf(body, 'role', roles))) }
    },
    fresh,
  )

  api.role(
    administrators,
    'PUT',
    '/admin/people/:id/quota',
    async ({ account, params, body }) => {
      const { id } = await found(params['id'])
      const bytes = body['bytes']
      if (bytes !== null && (!Number.isSafeInteger(bytes) || Number(bytes) < 0 || Number(bytes) > maxQuota))
        throw refuse('malformed', { member: 'bytes' })
      await accounts.setQuota(account, id, bytes as number | null)
      return { person: await personOf(await found(id)) }
    },
    fresh,
  )
}
