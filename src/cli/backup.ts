/** `essaim backup` and `essaim restore` */
import { resolve } from 'node:path'
import type { Command } from './command.ts'
import { CommandError, exit, parse } from './command.ts'
import { configOf, withOperator } from './open.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'write everything into one file',
  help: `essaim backup --plain FILE

Writes all accounts, records and blobs into FILE, which must not exist yet, while the server runs.
The file is NOT encrypted: whoever has it can read it. It does not hold the secret key (ESSAIM_SECRET_FILE,
else “secret” in the data folder): keep that too, apart from the file. Encrypted backups come later.`,
  async run(args, terminal) {
    const { values, positionals } = parse(args, { plain: { type: 'boolean' } }, { min: 1, max: 1 })
    if (!values.plain) {
      terminal.err('Encrypted backups are not there yet: ask for an unencrypted one with --plain.\n')
      return exit.usage
    }
    const file = resolve(positionals[0]!)
    const { bytes, missing } = await withOperator(terminal, (operator) => operator.backup({ file }))
    if (missing > 0) terminal.err(`${missing} blobs that records refer to are not on the disk.\n`)
    terminal.out(`${file}: ${bytes} bytes, not encrypted, without the secret key.\n`)
    return exit.done
  },
}

export const restore: Command = {
  name: 'restore',
  summary: 'start again from a backup',
  help: `essaim restore FILE [--replace]

Puts what a backup holds into the configured store, which must be empty, while no server runs. With
--replace, what the store holds is lost. Every client is told to look again: epochs and clocks are raised.`,
  async run(args, terminal) {
    const { values, positionals } = parse(args, { replace: { type: 'boolean' } }, { min: 1, max: 1 })
    const config = configOf(terminal)
    const { restoreInto } = await import('../app/core.ts')
    const restoring = restoreInto(config, resolve(positionals[0]!), values.replace ?? false)
    const { homes, records, missing } = await restoring.catch((error: unknown) => {
      throw new CommandError(error instanceof Error ? error.message : String(error))
    })
    if (missing > 0) terminal.err(`${missing} blobs that records refer to are not in the backup.\n`)
    terminal.out(`Restored ${homes} homes with ${records} records.\n`)
    return exit.done
  },
}
