import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { exit, parse, readSecret, table, type Terminal } from './command.ts'

const terminal = (input: string, interactive = false) => {
  const errors: string[] = []
  const words: Terminal = {
    env: {},
    interactive,
    readInput: async () => input,
    out: () => assert.fail('nothing is to be printed'),
    err: (text) => void errors.push(text),
  }
  return { words, errors }
}

test('a secret is the text of standard input or of a file, without the newline at its end', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-command-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'password')
  writeFileSync(file, ' from a file \r\n')
  assert.equal(await readSecret(undefined, 'password', terminal('from input\n').words), 'from input')
  assert.equal(await readSecret(file, 'password', terminal('').words), ' from a file ')
  await assert.rejects(readSecret(join(folder, 'no'), 'password', terminal('').words), /cannot be read/)
})

test('an empty secret and one of more than 4 KiB are refused', async () => {
  await assert.rejects(readSecret(undefined, 'password', terminal('\n').words), /There is no password/)
  await assert.rejects(readSecret(undefined, 'password', terminal('x'.repeat(4097)).words), /too long/)
})

test('a person at the terminal is told what to do', async () => {
  const { words, errors } = terminal('x', true)
  await readSecret(undefined, 'password', words)
  assert.match(errors.join(''), /Ctrl-D/)
})

test('arguments that a command does not know are the mistake of who typed them', () => {
  const options = { yes: { type: 'boolean' } } as const
  const one = { min: 1, max: 1 }
  assert.deepEqual(parse(['a', '--yes'], options, one).positionals, ['a'])
  for (const args of [[], ['a', 'b'], ['a', '--no'], ['a', '--yes=1']])
    assert.throws(() => parse(args, options, one), { exitCode: exit.usage }, args.join(' '))
})

test('columns of a table are as wide as their widest cell', () => {
  assert.equal(
    table([
      ['A', 'B'],
      ['long', 'x'],
    ]),
    'A     B\nlong  x\n',
  )
})
