/** Finds a command by its words and runs it; help and mistakes are answered here. */
import { ConfigError } from '../config.ts'
import { CodedError } from '../lib/coded-error.ts'
import type { Command, ExitCode, Terminal } from './command.ts'
import { CommandError, exit } from './command.ts'
import { OperatorError } from './operator.ts'

export async function run(
  commands: readonly Command[],
  args: string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const words = args.filter((word) => !word.startsWith('-'))
  const wantsHelp = args.includes('--help') || args.includes('-h')
  const command = commands.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name)
  if (!command) {
    if (args.length === 1 && args[0] === '--version') return run(commands, ['version'], terminal)
    const help = overview(commands, words[0])
    if (wantsHelp || args.length === 0) {
      terminal.out(help)
      return args.length === 0 ? exit.usage : exit.done
    }
    terminal.err(`“${words.join(' ') || args[0]}” is no command.\n\n${help}`)
    return exit.usage
  }
  if (wantsHelp) {
    terminal.out(`${command.help}\n`)
    return exit.done
  }
  try {
    return await command.run(withoutName(args, command), terminal)
  } catch (error) {
    return report(error, command, terminal)
  }
}

function withoutName(args: string[], { name }: Command): string[] {
  let left = name.split(' ').length
  return args.filter((word) => {
    if (left === 0 || word.startsWith('-')) return true
    left--
    return false
  })
}

function report(error: unknown, command: Command, terminal: Terminal): ExitCode {
  if (error instanceof CommandError) {
    terminal.err(`${error.message}\n`)
    if (error.exitCode === exit.usage) terminal.err(`\n${command.help}\n`)
    return error.exitCode
  }
  if (error instanceof ConfigError) {
    for (const problem of error.problems) terminal.err(`${problem}\n`)
    return exit.config
  }
  if (error instanceof OperatorError) {
    terminal.err(`${error.message}\n`)
    return exit.failed
  }
  terminal.err(`${speaks(error) ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  return exit.failed
}

/** Errors whose words are enough: the store's, and the system's (an address in use, a file that is not there). */
const speaks = (error: unknown): error is Error =>
  error instanceof CodedError || (error instanceof Error && 'syscall' in error)

function overview(commands: readonly Command[], group: string | undefined): string {
  const shown = commands.filter(({ name }) => group !== undefined && name.startsWith(`${group} `))
  const lines = (shown.length > 0 ? shown : commands).map(
    ({ name, summary }) => `  essaim ${name.padEnd(22)} ${summary}\n`,
  )
  return `Usage: essaim COMMAND, with --help for more about each\n\n${lines.join('')}`
}
