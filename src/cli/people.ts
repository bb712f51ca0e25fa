/** `essaim account approve, suspend, resume, role, rename, log`, and `essaim invite` */
import type { Command } from './command.ts'
import { CommandError, exit, parse, table } from './command.ts'
import { withOperator } from './open.ts'
import type { LogLine, Operator } from './operator.ts'

/** A command that does one thing to one account. */
function onAccount(
  name: string,
  summary: string,
  help: string,
  act: (operator: Operator, login: string) => Promise<void>,
  done: (login: string) => string,
): Command {
  return {
    name: `account ${name}`,
    summary,
    help: `essaim account ${name} LOGIN\n\n${help}`,
    async run(args, terminal) {
      const [login = ''] = parse(args, {}, { min: 1, max: 1 }).positionals
      await withOperator(terminal, (operator) => act(operator, login))
      terminal.out(`${done(login)}\n`)
      return exit.done
    },
  }
}

export const accountApprove = onAccount(
  'approve',
  'let in an account that waits for it',
  'Lets in an account that waits for approval.',
  (operator, login) => operator.accountApprove({ login }),
  (login) => `The account ${login} is let in.`,
)

export const accountSuspend = onAccount(
  'suspend',
  'shut an account out, with all that is in it kept',
  `Ends every session of the account at once and refuses its apps and devices, until “essaim account resume”.
Nothing of its data is lost.`,
  (operator, login) => operator.accountSuspend({ login, suspended: true }),
  (login) => `The account ${login} is suspended.`,
)

export const accountResume = onAccount(
  'resume',
  'let a suspended account on',
  'Lets an account on that was suspended. The person signs in again; her apps and devices go on.',
  (operator, login) => operator.accountSuspend({ login, suspended: false }),
  (login) => `The account ${login} is no longer suspended.`,
)

export const accountRole: Command = {
  name: 'account role',
  summary: 'say what a person may do here beside her own data',
  help: `essaim account role LOGIN ROLE

Gives a person a role: person; inviter, who may invite others; administrator, who may also approve,
suspend and delete accounts and change the server's settings. No role opens anybody's data. The owner
stays the owner.`,
  async run(args, terminal) {
    const [login = '', role = ''] = parse(args, {}, { min: 2, max: 2 }).positionals
    await withOperator(terminal, (operator) => operator.accountRole({ login, role }))
    terminal.out(`${login} is ${role} now.\n`)
    return exit.done
  },
}

export const accountRename: Command = {
  name: 'account rename',
  summary: 'give an account another login',
  help: `essaim account rename LOGIN NEW

Gives an account another login. The old one stays hers and goes to nobody else. An account with a
password for the pages is renamed there by the person herself: the login is part of what her browser
makes of the password.`,
  async run(args, terminal) {
    const [login = '', to = ''] = parse(args, {}, { min: 2, max: 2 }).positionals
    await withOperator(terminal, (operator) => operator.accountRename({ login, to }))
    terminal.out(`The account ${login} is ${to} now.\n`)
    return exit.done
  },
}

export const accountRecover: Command = {
  name: 'account recover',
  summary: 'make a link for somebody who lost every way in',
  help: `essaim account recover LOGIN [--now]

Prints a link with which the person gets a new way to sign in; all her old ones, browsers, apps and
devices end with it. It is told at once to her addresses and wherever she is signed in, from where she
can stop it, and it works after the wait that administrators have set (48 hours). With --now it works
at once: only for somebody who stands beside you, or for yourself.
What she has encrypted stays closed to you and to whoever has the link: without the old recovery words
or a passkey, she begins afresh.`,
  async run(args, terminal) {
    const { values, positionals } = parse(args, { now: { type: 'boolean' } }, { min: 1, max: 1 })
    const login = positionals[0]!
    const { link, due } = await withOperator(terminal, (operator) =>
      operator.accountRecover({ login, now: values.now ?? false }),
    )
    terminal.out(`${link}\n`)
    if (!values.now) terminal.err(`It works from ${new Date(due).toISOString()} on, for 7 days.\n`)
    return exit.done
  },
}

export const accountLog: Command = {
  name: 'account log',
  summary: 'show what was done with an account, and by whom',
  help: `essaim account log LOGIN [--json]

Shows what the person reads in her own log, newest first: when, what, by whom, from where.`,
  async run(args, terminal) {
    const { values, positionals } = parse(args, { json: { type: 'boolean' } }, { min: 1, max: 1 })
    const login = positionals[0]!
    const all: LogLine[] = []
    await withOperator(terminal, async (operator) => {
      let after: string | undefined
      do {
        const page = await operator.accountLog({
          login,
          limit: 500,
          ...(after === undefined ? {} : { after }),
        })
        all.push(...page.entries)
        after = page.next
      } while (after !== undefined && all.length < maxEntries)
    })
    if (values.json) terminal.out(`${JSON.stringify(all)}\n`)
    else terminal.out(table([['WHEN', 'WHAT', 'BY', 'FROM', 'WITH', 'DETAILS'], ...all.map(cells)]))
    return exit.done
  },
}

/** More is a case for the database. */
const maxEntries = 100_000

const cells = ({ created, act, actor, address, agent, details }: LogLine): string[] => [
  new Date(created).toISOString().slice(0, 19),
  act,
  actor ?? '-',
  address ?? '-',
  agent ?? '-',
  Object.keys(details).length === 0 ? '' : JSON.stringify(details),
]

export const invite: Command = {
  name: 'invite',
  summary: 'print a link with which somebody makes an account',
  help: `essaim invite [--by LOGIN] [--role ROLE] [--uses N] [--days N] [--label TEXT]

Prints a link with which one person (--uses: up to 100) makes an account within 7 days (--days: up to
90), whatever the server's rules for new accounts are. It is shown only now. It comes from the owner, or
from who --by names, who has to have the right to invite; --role (person) is never above hers.`,
  async run(args, terminal) {
    const { values } = parse(
      args,
      {
        by: { type: 'string' },
        role: { type: 'string', default: 'person' },
        uses: { type: 'string', default: '1' },
        days: { type: 'string', default: '7' },
        label: { type: 'string', default: '' },
      },
      { min: 0, max: 0 },
    )
    const { by, role, label } = values
    const wanted = {
      role,
      label,
      most: number('--uses', values.uses, 100),
      days: number('--days', values.days, 90),
    }
    if (label.length > 100) throw new CommandError('--label has more than 100 characters.', exit.usage)
    const { link, expires } = await withOperator(terminal, (operator) =>
      operator.invite({ ...wanted, ...(by === undefined ? {} : { by }) }),
    )
    terminal.out(`${link}\n`)
    terminal.err(`Good until ${new Date(expires).toISOString().slice(0, 16)} UTC.\n`)
    return exit.done
  },
}

function number(option: string, text: string, most: number): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (value < 1 || value > most) throw new CommandError(`${option} must be from 1 to ${most}.`, exit.usage)
  return value
}
