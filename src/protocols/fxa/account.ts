/** What a browser asks of the account that it is signed in to. */
import { addressBlock } from '../../http/addresses.ts'
import type { Call } from './call.ts'
import { badParameter, fxaError } from './errors.ts'
import type { Door } from './parts.ts'

export function accountRoutes({ route, people, accounts, profileOf, throttle }: Door): void {
  /** Strangers may ask, and not go through all names. Error 114. */
  function count({ address, now }: Pick<Call, 'address' | 'now'>): void {
    const wait = throttle.ask(addressBlock(address), now)
    if (wait > 0) throw fxaError(114, { retryAfter: wait })
  }

  // COMPAT Firefox: `false` signs the person out for good, so it is said only where there was never such an account.
  route('GET', '/v1/account/status', 'none', async ({ query, ...from }) => {
    count(from)
    const uid = query.get('uid')
    if (uid === null || !/^[0-9a-f]{32}$/.test(uid)) throw badParameter('uid', uid ?? undefined)
    return { exists: (await people.byUid(uid)) !== undefined }
  })

  route('POST', '/v1/account/status', 'none', async ({ body, ...from }) => {
    count(from)
    const { email } = body
    if (typeof email !== 'string' || email.length > 256) throw badParameter('email', email)
    const login = people.loginOf(email)
    const account = login === undefined ? undefined : await accounts.byLogin(login)
    return { exists: account !== undefined && (await people.of(account.id)) !== undefined }
  })

  route('GET', '/v1/account/profile', 'session', async ({ who }) => {
    const { name } = await profileOf(who.account)
    return {
      email: who.email,
      ...(name === null ? {} : { displayName: name }),
      locale: who.account.language ?? 'en',
      authenticationMethods: ['pwd'],
      authenticatorAssuranceLevel: 1,
      profileChangedAt: who.account.modified,
    }
  })

  // Nobody's address is asked for here, so there is none to verify.
  route('GET', '/v1/recovery_email/status', 'session', async ({ who }) => ({
    email: who.email,
    verified: true,
    sessionVerified: true,
    emailVerified: true,
  }))
  route('POST', '/v1/recovery_email/resend_code', 'session', async () => ({}))
}
