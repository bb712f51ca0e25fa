import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { accountsInMemory } from '../core/accounts/accounts-in-memory.ts'
import type { Core } from '../app/core.ts'
import { exit } from './command.ts'
import { serveControl } from './control.ts'
import { type Operator, OperatorError } from './operator.ts'
import { peopleActs } from './people-acts.ts'
import {
  accountApprove,
  accountLog,
  accountRename,
  accountResume,
  accountRole,
  accountSuspend,
  invite,
} from './people.ts'
import { run } from './run.ts'

const commands = [
  accountApprove,
  accountSuspend,
  accountResume,
  accountRole,
  accountRename,
  accountLog,
  invite,
]

/** A server with an owner (olga) and another account (bob), and a terminal beside it. */
async function scene(t: TestContext) {
  const { accounts, owner } = await accountsInMemory()
  const bob = await accounts.create({ login: 'bob' })
  const data = mkdtempSync(join(tmpdir(), 'essaim-people-'))
  t.after(() => rmSync(data, { recursive: true, force: true }))
  const core = { accounts, config: { publicUrl: 'https://home.example.org' } } as unknown as Core
  const acts = peopleActs(core, async (login) => {
    const account = await accounts.byLogin(login)
    if (!account) throw new OperatorError('account-absent', `There is no account ${login}.`)
    return account
  })
  const control = await serveControl(join(data, 'control.sock'), acts as Operator)
  t.after(() => control.close())
  const essaim = async (line: string) => {
    const written = { out: '', err: '' }
    const code = await run(commands, line.split(' '), {
      env: { ESSAIM_DATA: data },
      interactive: false,
      readInput: async () => '',
      out: (text) => void (written.out += text),
      err: (text) => void (written.err += text),
    })
    return { code, ...written }
  }
  const now = async () => {
    const found = await accounts.byId(bob.id)
    assert.ok(found)
    return found
  }
  return { accounts, owner: owner!, bob, essaim, now }
}

test('an account is suspended and let on, and the owner’s never', async (t) => {
  const { essaim, now } = await scene(t)
  assert.equal((await essaim('account suspend bob')).out, 'The account bob is suspended.\n')
  assert.equal((await now()).state, 'suspended')
  assert.equal((await essaim('account resume bob')).code, exit.done)
  assert.equal((await now()).state, 'active')
  assert.equal((await essaim('account suspend olga')).code, exit.failed)
  assert.equal((await essaim('account approve bob')).code, exit.failed, 'he does not wait')
  assert.match((await essaim('account suspend nobody')).err, /There is no account nobody/)
})

test('a role is given, of those there are, and not the owner’s', async (t) => {
  const { essaim, now } = await scene(t)
  assert.equal((await essaim('account role bob inviter')).out, 'bob is inviter now.\n')
  assert.equal((await now()).role, 'inviter')
  for (const role of ['owner', 'king']) {
    const { code, err } = await essaim(`account role bob ${role}`)
    assert.equal(code, exit.failed)
    assert.match(err, /there are: administrator, inviter, person/)
  }
  assert.equal((await now()).role, 'inviter')
  assert.equal((await essaim('account role bob')).code, exit.usage)
})

test('an account is renamed, and one that has a password for the pages is not', async (t) => {
  const { accounts, bob, essaim, now } = await scene(t)
  assert.equal((await essaim('account rename bob robert')).out, 'The account bob is robert now.\n')
  assert.equal((await now()).login, 'robert')
  const parameters = { algorithm: 'argon2id', memory: 65_536, passes: 3, lanes: 1, salt: 'AAAA' } as const
  await accounts.setPage(bob.id, { parameters, hash: 'x' })
  const { code } = await essaim('account rename robert bert')
  assert.equal(code, exit.failed)
  assert.equal((await now()).login, 'robert')
})

test('a log tells what was done and by whom, newest first', async (t) => {
  const { essaim } = await scene(t)
  await essaim('account suspend bob')
  await essaim('account resume bob')
  await essaim('account rename bob robert')
  const { out: json } = await essaim('account log robert --json')
  const entries = JSON.parse(json) as { act: string; actor: string | null }[]
  assert.deepEqual(
    entries.slice(0, 3).map(({ act, actor }) => [act, actor]),
    [
      ['renamed', null],
      ['resumed', null],
      ['suspended', null],
    ],
  )
  const { out } = await essaim('account log robert')
  assert.match(out, /^WHEN +WHAT +BY/)
  assert.match(out, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d +renamed +- .*"login":"robert"/m)
})

test('an invitation is made in the owner’s name, or in that of who may invite', async (t) => {
  const { accounts, owner, bob, essaim } = await scene(t)
  const made = await essaim('invite --role administrator --uses 3 --days 2 --label neighbours')
  assert.equal(made.code, exit.done, made.err)
  const text = /^https:\/\/home\.example\.org\/invitation#(\S+)\n$/.exec(made.out)?.[1]
  const found = await accounts.invitation(text ?? '')
  assert.equal(found?.inviter.id, owner.id)
  assert.deepEqual(
    [found.invitation.role, found.invitation.most, found.invitation.label],
    ['administrator', 3, 'neighbours'],
  )
  assert.equal((await essaim('invite --by bob')).code, exit.failed)
  await essaim('account role bob inviter')
  const his = await essaim('invite --by bob')
  assert.equal(his.code, exit.done, his.err)
  assert.equal((await accounts.invitations(bob.id)).length, 1)
  assert.equal((await essaim('invite --by bob --role administrator')).code, exit.failed)
  for (const wrong of ['--uses 0', '--days 91', '--uses many', `--label ${'x'.repeat(101)}`])
    assert.equal((await essaim(`invite ${wrong}`)).code, exit.usage, wrong)
})
