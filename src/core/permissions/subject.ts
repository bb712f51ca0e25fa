import { CodedError } from '../../lib/coded-error.ts'
import { sha256Base64url } from '../../lib/hash.ts'
import { accountPrincipal, authenticated, everyone } from './principals.ts'
import type { Subject, SubjectGrant } from './types.ts'

/** Most principals of one subject: past them a person is in too many groups to be checked quickly. */
const maxPrincipals = 1000

/** Who asks: an account with the groups that it is in, herself or through the grant of an app. */
export function createSubject(
  account: NonNullable<Subject['account']>,
  groups: readonly string[] = [],
  grant?: SubjectGrant,
): Subject {
  const principals = [...new Set([everyone, authenticated, accountPrincipal(account.id), ...groups])]
  if (principals.length > maxPrincipals) {
    throw new CodedError('too-many-principals', 'in more groups than can be checked', { max: maxPrincipals })
  }
  const who = principals.join('\n')
  // A long list is told apart by its hash, so that memo keys stay short.
  const key = `${who.length > 200 ? sha256Base64url(who) : who} ${grant ? `${grant.id}.${grant.version}` : ''}`
  return Object.freeze({ account, principals, key, ...(grant ? { grant } : {}) })
}

/** Who asks without saying who she is. */
export const anonymous: Subject = Object.freeze({ principals: [everyone], key: everyone })

/** Whether a principal is the subject's own account. Groups own nothing. */
export function isSelf({ account }: Subject, principal: string): boolean {
  // Called for every check, so without making a text to compare with.
  return (
    account !== undefined &&
    principal.length === accountPrefix.length + account.id.length &&
    principal.startsWith(accountPrefix) &&
    principal.endsWith(account.id)
  )
}

const accountPrefix = accountPrincipal('')
