/** The operator's acts on people: what administrators do at their pages, for who has the machine. */
import type { Core } from '../app/core.ts'
import type { Account, LogEntry, Role } from '../core/accounts/index.ts'
import { recoveryLink } from '../protocols/pages/mails/index.ts'
import type { LogLine, Operator } from './operator.ts'
import { OperatorError } from './operator.ts'

/** Where these acts come from, in people's logs. */
const here = { address: null, agent: 'essaim, command line' }
const roles = ['administrator', 'inviter', 'person'] as const
/** Accounts that are read in one go. */
const piece = 1_000

type PeopleActs = Pick<
  Operator,
  | 'accountApprove'
  | 'accountSuspend'
  | 'accountRole'
  | 'accountRename'
  | 'accountRecover'
  | 'accountLog'
  | 'invite'
>

export function peopleActs(
  { accounts, config }: Pick<Core, 'accounts' | 'config'>,
  accountOf: (login: string) => Promise<Account>,
): PeopleActs {
  const idOf = async (login: string) => (await accountOf(login)).id

  function roleOf<R extends Role>(text: string, allowed: readonly R[]): R {
    const role = allowed.find((one) => one === text)
    if (role === undefined)
      throw new OperatorError('role', `There is no role ${text} to give; there are: ${allowed.join(', ')}.`)
    return role
  }

  async function owner(): Promise<Account> {
    for (let after: string | undefined; ;) {
      const page = await accounts.list({ limit: piece, ...(after === undefined ? {} : { after }) })
      const found = page.find(({ role }) => role === 'owner')
      if (found) return found
      if (page.length < piece)
        throw new OperatorError('no-owner', 'There is no owner yet; see “essaim setup-link”.')
      after = page.at(-1)?.id
    }
  }

  async function lineOf({ act, actor, details, address, agent, created }: LogEntry): Promise<LogLine> {
    const who = actor === null ? null : ((await accounts.loginOf(actor)) ?? 'somebody who has left')
    return { created, act, actor: who, details, address, agent }
  }

  return {
    async accountApprove({ login }) {
      await accounts.approve(null, await idOf(login))
    },
    async accountSuspend({ login, suspended }) {
      await accounts.suspend(null, await idOf(login), suspended)
    },
    async accountRole({ login, role }) {
      await accounts.setRole(null, await idOf(login), roleOf(role, roles))
    },
    async accountRename({ login, to }) {
      await accounts.rename(await idOf(login), { login: to, actor: null, from: here })
    },
    async accountRecover({ login, now }) {
      const { token, recovery } = await accounts.startRecovery(null, await idOf(login), {
        wait: !now,
        from: here,
      })
      return { link: recoveryLink(config.publicUrl, token), due: recovery.due }
    },
    async accountLog({ login, after, limit }) {
      const page = { limit, ...(after === undefined ? {} : { after }) }
      const entries = await accounts.logOf(await idOf(login), page)
      const last = entries.length === limit ? entries.at(-1)?.id : undefined
      return {
        entries: await Promise.all(entries.map(lineOf)),
        ...(last === undefined ? {} : { next: last }),
      }
    },
    async invite({ by, role, most, days, label }) {
      const inviter = by === undefined ? await owner() : await accountOf(by)
      const wanted = { role: roleOf(role, roles), most, days, label }
      const { text, invitation } = await accounts.invite(inviter, wanted, here)
      return { link: `${config.publicUrl}/invitation#${text}`, expires: invitation.expires }
    },
  }
}
