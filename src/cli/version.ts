/** `essaim version` */
import type { Command } from './command.ts'
import { exit, parse } from './command.ts'
import { release } from '../lib/release.ts'

export const version: Command = {
  name: 'version',
  summary: 'print the version',
  help: `essaim version

Prints the version of Essaim and of Node.`,
  async run(args, terminal) {
    parse(args, {}, { min: 0, max: 0 })
    terminal.out(`essaim ${release.version} (Node ${process.versions.node})\n`)
    return exit.done
  },
}
