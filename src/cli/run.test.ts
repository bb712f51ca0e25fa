import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '../config.ts'
import { type Command, CommandError, exit, type Terminal } from './command.ts'
import { OperatorError } from './operator.ts'
import { run } from './run.ts'

const seen: string[][] = []
const command = (name: string, error?: Error): Command => ({
  name,
  summary: `what ${name} does`,
  help: `help of ${name}`,
  async run(args) {
    seen.push(args)
    if (error) throw error
    return exit.done
  },
})
const commands = [
  command('serve'),
  command('account create'),
  command('account list'),
  command('version'),
  command('misuse', new CommandError('Something is missing.', exit.usage)),
  command('fail', new CommandError('It failed.')),
  command('refuse', new OperatorError('x', 'No such account.')),
  command('misconfigured', new ConfigError(['ESSAIM_QUOTA is wrong', 'ESSAIM_X is not an option'])),
  command('break', new TypeError('a mistake of ours')),
]

/** What came of a command line: its code, what it printed and what it complained. */
async function ran(...args: string[]) {
  const written = { out: '', err: '' }
  const terminal: Terminal = {
    env: {},
    interactive: false,
    readInput: async () => '',
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
  }
  return { code: await run(commands, args, terminal), ...written }
}

test('the longest words name the command, the rest are its arguments', async () => {
  assert.equal((await ran('account', 'create', 'alice', '--no-password')).code, exit.done)
  assert.deepEqual(seen.at(-1), ['alice', '--no-password'])
  assert.equal((await ran('serve')).code, exit.done)
  assert.deepEqual(seen.at(-1), [])
})

test('an argument that is called like the command stays one', async () => {
  await ran('account', 'create', 'account', 'create')
  assert.deepEqual(seen.at(-1), ['account', 'create'])
})

test('each command shows its help, and runs nothing', async () => {
  const before = seen.length
  for (const help of ['--help', '-h'])
    assert.deepEqual(await ran('account', 'list', help), {
      code: exit.done,
      out: 'help of account list\n',
      err: '',
    })
  assert.equal(seen.length, before)
})

test('without a command all are listed, with the first word of some only these', async () => {
  const all = await ran('--help')
  assert.equal(all.code, exit.done)
  for (const { name, summary } of commands) assert.match(all.out, new RegExp(`essaim ${name} +${summary}`))
  assert.equal((await ran()).code, exit.usage)
  const accounts = await ran('account')
  assert.equal(accounts.code, exit.usage)
  assert.match(accounts.err, /account create/)
  assert.doesNotMatch(accounts.err, /essaim serve/)
})

test('a word that is no command is said so', async () => {
  const { code, err } = await ran('swarm')
  assert.equal(code, exit.usage)
  assert.match(err, /“swarm” is no command/)
})

test('--version is the command of that name', async () => {
  assert.equal((await ran('--version')).code, exit.done)
})

test('exit codes tell failure, misuse and a wrong configuration apart', async () => {
  assert.deepEqual(await ran('fail'), { code: exit.failed, out: '', err: 'It failed.\n' })
  assert.deepEqual(await ran('refuse'), { code: exit.failed, out: '', err: 'No such account.\n' })
  const misuse = await ran('misuse')
  assert.equal(misuse.code, exit.usage)
  assert.match(misuse.err, /help of misuse/)
  const wrong = await ran('misconfigured')
  assert.deepEqual([wrong.code, wrong.err], [78, 'ESSAIM_QUOTA is wrong\nESSAIM_X is not an option\n'])
  const broken = await ran('break')
  assert.equal(broken.code, exit.failed)
  assert.match(broken.err, /a mistake of ours[^]*run\.test\.ts/)
})
