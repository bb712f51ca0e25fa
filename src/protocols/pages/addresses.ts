/** A person's e-mail addresses, and signing in by a link in a mail. */
import { createProofs } from '../../identity/page-password.ts'
import type { Api } from './api.ts'
import { createAsked } from './asked.ts'
import { flag, text } from './body.ts'
import type { PagesParts } from './parts.ts'
import { signIn } from './signing-in.ts'

export const maxTypedAddress = 320
export const maxLinkToken = 100

export function addressRoutes(api: Api, parts: PagesParts): void {
  const { accounts } = parts
  const proofs = createProofs(parts)
  const asked = createAsked(parts)

  api.codes({
    'link-void': 410,
    'mail-off': 409,
    'address-malformed': 400,
    'address-absent': 404,
    'address-taken': 409,
    'mail-throttled': 429,
  })

  api.mine(
    'POST',
    '/me/addresses',
    async ({ account, body, addressPrefix, agent, language }) => {
      const from = { address: addressPrefix, agent, language }
      const added = await accounts.addAddress(account.id, text(body, 'address', maxTypedAddress), from)
      return { address: { id: added.id, address: added.address, verified: added.verified } }
    },
    { fresh: true },
  )

  api.mine(
    'DELETE',
    '/me/addresses/:id',
    async ({ account, params, addressPrefix: address, agent }) =>
      accounts.removeAddress(account.id, params['id'] ?? '', { address, agent }),
    { fresh: true },
  )

  api.open('POST', '/address/verify', async (call) => {
    await proofs.question(call)
    const { addressPrefix: prefix, agent } = call
    const token = text(call.body, 'token', maxLinkToken)
    const { address } = await accounts.verifyAddress(token, { address: prefix, agent })
    return { address }
  })

  api.mine(
    'PUT',
    '/me/mail-sign-in',
    async ({ account, body, addressPrefix: address, agent }) =>
      accounts.setMailSignIn(account.id, flag(body, 'on'), { address, agent }),
    { fresh: true },
  )

  api.open('POST', '/sign-in/mail', async (call) => {
    await proofs.question(call)
    const address = text(call.body, 'address', maxTypedAddress)
    asked.do(() => accounts.askMailSignIn(address, call.language))
  })

  api.open('POST', '/sign-in/mail/finish', async (call) => {
    await proofs.question(call)
    const { account, beside } = await accounts.mailSignInLink(text(call.body, 'token', maxLinkToken))
    return signIn(parts, call, account, 'mail', { fresh: false, beside })
  })
}
