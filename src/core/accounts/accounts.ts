import type { KeyRing } from '../../lib/sealed.ts'
import type { Clock } from '../ports.ts'
import { createAddresses } from './addresses.ts'
import type { Context } from './context.ts'
import { createCredentials } from './credentials.ts'
import { createEnding } from './ending.ts'
import { createFirstRun } from './first-run.ts'
import { createGrants } from './grants.ts'
import { createIdentities } from './identities.ts'
import { createInvitations } from './invitations.ts'
import { createLeaving } from './leaving.ts'
import { createLog } from './log.ts'
import { createLifecycle } from './lifecycle.ts'
import type { MailQueue } from './letters.ts'
import { createMailSignIn } from './mail-sign-in.ts'
import { createNames } from './names.ts'
import { createNotices } from './notices.ts'
import { createPairing } from './pairing.ts'
import { createPasskeys } from './passkeys.ts'
import { createPeople } from './people.ts'
import { createRecovery } from './recovery.ts'
import { createRegistration } from './registration.ts'
import { createRenaming } from './renaming.ts'
import { createSessions } from './sessions.ts'
import { createSettings } from './settings.ts'
import { createSubjects } from './subjects.ts'
import { createWays } from './ways.ts'
import type { Accounts, Purge } from './types.ts'

export interface AccountsInput {
  store: Context['store']
  clock: Clock
  /** Keys the hashes of former logins and the made-up answers of `prelogin`. */
  keys: KeyRing
  /** Bytes of a person's home and of the spaces that it pays for. */
  quota: number
  /** Accounts may be made before there is an owner. */
  unsafeTest?: boolean
  /** What doors do when an account ends. */
  purges?: readonly Purge[]
  /** Where mails wait to be sent; absent where the server sends none. */
  mail?: MailQueue
  /** Told of what failed beside a request. */
  onError: (error: unknown) => void
}

/** Accounts, their passwords and grants, over the directory tables of a store. */
export function createAccounts(input: AccountsInput): Accounts {
  const context: Context = {
    unsafeTest: false,
    purges: [],
    ...input,
    names: createNames(input.keys),
  }
  return {
    ...createLifecycle(context),
    ...createEnding(context),
    ...createCredentials(context),
    ...createGrants(context),
    ...createIdentities(context),
    ...createSubjects(context),
    ...createFirstRun(context),
    ...createLeaving(context),
    ...createLog(context),
    ...createPasskeys(context),
    ...createPeople(context),
    ...createRenaming(context),
    ...createSessions(context),
    ...createSettings(context),
    ...createWays(context),
    ...createInvitations(context),
    ...createRegistration(context),
    ...createAddresses(context),
    ...createMailSignIn(context),
    ...createNotices(context),
    ...createRecovery(context),
    ...createPairing(context),
  }
}
