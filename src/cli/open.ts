/** How a command reaches the data: through the server that holds it, or by opening it itself. */
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import type { Config } from '../config.ts'
import { filesOnDisk } from '../lib/optionfiles.ts'
import type { Terminal } from './command.ts'
import { CommandError } from './command.ts'
import { controlClient } from './control.ts'
import type { Operator } from './operator.ts'

/** The configuration in force. Throws a ConfigError. */
export const configOf = (terminal: Terminal): Config => readConfig(terminal.env, filesOnDisk)

/** The socket of the server that holds this data. */
export const controlPath = (config: Config): string => join(config.data, 'control.sock')

/** Acts as the operator: through the running server where there is one, else on the store itself. */
export async function withOperator<T>(
  terminal: Terminal,
  act: (operator: Operator) => Promise<T>,
): Promise<T> {
  const config = configOf(terminal)
  const running = await controlClient(controlPath(config))
  if (running) return act(running)
  const { openOperator } = await import('../app.ts')
  const opened = await openOperator(config).catch((error: unknown) => {
    throw new CommandError(error instanceof Error ? error.message : String(error))
  })
  try {
    return await act(opened.operator)
  } finally {
    await opened.close()
  }
}
