import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { accountAppPassword, accountCreate, accountDelete, accountList, accountPassword } from './account.ts'
import { exit } from './command.ts'
import { serveControl } from './control.ts'
import { type AccountLine, type Operator, OperatorError } from './operator.ts'
import { run } from './run.ts'
import { setupLink } from './setup-link.ts'

const commands = [accountCreate, accountList, accountPassword, accountAppPassword, accountDelete, setupLink]
const line = (login: string, door: string | null = null): AccountLine => ({
  login,
  role: 'person',
  state: 'active',
  door,
  created: Date.UTC(2030, 0, 2),
})

/** A running server with these acts, and a terminal beside it with `input` on standard input. */
async function scene(t: TestContext, acts: Partial<Operator>, input = '') {
  const data = mkdtempSync(join(tmpdir(), 'essaim-account-'))
  t.after(() => rmSync(data, { recursive: true, force: true }))
  const control = await serveControl(join(data, 'control.sock'), acts as Operator)
  t.after(() => control.close())
  return async (...args: string[]) => {
    const written = { out: '', err: '' }
    const code = await run(commands, args, {
      env: { ESSAIM_DATA: data },
      interactive: false,
      readInput: async () => input,
      out: (text) => void (written.out += text),
      err: (text) => void (written.err += text),
    })
    return { code, ...written }
  }
}

test('an account is made with the password from standard input, or with none', async (t) => {
  const made: unknown[] = []
  const accountCreate = async (wanted: { login: string }) => {
    made.push(wanted)
    return line(wanted.login)
  }
  const essaim = await scene(t, { accountCreate }, 'four bees\n')
  assert.deepEqual(await essaim('account', 'create', 'alice'), {
    code: exit.done,
    out: 'The account alice is made.\n',
    err: '',
  })
  await essaim('account', 'create', 'bob', '--no-password')
  assert.deepEqual(made, [{ login: 'alice', password: 'four bees' }, { login: 'bob' }])
})

test('there is no way to write a password on the command line', async (t) => {
  const essaim = await scene(t, {})
  for (const command of ['create', 'password']) {
    assert.equal((await essaim('account', command, 'alice', 'secret')).code, exit.usage)
    assert.equal((await essaim('account', command, 'alice', '--password', 'secret')).code, exit.usage)
  }
})

test('a password is set, and a refusal of the server told', async (t) => {
  const accountPassword = async ({ login }: { login: string }) => {
    if (login !== 'alice') throw new OperatorError('account-absent', `There is no account ${login}.`)
  }
  const essaim = await scene(t, { accountPassword }, 'four bees')
  assert.equal((await essaim('account', 'password', 'alice')).code, exit.done)
  assert.deepEqual(await essaim('account', 'password', 'bob'), {
    code: exit.failed,
    out: '',
    err: 'There is no account bob.\n',
  })
})

test('an app password is all that is printed, so that a script can take it', async (t) => {
  const asked: unknown[] = []
  const accountAppPassword = async (wanted: unknown) => {
    asked.push(wanted)
    return { text: 'abcdefg-hijklmn' }
  }
  const essaim = await scene(t, { accountAppPassword })
  const { code, out } = await essaim(
    'account',
    'app-password',
    'alice',
    '--door',
    'kinto',
    '--label',
    'My phone',
  )
  assert.deepEqual([code, out], [exit.done, 'abcdefg-hijklmn\n'])
  assert.deepEqual(asked, [{ login: 'alice', door: 'kinto', label: 'My phone' }])
  assert.equal((await essaim('account', 'app-password', 'alice', '--door', 'kinto')).code, exit.usage)
  assert.equal(asked.length, 1)
})

test('all accounts are listed, over as many pages as there are, by login', async (t) => {
  const accountList = async ({ after }: { after?: string }) =>
    after === undefined
      ? { accounts: [line('zoe'), line('bob', 'kinto')], next: 'b' }
      : { accounts: [line('alice')] }
  const essaim = await scene(t, { accountList })
  const { out } = await essaim('account', 'list')
  assert.deepEqual(out.split('\n'), [
    'LOGIN  ROLE    STATE   MADE BY  SINCE',
    'alice  person  active  -        2030-01-02',
    'bob    person  active  kinto    2030-01-02',
    'zoe    person  active  -        2030-01-02',
    '',
  ])
  const json = JSON.parse((await essaim('account', 'list', '--json')).out) as AccountLine[]
  assert.deepEqual(
    json.map((one) => one.login),
    ['alice', 'bob', 'zoe'],
  )
})

test('an account is deleted only when asked twice', async (t) => {
  const deleted: string[] = []
  const essaim = await scene(t, { accountDelete: async ({ login }) => void deleted.push(login) })
  const first = await essaim('account', 'delete', 'alice')
  assert.deepEqual([first.code, deleted], [exit.usage, []])
  assert.match(first.err, /cannot be taken back/)
  assert.equal((await essaim('account', 'delete', 'alice', '--yes')).code, exit.done)
  assert.deepEqual(deleted, ['alice'])
})

test('a setup link is printed as long as there is no owner', async (t) => {
  const fresh = await scene(t, { setupLink: async () => ({ link: 'http://localhost:1/setup#x' }) })
  assert.equal((await fresh('setup-link')).out, 'http://localhost:1/setup#x\n')
  const owned = await scene(t, { setupLink: async () => ({}) })
  assert.deepEqual(await owned('setup-link'), {
    code: exit.failed,
    out: '',
    err: 'This server has its owner already.\n',
  })
})

test('options that cannot be read end every command with 78', async () => {
  const essaim = async () =>
    run([accountList], ['account', 'list'], {
      env: { ESSAIM_QUOTA: 'much' },
      interactive: false,
      readInput: async () => '',
      out: () => assert.fail(),
      err: (text) => void (complaint += text),
    })
  let complaint = ''
  assert.equal(await essaim(), exit.config)
  assert.match(complaint, /ESSAIM_QUOTA/)
})
