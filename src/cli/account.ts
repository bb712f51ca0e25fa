/** `essaim account …` */
import type { Command, Terminal } from './command.ts'
import { exit, parse, readSecret, table } from './command.ts'
import { withOperator } from './open.ts'
import type { AccountLine } from './operator.ts'

const passwordFile = { 'password-file': { type: 'string' } } as const

export const accountCreate: Command = {
  name: 'account create',
  summary: 'make an account',
  help: `essaim account create LOGIN [--password-file FILE | --no-password]

Makes an account. Its password is read from the file, or from standard input:
  essaim account create alice < password.txt
With --no-password it can only be used with app passwords.
The first account, the owner's, is made with the link that the server prints.`,
  async run(args, terminal) {
    const { values, positionals } = parse(
      args,
      { ...passwordFile, 'no-password': { type: 'boolean' } },
      { min: 1, max: 1 },
    )
    const login = positionals[0]!
    const password = values['no-password']
      ? undefined
      : await readSecret(values['password-file'], 'password', terminal)
    await withOperator(terminal, (operator) => operator.accountCreate({ login, password }))
    terminal.out(`The account ${login} is made.\n`)
    return exit.done
  },
}

export const accountList: Command = {
  name: 'account list',
  summary: 'list all accounts',
  help: `essaim account list [--json]

Lists all accounts: login, role, state, the door that made it, the day it was made.`,
  async run(args, terminal) {
    const { values } = parse(args, { json: { type: 'boolean' } }, { min: 0, max: 0 })
    const all: AccountLine[] = []
    await withOperator(terminal, async (operator) => {
      let after: string | undefined
      do {
        const page = await operator.accountList({ limit: 500, ...(after === undefined ? {} : { after }) })
        all.push(...page.accounts)
        after = page.next
      } while (after !== undefined)
    })
    all.sort((a, b) => (a.login < b.login ? -1 : 1))
    if (values.json) terminal.out(`${JSON.stringify(all)}\n`)
    else {
      const day = (time: number) => new Date(time).toISOString().slice(0, 10)
      terminal.out(
        table([
          ['LOGIN', 'ROLE', 'STATE', 'MADE BY', 'SINCE'],
          ...all.map((one) => [one.login, one.role, one.state, one.door ?? '-', day(one.created)]),
        ]),
      )
    }
    return exit.done
  },
}

export const accountPassword: Command = {
  name: 'account password',
  summary: 'set the password of an account',
  help: `essaim account password LOGIN [--password-file FILE]

Sets the password, read from the file or from standard input. The old one ends at once.`,
  async run(args, terminal) {
    const { values, positionals } = parse(args, passwordFile, { min: 1, max: 1 })
    const login = positionals[0]!
    const password = await readSecret(values['password-file'], 'password', terminal)
    await withOperator(terminal, (operator) => operator.accountPassword({ login, password }))
    terminal.out(`The password of ${login} is set.\n`)
    return exit.done
  },
}

export const accountAppPassword: Command = {
  name: 'account app-password',
  summary: 'make a password for one app or device',
  help: `essaim account app-password LOGIN --door DOOR --label LABEL

Makes a password for one app, script or device, which opens one door (kinto), and prints it.
It is shown only now. The label is what the person reads in her list of apps.`,
  async run(args, terminal) {
    const { values, positionals } = parse(
      args,
      { door: { type: 'string' }, label: { type: 'string' } },
      { min: 1, max: 1 },
    )
    if (values.door === undefined || values.label === undefined) return missing(terminal)
    const wanted = { login: positionals[0]!, door: values.door, label: values.label }
    const { text } = await withOperator(terminal, (operator) => operator.accountAppPassword(wanted))
    terminal.out(`${text}\n`)
    return exit.done
  },
}

function missing(terminal: Terminal) {
  terminal.err('--door and --label are needed.\n')
  return exit.usage
}

export const accountDelete: Command = {
  name: 'account delete',
  summary: 'delete an account with all that is in it',
  help: `essaim account delete LOGIN --yes

Deletes an account: its data, its passwords and apps. What it shares with others who may administer
it passes to them; other spaces it pays for end after 30 days. The login stays taken.`,
  async run(args, terminal) {
    const { values, positionals } = parse(args, { yes: { type: 'boolean' } }, { min: 1, max: 1 })
    const login = positionals[0]!
    if (!values.yes) {
      terminal.err(`This cannot be taken back. Add --yes to delete ${login}.\n`)
      return exit.usage
    }
    await withOperator(terminal, (operator) => operator.accountDelete({ login }))
    terminal.out(`The account ${login} is deleted.\n`)
    return exit.done
  },
}
