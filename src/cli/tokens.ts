/** `essaim token create, list, revoke` */
import { CommandError, exit, parse, table } from './command.ts'
import type { Command } from './command.ts'
import { withOperator } from './open.ts'
import type { TokenLine } from './operator.ts'

export const tokenCreate: Command = {
  name: 'token create',
  summary: 'make a token for a script',
  help: `essaim token create LOGIN --name NAME --scope SCOPE [--scope SCOPE …] [--days N]

Makes a token with which a script acts for the account, and prints it. It is shown only now. The script
sends it as “Authorization: Bearer TOKEN”. It may do what the scopes say and nothing else, such as
kinto:r, kinto:default/notes:rw or notes:rw; docs/scopes.md lists them. Without --days it works until
it is revoked. The name is what the person reads in her list of apps.`,
  async run(args, terminal) {
    const { values, positionals } = parse(
      args,
      { name: { type: 'string' }, scope: { type: 'string', multiple: true }, days: { type: 'string' } },
      { min: 1, max: 1 },
    )
    const { name, scope: scopes, days } = values
    if (name === undefined || scopes === undefined) {
      terminal.err('--name and --scope are needed.\n')
      return exit.usage
    }
    if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
      throw new CommandError('--days takes a number of days.', exit.usage)
    const wanted = {
      login: positionals[0]!,
      name,
      scopes,
      ...(days === undefined ? {} : { days: Number(days) }),
    }
    const { text } = await withOperator(terminal, (operator) => operator.tokenCreate(wanted))
    terminal.out(`${text}\n`)
    return exit.done
  },
}

export const tokenList: Command = {
  name: 'token list',
  summary: 'list the tokens of an account',
  help: `essaim token list LOGIN [--json]

Lists the tokens that were made for scripts: id, name, scopes, since when, until when, last use. The
tokens themselves are kept nowhere.`,
  async run(args, terminal) {
    const { values, positionals } = parse(args, { json: { type: 'boolean' } }, { min: 1, max: 1 })
    const login = positionals[0]!
    const all: TokenLine[] = []
    await withOperator(terminal, async (operator) => {
      let after: string | undefined
      do {
        const page = await operator.tokenList({ login, ...(after === undefined ? {} : { after }) })
        all.push(...page.tokens)
        after = page.next
      } while (after !== undefined)
    })
    if (values.json) terminal.out(`${JSON.stringify(all)}\n`)
    else terminal.out(table([['ID', 'NAME', 'SCOPES', 'SINCE', 'UNTIL', 'LAST USE'], ...all.map(cells)]))
    return exit.done
  },
}

const day = (time: number | null) => (time === null ? '-' : new Date(time).toISOString().slice(0, 10))

const cells = ({ id, name, scopes, created, expires, lastUsed }: TokenLine): string[] => [
  id,
  name,
  scopes.join(' '),
  day(created),
  day(expires),
  day(lastUsed),
]

export const tokenRevoke: Command = {
  name: 'token revoke',
  summary: 'end a token',
  help: `essaim token revoke LOGIN ID

Ends a token, by the id that “essaim token list” shows: the next request with it is refused.`,
  async run(args, terminal) {
    const { positionals } = parse(args, {}, { min: 2, max: 2 })
    const [login = '', id = ''] = positionals
    await withOperator(terminal, (operator) => operator.tokenRevoke({ login, id }))
    terminal.out('The token is revoked.\n')
    return exit.done
  },
}
