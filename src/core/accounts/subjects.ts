/** From accounts to the permission model: who somebody is, and how principals are called. */
import type { Session } from '../ports.ts'
import {
  accountPrincipal,
  authenticated,
  createSubject,
  namePrincipal,
  type SubjectGrant,
} from '../permissions/index.ts'
import type { Change } from '../records/index.ts'
import { accountById, type Context } from './context.ts'
import { fold } from './login.ts'
import { accountOf } from './rows.ts'
import type { Accounts, Grant } from './types.ts'

type SubjectPart = Pick<Accounts, 'subject' | 'principalOf' | 'loginOf'>

export function createSubjects({ store }: Pick<Context, 'store'>): SubjectPart {
  return {
    async subject(account, grant) {
      const { id, login, home, role } = account
      const [own, all] = await Promise.all([
        groupsOf(store, accountPrincipal(id)),
        groupsOf(store, authenticated),
      ])
      return createSubject({ id, login, home, role }, [...own, ...all], grant && subjectGrant(grant))
    },

    async principalOf(login) {
      const [row] = await store.rows('account', { folded: fold(login) })
      return row ? accountPrincipal(accountOf(row).id) : namePrincipal(login)
    },

    loginOf: async (accountId) => (await accountById(store, accountId))?.login,
  }
}

const groupsOf = async (reads: Pick<Session, 'rows'>, principal: string): Promise<string[]> =>
  (await reads.rows('membership', { principal })).map((row) => String(row['group_principal']))

const subjectGrant = ({ id, version, label, scopes }: Grant): SubjectGrant => ({ id, version, label, scopes })

/**
 * The changes of the directory that make `members` (principals) the members of a group and nobody else. `present` are
 * the members so far.
 */
export function membershipChanges(
  group: string,
  present: readonly string[],
  members: readonly string[],
): Change[] {
  const before = new Set(present)
  const after = new Set(members)
  const row = (principal: string) => ({ principal, group_principal: group })
  return [
    ...[...after]
      .filter((one) => !before.has(one))
      .map((one): Change => ({ kind: 'row', table: 'membership', put: row(one) })),
    ...[...before]
      .filter((one) => !after.has(one))
      .map((one): Change => ({ kind: 'row', table: 'membership', remove: row(one) })),
  ]
}
