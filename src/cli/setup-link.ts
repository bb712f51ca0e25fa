/** `essaim setup-link` */
import type { Command } from './command.ts'
import { CommandError, exit, parse } from './command.ts'
import { withOperator } from './open.ts'

export const setupLink: Command = {
  name: 'setup-link',
  summary: 'print a new link for the first run',
  help: `essaim setup-link

Prints a link with which the owner's account is made; good once, for 30 minutes. Only while there is
no owner.`,
  async run(args, terminal) {
    parse(args, {}, { min: 0, max: 0 })
    const { link } = await withOperator(terminal, (operator) => operator.setupLink())
    if (link === undefined) throw new CommandError('This server has its owner already.')
    terminal.out(`${link}\n`)
    return exit.done
  },
}
