/** Getting an account back by mail or with an administrator's link, and stopping somebody else from it. */
import { readBundle } from '../../core/accounts/index.ts'
import { createProofs } from '../../identity/page-password.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { administrators } from './admin/people.ts'
import { maxLinkToken, maxTypedAddress } from './addresses.ts'
import type { Api, Call } from './api.ts'
import { createAsked } from './asked.ts'
import { text } from './body.ts'
import { bundleBody } from './bundle.ts'
import { refuse } from './errors.ts'
import { recoveryLink } from './mails/index.ts'
import type { Openings } from './opening.ts'
import type { PagesParts } from './parts.ts'
import { signIn } from './signing-in.ts'

const fromOf = ({ addressPrefix: address, agent }: Pick<Call, 'addressPrefix' | 'agent'>) => ({
  address,
  agent,
})

export function recoveryRoutes(api: Api, parts: PagesParts, openings: Openings): void {
  const { accounts, publicUrl, store } = parts
  const proofs = createProofs(parts)
  const asked = createAsked(parts)

  api.codes({ 'recovery-waits': 409, 'recovery-early': 409, 'recovery-absent': 404 })

  api.open('POST', '/recovery/mail', async (call) => {
    await proofs.question(call)
    const address = text(call.body, 'address', maxTypedAddress)
    asked.do(() => accounts.askRecovery(address, call.language))
  })

  /** The token of a link; guesses are counted by where they come from. */
  const tokenOf = async (call: Call): Promise<string> => {
    await proofs.question(call)
    return text(call.body, 'token', maxLinkToken)
  }

  api.open('POST', '/recovery/look', async (call) => accounts.lookRecovery(await tokenOf(call)))

  api.open('POST', '/recovery/begin', async (call) => {
    const { due } = await accounts.beginRecovery(await tokenOf(call), fromOf(call))
    return { due }
  })

  api.open('POST', '/recovery/stop', async (call) => {
    const { login } = await accounts.stopRecoveryBy(await tokenOf(call), fromOf(call))
    return { login }
  })

  api.mine(
    'POST',
    '/me/recovery/stop',
    async (call) => accounts.stopRecovery(call.account.id, call.account, fromOf(call)),
    { anyState: true },
  )

  api.open('POST', '/recovery/finish/begin', async (call) => {
    const token = await tokenOf(call)
    const { account } = await accounts.readyRecovery(token)
    // The link is bound by its text, which is asked for again: its hash alone finishes nothing.
    const link = sha256Hex(token)
    return openings.begin(call, { purpose: 'recovery', login: account.login, link, account: account.id })
  })

  api.open(
    'POST',
    '/recovery/finish',
    async (call) => {
      const token = await tokenOf(call)
      const ticket = openings.ticket(call, 'recovery')
      const { account } = await accounts.readyRecovery(token)
      if (ticket.link !== sha256Hex(token) || ticket.account !== account.id) throw refuse('ticket-void')
      const wanted = await openings.read(call, ticket)
      const recovered = await accounts.finishRecovery(token, {
        from: fromOf(call),
        async begin(found, version) {
          const stored = await readBundle(store, found)
          return wanted.part(found, version, stored?.tag ?? null, { afresh: stored !== undefined })
        },
      })
      return signIn(parts, call, recovered, 'recovery', { fresh: wanted.fresh, isNew: true })
    },
    { bodyLimit: bundleBody },
  )

  api.role(
    administrators,
    'POST',
    '/admin/people/:id/recovery',
    async (call) => {
      const id = call.params['id'] ?? ''
      const { token, recovery } = await accounts.startRecovery(call.account, id, { from: fromOf(call) })
      return { link: recoveryLink(publicUrl, token), due: recovery.due }
    },
    { fresh: true },
  )

  api.role(
    administrators,
    'POST',
    '/admin/people/:id/recovery/stop',
    async (call) => accounts.stopRecovery(call.params['id'] ?? '', call.account, fromOf(call)),
    { fresh: true },
  )
}
