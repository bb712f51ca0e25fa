/** Whether an account and a session are there: what a browser asks when something was refused. */
import type { Door } from './parts.ts'
import { badParameter } from './errors.ts'

export function statusRoutes({ route, people, accounts }: Door): void {
  // COMPAT Firefox: `false` signs the person out for good, so it is said only where there was never such an account.
  route('GET', '/v1/account/status', 'none', async ({ query }) => {
    const uid = query.get('uid')
    if (uid === null || !/^[0-9a-f]{32}$/.test(uid)) throw badParameter('uid', uid ?? undefined)
    return { exists: (await people.byUid(uid)) !== undefined }
  })

  route('POST', '/v1/account/status', 'none', async ({ body }) => {
    const { email } = body
    if (typeof email !== 'string' || email.length > 256) throw badParameter('email', email)
    const login = people.loginOf(email)
    const account = login === undefined ? undefined : await accounts.byLogin(login)
    return { exists: account !== undefined && (await people.of(account.id)) !== undefined }
  })

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

  route('GET', '/__heartbeat__', 'none', async () => ({}))
  route('GET', '/__lbheartbeat__', 'none', async () => ({}))
}
