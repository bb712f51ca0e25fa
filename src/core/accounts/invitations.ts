/** Invitations: links by which somebody who may invite lets others make an account. */
import { sha256Hex } from '../../lib/hash.ts'
import { randomBase32, randomToken } from '../../lib/ids.ts'
import type { Row, Session } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { accountById, type Context, fail, unchanged } from './context.ts'
import { logChange } from './log.ts'
import { abilitiesOf, isAbove } from './people.ts'
import type { Account, Role } from './types.ts'
import type { Origin, Part } from './ways.ts'

export interface Invitation {
  id: string
  /** Who invited. */
  account: string
  role: Role
  label: string
  /** How often it may be used, and was. */
  most: number
  used: number
  created: number
  expires: number
}

export interface NewInvitation {
  /** For the inviter's own list, at most 100 characters; may be empty. */
  label: string
  role: Role
  /** 1 to 100 uses, 1 to 90 days. */
  most: number
  days: number
}

/** Invitations of one account that may still be used. */
const maxInvitations = 100

export interface InvitationPart {
  /** Makes one; the text for the link is told once. Errors: `forbidden` (role), `too-many`, `account-changed`. */
  invite(
    inviter: Account,
    wanted: NewInvitation,
    from: Origin,
  ): Promise<{ text: string; invitation: Invitation }>
  /** Those that are not expired, newest first. */
  invitations(account: string): Promise<Invitation[]>
  /** Takes one back. Errors: `invitation-absent`. */
  endInvitation(account: Account, id: string, from: Origin): Promise<void>
  /** What an invitation gives now; undefined when it is unknown, used up, expired, or its inviter may not give it any more. */
  invitation(text: string): Promise<{ invitation: Invitation; inviter: Account } | undefined>
}

/** Whether somebody may let others in with this role: never above her own, and only the owner makes administrators. */
export const mayInvite = ({ role: own, state }: Pick<Account, 'role' | 'state'>, role: Role): boolean => {
  const abilities = abilitiesOf(own)
  if (state !== 'active' || !abilities.includes('invite') || role === 'owner' || isAbove(role, own))
    return false
  return role !== 'administrator' || abilities.includes('make-administrators')
}

export async function findInvitation(
  reads: Pick<Session, 'rows'>,
  hash: string,
  now: number,
): Promise<{ invitation: Invitation; inviter: Account; row: Row } | undefined> {
  const [row] = await reads.rows('invitation', { hash })
  const invitation = row && invitationOf(row)
  if (!invitation || invitation.expires <= now || invitation.used >= invitation.most) return undefined
  const inviter = await accountById(reads, invitation.account)
  return inviter && mayInvite(inviter, invitation.role) ? { invitation, inviter, row } : undefined
}

/** Uses an invitation once; refused where it, or its inviter, changed since it was found. */
export const useOf = ({ inviter, row }: { inviter: Account; row: Row }): Required<Part> => ({
  when: [
    unchanged(inviter),
    {
      is: 'row-has',
      table: 'invitation',
      where: { invitation_id: row['invitation_id'] ?? null },
      has: { used: row['used'] ?? null },
    },
  ],
  changes: [{ kind: 'row', table: 'invitation', put: { ...row, used: Number(row['used']) + 1 } }],
})

export function createInvitations({ store, clock }: Pick<Context, 'store' | 'clock'>): InvitationPart {
  const gone = (row: Row): Change => ({
    kind: 'row',
    table: 'invitation',
    remove: { invitation_id: row['invitation_id'] ?? null },
  })

  return {
    async invite(inviter, { label, role, most, days }, from) {
      if (!mayInvite(inviter, role)) throw fail('forbidden', 'this role is not hers to give')
      const now = clock.now()
      const rows = await store.rows('invitation', { account_id: inviter.id })
      const over = rows.filter((row) => invitationOf(row).expires <= now)
      if (rows.length - over.length >= maxInvitations)
        throw fail('too-many', 'there are too many invitations', { max: maxInvitations })
      const text = randomToken()
      const invitation: Invitation = {
        id: randomBase32(80),
        account: inviter.id,
        role,
        label,
        most,
        used: 0,
        created: now,
        expires: now + days * 86_400_000,
      }
      await commitStep(store, {
        changes: [
          ...over.map(gone),
          { kind: 'row', table: 'invitation', put: invitationRow(invitation, sha256Hex(text)) },
          logChange(now, {
            account: inviter.id,
            area: 'server',
            act: 'invitation-made',
            details: { login: inviter.login, label, role, most },
            ...from,
          }),
        ],
      })
      return { text, invitation }
    },

    async invitations(account) {
      const now = clock.now()
      return (await store.rows('invitation', { account_id: account }))
        .map(invitationOf)
        .filter(({ expires }) => expires > now)
        .toSorted((a, b) => b.created - a.created)
    },

    async endInvitation({ id: account, login }, id, from) {
      const [row] = await store.rows('invitation', { invitation_id: id })
      if (row?.['account_id'] !== account) throw fail('invitation-absent', 'there is no such invitation')
      const details = { login, label: invitationOf(row).label }
      await commitStep(store, {
        changes: [
          gone(row),
          logChange(clock.now(), { account, area: 'server', act: 'invitation-ended', details, ...from }),
        ],
      })
    },

    invitation: (text) => findInvitation(store, sha256Hex(text), clock.now()),
  }
}

function invitationOf(row: Row): Invitation {
  return {
    id: String(row['invitation_id']),
    account: String(row['account_id']),
    role: String(row['role']) as Role,
    label: String(row['label']),
    most: Number(row['most']),
    used: Number(row['used']),
    created: Number(row['created']),
    expires: Number(row['expires']),
  }
}

function invitationRow(invitation: Invitation, hash: string): Row {
  const { id, account, role, label, most, used, created, expires } = invitation
  return { invitation_id: id, hash, account_id: account, role, label, most, used, created, expires }
}
