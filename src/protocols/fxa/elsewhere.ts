/** What Firefox Accounts do over this API and our pages alone do here: making accounts, passwords, deleting. */
import { badParameter, fxaError } from './errors.ts'
import type { Door } from './parts.ts'

/** Characters of an address that are looked at. */
const maxEmail = 256

const ofPasswords = [
  '/v1/password/change/start',
  '/v1/password/change/finish',
  '/v1/password/create',
  '/v1/password/forgot/send_otp',
  '/v1/password/forgot/verify_otp',
  '/v1/password/forgot/send_code',
  '/v1/password/forgot/resend_code',
  '/v1/password/forgot/verify_code',
  '/v1/account/reset',
]

export function elsewhereRoutes({ route, accounts, publicUrl }: Door): void {
  // To everybody alike: nothing is asked of the store, and nothing is told of who has an account.
  route('POST', '/v1/account/credentials/status', 'none', async ({ body }) => {
    const { email } = body
    if (typeof email !== 'string' || email.length > maxEmail) throw badParameter('email', email)
    return { currentVersion: 'v1', upgradeNeeded: false }
  })

  // What is shown here was stretched from a password that somebody may have chosen. Of such a one nothing is ever kept.
  route('POST', '/v1/account/create', 'none', async () => {
    const { registration } = await accounts.settings()
    throw fxaError(207, {
      message:
        registration === 'closed'
          ? 'This server makes no new accounts'
          : `Accounts are made in a browser, at ${publicUrl}/sign-up`,
    })
  })

  const refuse = (path: string, message: string): void =>
    route('POST', path, 'none', async () => {
      throw fxaError(116, { message })
    })
  for (const path of ofPasswords)
    refuse(path, `Passwords are changed in a browser, at ${publicUrl}/account/security`)
  refuse('/v1/account/destroy', `Accounts are deleted in a browser, at ${publicUrl}/account/data`)
}
