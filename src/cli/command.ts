/** What all commands share: their shape, their exit codes, reading a secret. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'

/** Exit codes: done; failed; used wrongly; the configuration is at fault (EX_CONFIG of sysexits). */
export const exit = { done: 0, failed: 1, usage: 2, config: 78 } as const
export type ExitCode = (typeof exit)[keyof typeof exit]

/** Ends a command with a sentence for people and a code for scripts. */
export class CommandError extends Error {
  readonly exitCode: ExitCode
  constructor(message: string, exitCode: ExitCode = exit.failed) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Where a command reads and writes; tests give their own. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>
  /** Whether a person types at the other end of standard input. */
  interactive: boolean
  readInput(): Promise<string>
  out(text: string): void
  err(text: string): void
}

export interface Command {
  /** The words after `essaim`. */
  name: string
  /** One line for the list of commands. */
  summary: string
  /** What `--help` shows. */
  help: string
  run(args: string[], terminal: Terminal): Promise<ExitCode>
}

/** Bytes of a secret on standard input or in a file. */
const maxSecret = 4_096

type Options = NonNullable<ParseArgsConfig['options']>

/** Arguments by `node:util`; what it does not know is the user's mistake. */
export function parse<T extends Options>(
  args: string[],
  options: T,
  positionals: { min: number; max: number },
) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true, strict: true })
    const count = parsed.positionals.length
    if (count < positionals.min) throw new CommandError('Something is missing.', exit.usage)
    if (count > positionals.max)
      throw new CommandError(`“${parsed.positionals.at(-1)}” is too much.`, exit.usage)
    return parsed
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(error instanceof Error ? error.message : String(error), exit.usage)
  }
}

/** A secret from a file or from standard input, never from the command line, where others could read it. */
export async function readSecret(
  file: string | undefined,
  what: string,
  terminal: Terminal,
): Promise<string> {
  if (file === undefined && terminal.interactive)
    terminal.err(
      `Type the ${what}, then Enter and Ctrl-D. It is shown as you type; --password-file keeps it off the screen.\n`,
    )
  let text: string
  try {
    text = file === undefined ? await terminal.readInput() : readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandError(`The ${what} cannot be read: ${(error as Error).message}`)
  }
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new CommandError(`There is no ${what} on standard input or in the file.`)
  if (Buffer.byteLength(secret) > maxSecret) throw new CommandError(`The ${what} is too long.`)
  return secret
}

/** A plain table: columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map(
      (row) =>
        row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd() + '\n',
    )
    .join('')
}
