/** The command line's entry: finds the command, runs it, ends with its code. */
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import {
  accountAppPassword,
  accountCreate,
  accountDelete,
  accountList,
  accountPassword,
} from './cli/account.ts'
import { backup, restore } from './cli/backup.ts'
import { check } from './cli/check.ts'
import { exit } from './cli/command.ts'
import type { Command, Terminal } from './cli/command.ts'
import {
  accountApprove,
  accountLog,
  accountRecover,
  accountRename,
  accountResume,
  accountRole,
  accountSuspend,
  invite,
} from './cli/people.ts'
import { run } from './cli/run.ts'
import { secretRotate, secretStatus } from './cli/secret.ts'
import { serve } from './cli/serve.ts'
import { setupLink } from './cli/setup-link.ts'
import { tokenCreate, tokenList, tokenRevoke } from './cli/tokens.ts'
import { version } from './cli/version.ts'

const commands: readonly Command[] = [
  serve,
  accountCreate,
  accountList,
  accountPassword,
  accountAppPassword,
  accountDelete,
  accountApprove,
  accountSuspend,
  accountResume,
  accountRole,
  accountRename,
  accountRecover,
  accountLog,
  invite,
  tokenCreate,
  tokenList,
  tokenRevoke,
  setupLink,
  secretRotate,
  secretStatus,
  backup,
  restore,
  check,
  version,
]

const terminal: Terminal = {
  env: process.env,
  interactive: process.stdin.isTTY === true,
  readInput: () => (process.stdin.isTTY ? text(process.stdin) : Promise.resolve(readFileSync(0, 'utf8'))),
  out: (words) => void process.stdout.write(words),
  err: (words) => void process.stderr.write(words),
}

const code = await run(commands, process.argv.slice(2), terminal)
if (code === exit.done) process.exitCode = code
else process.exit(code)
