/** Who is signed in, as the pages show it. */
import { abilitiesOf, readBundle, readProfile } from '../../core/accounts/index.ts'
import type { Account, PageSession, Recovery } from '../../core/accounts/index.ts'
import { freshUntil } from './api.ts'
import type { Api } from './api.ts'
import { oneOf } from './body.ts'
import type { PagesParts } from './parts.ts'
import { avatarPath } from './profile.ts'

/** What the pages know of the person: `Me` of the API. */
export async function meOf(
  { accounts, store, clock }: Pick<PagesParts, 'accounts' | 'store' | 'clock'>,
  account: Account,
  session: PageSession,
): Promise<object> {
  const { id, login, role, state, language, created, ends } = account
  const [ways, stored, profile, recovery] = await Promise.all([
    accounts.waysOf(id),
    readBundle(store, account),
    readProfile(store, account),
    accounts.recoveryOf(id),
  ])
  const keys = stored && {
    tag: stored.tag,
    epoch: stored.bundle['epoch'],
    revision: stored.bundle['revision'],
  }
  return {
    id,
    login,
    name: profile.name ?? '',
    ...(profile.avatar === null ? {} : { avatar: avatarPath(profile.avatar) }),
    role,
    state,
    language,
    created,
    ...(ends === null ? {} : { ends }),
    method: session.method,
    freshUntil: freshUntil(session, clock.now()),
    ways,
    keys: keys ?? null,
    ...shownRecovery(recovery),
    can: state === 'active' ? abilitiesOf(role) : [],
  }
}

export function meRoutes(api: Api, parts: PagesParts): void {
  const { accounts } = parts
  const anyState = { anyState: true }

  api.mine('GET', '/me', async ({ account, session }) => meOf(parts, account, session), anyState)

  api.mine(
    'PUT',
    '/me/language',
    async ({ account, body }) => {
      await accounts.setLanguage(account.id, oneOf(body, 'language', ['en', 'fr']))
    },
    anyState,
  )
}

/** The recovery that waits or can be finished, as pages show it: a member, or none. */
export const shownRecovery = (recovery: Recovery | undefined) =>
  recovery ? { recovery: { via: recovery.via, due: recovery.due, created: recovery.created } } : {}
