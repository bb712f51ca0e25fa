/** `essaim secret …` */
import type { Command } from './command.ts'
import { exit, parse } from './command.ts'
import { withOperator } from './open.ts'

export const secretRotate: Command = {
  name: 'secret rotate',
  summary: 'seal secrets under a new key from now on',
  help: `essaim secret rotate

Adds a new key to the key file (ESSAIM_SECRET_FILE, else “secret” in the data folder), while the server
runs or not. New secrets are sealed under it at once; what is sealed under older keys is sealed anew,
beside the requests. Older keys stay in the file: backups and the names of former accounts need them.
Copy the file to wherever you keep it. Do this when somebody may have seen the key, or once a year.`,
  async run(args, terminal) {
    parse(args, {}, { min: 0, max: 0 })
    const { generation, waiting } = await withOperator(terminal, (operator) => operator.secretRotate({}))
    terminal.out(`Secrets are sealed under key ${generation} from now on. Copy the key file again.\n`)
    if (waiting > 0)
      terminal.out(`${values(waiting)} under older keys: being sealed anew, see “essaim secret status”.\n`)
    return exit.done
  },
}

export const secretStatus: Command = {
  name: 'secret status',
  summary: 'say which keys there are, and what still waits for the newest',
  help: `essaim secret status [--json]

Says which keys the key file has, under which one secrets are sealed now, and how many values are still
sealed under an older one. Ends with 1 if there are values that no key of the file opens.`,
  async run(args, terminal) {
    const { values: given } = parse(args, { json: { type: 'boolean' } }, { min: 0, max: 0 })
    const status = await withOperator(terminal, (operator) => operator.secretStatus({}))
    const { generations, current, waiting, broken } = status
    if (given.json) terminal.out(`${JSON.stringify(status)}\n`)
    else {
      terminal.out(`Keys: ${generations.join(', ')}. Secrets are sealed under ${current}.\n`)
      terminal.out(
        waiting === 0
          ? 'Nothing is sealed under an older one.\n'
          : `${values(waiting)} still under an older one.\n`,
      )
      if (broken > 0)
        terminal.err(
          `${values(broken)} cannot be opened with these keys: bring back the key file they were made with.\n`,
        )
    }
    return broken > 0 ? exit.failed : exit.done
  },
}

const values = (count: number) => `${count} ${count === 1 ? 'value' : 'values'}`
