/** Whoever gets hold of the database, a backup or the log holds no password, token or code. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { essaim, placeOf } from './support/command.ts'
import { basic, makeOwner, makePerson, withAppPassword } from './support/people.ts'
import { startServer } from './support/server.ts'

test('no secret that was given out or typed in is in the database, a backup or the log', async (t) => {
  const server = await startServer(t, { ESSAIM_LOG_LEVEL: 'trace' })
  const link = await server.firstRun()
  const unused = (await essaim(['setup-link'], placeOf(server))).stdout.trim()
  const owner = await makeOwner(server)
  const bob = await makePerson(server, 'bob')
  const apps = [
    await withAppPassword(server, owner, 'her telephone'),
    await withAppPassword(server, bob, 'his script'),
  ]
  const renewed = 'thirteen owls at the harbour'
  const changed = await essaim(['account', 'password', 'bob'], placeOf(server), renewed)
  assert.equal(changed.code, 0, changed.stderr)
  const wrong = 'a password that was never right'
  const inBody = 'fourteen owls at the harbour'

  const ask = async (authorization: string, method: string, path: string, data?: object) => {
    const answer = await fetch(`${server.url}/v1${path}`, {
      method,
      headers: { Authorization: authorization, 'Content-Type': 'application/json' },
      ...(data ? { body: JSON.stringify({ data }) } : {}),
    })
    await answer.arrayBuffer()
    return answer.status
  }
  const notes = '/buckets/default/collections/notes/records'
  for (const { authorization } of [owner, ...apps, { authorization: basic('bob', renewed) }])
    assert.equal(await ask(authorization, 'POST', notes, { title: 'a note that is stored as it is' }), 201)
  assert.equal(await ask(basic('bob', wrong), 'GET', notes), 401)
  assert.equal(await ask(basic('nobody', wrong), 'GET', notes), 401)
  assert.equal(await ask(`Bearer ${wrong.replaceAll(' ', '-')}`, 'GET', notes), 401)
  assert.equal(await ask(basic('bob', renewed), 'PATCH', '/accounts/bob', { password: inBody }), 200)
  assert.equal(await ask(basic('bob', inBody), 'GET', notes), 200)

  const backup = join(server.data, '..', 'backup.sqlite')
  const made = await essaim(['backup', '--plain', backup], placeOf(server))
  assert.equal(made.code, 0, made.stderr)
  const log = server.output()

  const secrets = {
    'the token of the first run': new URL(link).hash.slice(1),
    'a setup token that was not used': new URL(unused).hash.slice(1),
    'the owner’s password': owner.password,
    'a password that was replaced': bob.password,
    'a password set by the operator': renewed,
    'a password set through the door': inBody,
    'a wrong password': wrong,
    'an app password': apps[0]!.password,
    'another app password': apps[1]!.password,
  }
  const files = [...filesBelow(server.data).filter((file) => !file.endsWith('/secret')), backup]
  const database = files.filter((file) => /essaim\.db|backup/.test(file))
  assert.ok(database.length >= 3, files.join())
  const texts = new Map([
    ...files.map((file) => [file, readFileSync(file)] as const),
    ['the log', Buffer.from(log)],
  ])
  assert.ok(
    [...texts.values()].some((bytes) => bytes.includes('a note that is stored as it is')),
    'it looks in the right place',
  )

  const key = readFileSync(join(server.data, 'secret'), 'utf8').trim()
  for (const [name, secret] of Object.entries({
    ...secrets,
    'the secret key': key.split(/[\s:]+/).at(-1)!,
  })) {
    const forms = [
      secret,
      encodeURIComponent(secret),
      base64(secret),
      base64(`alice:${secret}`),
      base64(`bob:${secret}`),
    ]
    for (const [where, bytes] of texts) {
      // The line of the first run is for whoever starts the server, and on standard output alone.
      const looked =
        where === 'the log' && name === 'the token of the first run'
          ? Buffer.from(log.replaceAll(/^First run: .*$/gm, ''))
          : bytes
      for (const form of forms) assert.ok(!looked.includes(form), `${name} is in ${where}`)
    }
  }
})

/** Without the last characters, which depend on what follows. */
const base64 = (text: string) =>
  Buffer.from(text)
    .toString('base64')
    .replace(/.{0,2}=*$/, '')

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    const found = statSync(path)
    if (found.isDirectory()) return filesBelow(path)
    return found.isFile() ? [path] : []
  })
}
