/** What of a person's others may reach, and how it is taken back. Apps that act for her are in apps.ts. */
import { createSharing, type SharedPlace } from '../../core/apps/index.ts'
import { createPermissions } from '../../core/permissions/index.ts'
import type { Api, MyCall } from './api.ts'
import { text, whole } from './body.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

const maxPath = 4_096
const maxPrincipal = 1_024
const maxSource = 200

/** A home's number, and behind a colon the path that the page before ended with. */
const placePattern = new RegExp(`^([1-9]\\d{0,15})(?::([^\\0]{0,${maxPath}}))?$`, 'u')

function placeOf(after: string): SharedPlace {
  const [, home, path] = placePattern.exec(after) ?? []
  if (!Number.isSafeInteger(Number(home)) || path?.isWellFormed() === false)
    throw refuse('malformed', { member: 'after' })
  return { home: Number(home), ...(path === undefined ? {} : { path }) }
}

/** The path of a home; the empty one is all of it. */
function pathOf(body: MyCall['body']): string {
  return body['path'] === '' ? '' : storable(text(body, 'path', maxPath), 'path')
}

/** What no store could hold is in none. */
function storable(value: string, member: string): string {
  if (value.includes('\0') || !value.isWellFormed()) throw refuse('malformed', { member })
  return value
}

const principalOf = (body: MyCall['body']) => storable(text(body, 'principal', maxPrincipal), 'principal')

export function sharedRoutes(api: Api, { store, clock, doors }: PagesParts): void {
  const permissions = createPermissions({ store, clock })
  const sharing = createSharing({ store, clock, permissions, doors })
  const fromOf = ({ addressPrefix: address, agent }: MyCall) => ({ address, agent })

  api.mine('GET', '/me/shared', async ({ account, language, query }) => {
    const { after = '' } = query
    const { shared, next } = await sharing.shared(account, {
      language: account.language ?? language,
      ...(after === '' ? {} : { after: placeOf(after) }),
    })
    if (next === undefined) return { shared }
    return { shared, next: next.path === undefined ? String(next.home) : `${next.home}:${next.path}` }
  })

  // As with apps, to take back needs no proof.
  api.mine('DELETE', '/me/shared', async (call) => {
    const { account, body } = call
    const home = whole(body, 'home', 1, Number.MAX_SAFE_INTEGER)
    const source = storable(text(body, 'source', maxSource), 'source')
    await sharing.takeBack(
      account,
      { home, path: pathOf(body), principal: principalOf(body), source },
      fromOf(call),
    )
  })

  api.mine('POST', '/me/shared/end', async (call) => ({
    ended: await sharing.takeBackAll(call.account, principalOf(call.body), fromOf(call)),
  }))
}
