/** A browser's own session: a second one, its end; and what it sees of her browsers. */
import type { Grant } from '../../core/accounts/index.ts'
import type { Row } from '../../core/ports.ts'
import { commitStep } from '../../core/records/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import type { Call, Who } from './call.ts'
import { commitOf } from './codes.ts'
import { isProgram } from './client-password.ts'
import { clientOf } from './clients.ts'
import { badParameter, fxaError } from './errors.ts'
import { mostSessions } from './limits.ts'
import { originOf } from './origin.ts'
import type { Devices } from './devices.ts'
import type { Door } from './parts.ts'
import { clientScopes } from './scopes.ts'
import { newHawkToken, sessionHash } from './session-tokens.ts'

export function sessionRoutes(door: Door, { signOut }: Pick<Devices, 'signOut'>): void {
  const { route, store, accounts, keys } = door

  route('GET', '/v1/session/status', 'session', async ({ who }) => ({
    state: 'verified',
    uid: who.uid,
    details: {
      accountEmailVerified: true,
      sessionVerificationMethod: null,
      sessionVerified: true,
      sessionVerificationMeetsMinimumAAL: true,
    },
  }))

  route('POST', '/v1/session/duplicate', 'session', async ({ who, now }) => {
    const { account, grant, authAt } = who
    const sessions = await sessionsOf(grant)
    if (sessions.length >= mostSessions) throw fxaError(114, { retryAfter: 3_600 })
    const made = newHawkToken(keys, grant, { kind: 'fxa-session', authAt, now, expires: null })
    await commitOf(store, account, grant, [made.change])
    return {
      uid: who.uid,
      sessionToken: made.token,
      authAt,
      verified: true,
      emailVerified: true,
      sessionVerified: true,
    }
  })

  // A browser signs out: with its last session goes its grant, and all that was given under it.
  route('POST', '/v1/session/destroy', 'session', async (call) => {
    const { who, body } = call
    const { customSessionToken: custom } = body
    const hash =
      custom === undefined ? who.hash : typeof custom === 'string' ? sessionHash(custom) : undefined
    const rows = await rowsOf(who.grant)
    const isOwn = rows.some((row) => row['hash'] === hash && row['kind'] === 'fxa-session')
    if (hash === undefined || !isOwn) throw fxaError(110, { status: 400 })
    const others = rows.filter(
      (row) => row['hash'] !== hash && ['fxa-session', 'fxa-refresh'].includes(String(row['kind'])),
    )
    if (others.length > 0)
      await commitStep(store, {
        changes: [{ kind: 'row', table: 'token', remove: { hash } }],
        needs: [{ kind: 'collection', home: who.account.home, path: '' }],
      })
    else await end(call)
    return {}
  })

  // Her browsers, and nothing else that she let in.
  route('GET', '/v1/account/attached_clients', 'session-or-refresh', async ({ who }) => {
    const [grants, devices] = await Promise.all([
      accounts.grants(who.account.id, 'browser'),
      store.rows('fxa_device', { account_id: who.account.id }),
    ])
    return grants.map((grant) => {
      const device = devices.find((row) => row['grant_id'] === grant.id)
      const isOwn = grant.id === who.grant.id
      return {
        clientId: grant.client ?? null,
        deviceId: device?.['device_id'] ?? null,
        // Names of what others hold are of no use to this browser: it can end nothing of theirs.
        sessionTokenId: isOwn && who.kind === 'session' ? who.hash : null,
        refreshTokenId: isOwn && who.kind === 'refresh' ? who.hash : null,
        isCurrentSession: isOwn,
        deviceType:
          device?.['type'] ?? (isProgram(grant) ? 'program' : (clientOf(grant.client)?.type ?? 'desktop')),
        name: device?.['name'] ?? grant.label,
        createdTime: grant.created,
        lastAccessTime: grant.lastUsed ?? grant.created,
        scope: clientScopes(grant.client, heldBy(grant)),
        location: {},
        userAgent: '',
        os: null,
      }
    })
  })

  route('POST', '/v1/account/attached_client/destroy', 'session-or-refresh', async (call) => {
    const { who, body } = call
    const { deviceId, sessionTokenId, refreshTokenId } = body
    const devices = await store.rows('fxa_device', { grant_id: who.grant.id })
    const isOwn =
      deviceId == null
        ? sessionTokenId === who.hash || refreshTokenId === who.hash
        : devices.some((row) => row['device_id'] === deviceId)
    if (deviceId == null && sessionTokenId == null && refreshTokenId == null)
      throw badParameter('deviceId', deviceId ?? undefined)
    if (!isOwn) throw notItsOwn()
    await end(call)
    return {}
  })

  /** Ends the grant of who asks, where nobody else did so meanwhile. */
  const end = (call: Call & { who: Who }): Promise<void> =>
    signOut(call.who.account, call.who.grant.id, originOf(call)).catch((error: unknown) => {
      if (!(error instanceof CodedError) || error.code !== 'grant-absent') throw error
    })

  const rowsOf = (grant: Grant): Promise<Row[]> => store.rows('token', { grant_id: grant.id })

  const sessionsOf = async (grant: Grant): Promise<Row[]> =>
    (await rowsOf(grant)).filter(({ kind }) => kind === 'fxa-session')
}

/** A browser ends itself and no other: that is her pages' to do. */
export const notItsOwn = () => fxaError(123, { message: 'A browser can disconnect itself alone' })

const heldBy = ({ scopes, data }: Grant): string[] => [
  ...(data?.claims ?? []),
  ...scopes.flatMap(({ scope }) => (scope === undefined ? [] : [scope])),
]
