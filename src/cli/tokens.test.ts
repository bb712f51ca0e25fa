import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { accountsInMemory } from '../core/accounts/accounts-in-memory.ts'
import { createApps } from '../core/apps/index.ts'
import { registry } from '../core/apps/scenes.ts'
import { createPermissions } from '../core/permissions/index.ts'
import { sha256Hex } from '../lib/hash.ts'
import { exit } from './command.ts'
import { serveControl } from './control.ts'
import { type Operator, OperatorError } from './operator.ts'
import { run } from './run.ts'
import { tokenActs } from './token-acts.ts'
import { tokenCreate, tokenList, tokenRevoke } from './tokens.ts'

/** A server with an account (bob), and a terminal beside it. */
async function scene(t: TestContext) {
  const { accounts, store, clock } = await accountsInMemory()
  const bob = await accounts.create({ login: 'bob' })
  const { explain } = createPermissions({ store, clock })
  const apps = createApps({
    store: store as never,
    clock,
    registry,
    onError: assert.fail,
    explain,
    spaceName: async () => undefined,
  })
  const data = mkdtempSync(join(tmpdir(), 'essaim-tokens-'))
  t.after(() => rmSync(data, { recursive: true, force: true }))
  const acts = tokenActs({ accounts, apps }, async (login) => {
    const account = await accounts.byLogin(login)
    if (!account) throw new OperatorError('account-absent', `There is no account ${login}.`)
    return account
  })
  const control = await serveControl(join(data, 'control.sock'), acts as Operator)
  t.after(() => control.close())
  const essaim = async (line: string) => {
    const written = { out: '', err: '' }
    const code = await run([tokenCreate, tokenList, tokenRevoke], line.split(' '), {
      env: { ESSAIM_DATA: data },
      interactive: false,
      readInput: async () => '',
      out: (text) => void (written.out += text),
      err: (text) => void (written.err += text),
    })
    return { code, ...written }
  }
  return { accounts, apps, bob, essaim }
}

test('a token is printed once, listed without its text, and ended', async (t) => {
  const { apps, essaim } = await scene(t)
  const { out } = await essaim('token create bob --name Backup --scope boxes:r --scope notes:rw --days 3')
  const holder = await apps.holder(sha256Hex(out.trim()))
  assert.ok(holder.kind === 'known')
  const listed = await essaim('token list bob')
  assert.match(listed.out, /^ID +NAME +SCOPES/)
  assert.match(listed.out, new RegExp(`^${holder.grant.id} +Backup +boxes:r notes:rw +\\d{4}-`, 'm'))
  assert.ok(!listed.out.includes(out.trim()))
  const [line] = JSON.parse((await essaim('token list bob --json')).out) as { id: string; scopes: string[] }[]
  assert.deepEqual(line?.scopes, ['boxes:r', 'notes:rw'])
  assert.equal((await essaim(`token revoke bob ${line?.id}`)).out, 'The token is revoked.\n')
  assert.equal((await apps.holder(sha256Hex(out.trim()))).kind, 'unknown')
  assert.equal((await essaim(`token revoke bob ${line?.id}`)).code, exit.failed)
})

test('what is missing or wrong is said, and nothing is made', async (t) => {
  const { accounts, bob, essaim } = await scene(t)
  for (const line of [
    'token create bob --name x',
    'token create bob --scope boxes:r',
    'token create',
    'token create bob --name x --scope boxes:r --days soon',
  ])
    assert.equal((await essaim(line)).code, exit.usage, line)
  const { code, err } = await essaim('token create bob --name x --scope boxes:fly')
  assert.equal(code, exit.failed)
  assert.match(err, /no such scope/)
  assert.match((await essaim('token create nobody --name x --scope boxes:r')).err, /no account nobody/)
  assert.deepEqual(await accounts.grants(bob.id), [])
})

test('an app or a device is not ended as a token', async (t) => {
  const { accounts, bob, essaim } = await scene(t)
  const scopes = [{ home: 0, path: 'boxes', bits: 1 }]
  const { grant } = await accounts.createAppPassword(bob.id, { door: 'boxes', label: 'Phone', scopes })
  assert.equal((await essaim(`token revoke bob ${grant.id}`)).code, exit.failed)
  assert.deepEqual(
    (await accounts.grants(bob.id)).map(({ id }) => id),
    [grant.id],
  )
})
