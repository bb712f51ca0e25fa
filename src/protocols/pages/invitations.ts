/** Invitations: those who may invite make links; whoever has one looks at what it gives. */
import type { Invitation } from '../../core/accounts/index.ts'
import { createProofs } from '../../identity/page-password.ts'
import type { Api } from './api.ts'
import { oneOf, optionalText, text, whole } from './body.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

/** Who may invite; for which roles, the core decides. */
const inviters = ['owner', 'administrator', 'inviter'] as const

const shown = ({ id, role, label, most, used, created, expires }: Invitation) => ({
  id,
  role,
  label,
  most,
  used,
  created,
  expires,
})

export function invitationRoutes(api: Api, parts: PagesParts): void {
  const { accounts, publicUrl } = parts
  const proofs = createProofs(parts)

  api.open('POST', '/invitation/look', async (call) => {
    await proofs.question(call)
    const found = await accounts.invitation(text(call.body, 'token', 200))
    if (!found) throw refuse('invitation-void')
    const { inviter, invitation } = found
    const { role, label, expires } = invitation
    return { inviter: inviter.login, role, label, expires }
  })

  api.role(inviters, 'GET', '/me/invitations', async ({ account }) => ({
    invitations: (await accounts.invitations(account.id)).map(shown),
  }))

  api.role(inviters, 'POST', '/me/invitations', async ({ account, body, addressPrefix, agent }) => {
    const wanted = {
      label: optionalText(body, 'label', 100) ?? '',
      role: oneOf(body, 'role', ['person', 'inviter', 'administrator']),
      most: whole(body, 'most', 1, 100),
      days: whole(body, 'days', 1, 90),
    }
    const made = await accounts.invite(account, wanted, { address: addressPrefix, agent })
    return { link: `${publicUrl}/invitation#${made.text}`, invitation: shown(made.invitation) }
  })

  api.role(inviters, 'DELETE', '/me/invitations/:id', async ({ account, params, addressPrefix, agent }) =>
    accounts.endInvitation(account, params['id'] ?? '', { address: addressPrefix, agent }),
  )
}
