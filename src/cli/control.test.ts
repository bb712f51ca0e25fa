import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { controlClient, serveControl } from './control.ts'
import { type Operator, OperatorError } from './operator.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'essaim-control-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A server of these acts alone, and its socket. */
async function scene(t: TestContext, acts: Partial<Operator> = {}) {
  const path = join(folder(t), 'control.sock')
  const control = await serveControl(path, acts as Operator)
  t.after(() => control.close())
  return { path, control }
}

async function clientOf(path: string): Promise<Operator> {
  const client = await controlClient(path)
  assert.ok(client)
  return client
}

/** A request as no command sends it. */
const raw = (path: string, method: string, url: string, body: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ socketPath: path, method, path: url }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end(body)
  })

test('an act crosses the socket with what it was given and what it answers', async (t) => {
  const { path } = await scene(t, {
    accountAppPassword: async ({ login, door, label }) => ({ text: `${login} ${door} ${label}` }),
  })
  const client = await clientOf(path)
  const answer = await client.accountAppPassword({ login: 'alice', door: 'kinto', label: 'é "x"' })
  assert.deepEqual(answer, { text: 'alice kinto é "x"' })
})

test('a refusal comes with its code and words, another failure with its message', async (t) => {
  const { path } = await scene(t, {
    accountDelete: () => Promise.reject(new OperatorError('account-absent', 'There is no account bob.')),
    setupLink: () => Promise.reject(new Error('the disk is full')),
  })
  const client = await clientOf(path)
  await assert.rejects(client.accountDelete({ login: 'bob' }), {
    name: 'Error',
    code: 'account-absent',
    message: 'There is no account bob.',
  })
  await assert.rejects(client.setupLink(), { code: 'failed', message: 'the disk is full' })
})

test('only the user that runs the server can open the socket', async (t) => {
  const { path } = await scene(t)
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('what is no act, no JSON or too large is refused', async (t) => {
  const { path } = await scene(t, { setupLink: async () => ({}) })
  assert.equal(await raw(path, 'GET', '/setupLink', ''), 400)
  assert.equal(await raw(path, 'POST', '/constructor', '{}'), 400)
  assert.equal(await raw(path, 'POST', '/setupLink', '{'), 500)
  assert.equal(await raw(path, 'POST', '/setupLink', '{}'), 200)
  assert.equal(await raw(path, 'POST', '/setupLink', JSON.stringify('x'.repeat(70_000))), 400)
})

test('where no server is, there is no client: no folder, no socket, one that a killed server left', async (t) => {
  const path = folder(t)
  assert.equal(await controlClient(join(path, 'nowhere', 'control.sock')), undefined)
  assert.equal(await controlClient(join(path, 'control.sock')), undefined)
  writeFileSync(join(path, 'control.sock'), '')
  assert.equal(await controlClient(join(path, 'control.sock')), undefined)
})

test('a server takes the place of one that was killed, and leaves nobody behind when it closes', async (t) => {
  const path = join(folder(t), 'control.sock')
  writeFileSync(path, '')
  const control = await serveControl(path, {
    setupLink: async () => ({ link: 'x' }),
  } as Partial<Operator> as Operator)
  assert.deepEqual(await (await clientOf(path)).setupLink(), { link: 'x' })
  await control.close()
  assert.equal(await controlClient(path), undefined)
})

test('a path that no socket can have is told as such', async (t) => {
  const deep = join(folder(t), 'x'.repeat(120))
  mkdirSync(deep)
  await assert.rejects(serveControl(join(deep, 'control.sock'), {} as Operator), /too long for a socket/)
  assert.equal(await controlClient(join(deep, 'control.sock')), undefined)
})
