/** The secret key is rotated under load, and the server is killed in the middle: nothing becomes unreadable. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { parseKeyFile, seal, sealGeneration, unsealText } from '../src/lib/sealed.ts'
import { mailContext } from '../src/core/accounts/index.ts'
import { providerContext } from '../src/identity/sealed-columns.ts'
import { essaim, type Place, placeOf } from './support/command.ts'
import { makeOwner, makePerson, withAppPassword } from './support/people.ts'
import { startServer, type TestServer } from './support/server.ts'

const mails = 3_000
const providers = 20

const keysOf = (server: TestServer) => parseKeyFile(readFileSync(join(server.data, 'secret'), 'utf8'))

/** Sealed values in the database of a server that does not run, as the current key seals them. */
function plant(server: TestServer): void {
  const keys = keysOf(server)
  const database = new DatabaseSync(join(server.data, 'essaim.db'))
  database.exec('BEGIN')
  const mail = database.prepare(
    'INSERT INTO outgoing_mail (mail_id, account_id, due, attempts, created, sealed) VALUES (?, NULL, ?, 0, 1, ?)',
  )
  // Due in a time that no test sees, so that nobody sends them.
  for (let i = 0; i < mails; i++)
    mail.run(`mail${i}`, Number.MAX_SAFE_INTEGER, seal(keys, mailContext(`mail${i}`), `to number ${i}`))
  const setting = database.prepare(
    'INSERT INTO setting (name, value, modified, by_account) VALUES (?, ?, 1, NULL)',
  )
  for (let i = 0; i < providers; i++) {
    const secret = seal(keys, providerContext(`provider:p${i}`), `secret ${i}`)
    setting.run(`provider:p${i}`, JSON.stringify({ name: `P ${i}`, secret }))
  }
  database.exec('COMMIT')
  database.close()
}

/** Opens every planted value; how many are under each generation. */
function readAll(server: TestServer): Map<number, number> {
  const keys = keysOf(server)
  const database = new DatabaseSync(join(server.data, 'essaim.db'), { readOnly: true })
  const found = new Map<number, number>()
  const open = (context: string, sealed: string, expected: string) => {
    assert.equal(unsealText(keys, context, sealed), expected)
    const generation = sealGeneration(sealed)
    found.set(generation, (found.get(generation) ?? 0) + 1)
  }
  for (let i = 0; i < mails; i++) {
    const row = database.prepare('SELECT sealed FROM outgoing_mail WHERE mail_id = ?').get(`mail${i}`)
    open(mailContext(`mail${i}`), String(row?.['sealed']), `to number ${i}`)
  }
  for (let i = 0; i < providers; i++) {
    const row = database.prepare('SELECT value FROM setting WHERE name = ?').get(`provider:p${i}`)
    const { secret } = JSON.parse(String(row?.['value'])) as { secret: string }
    open(providerContext(`provider:p${i}`), secret, `secret ${i}`)
  }
  database.close()
  return found
}

interface Status {
  generations: number[]
  current: number
  waiting: number
  broken: number
}

async function statusOf(at: Place): Promise<Status> {
  const { code, stdout, stderr } = await essaim(['secret', 'status', '--json'], at)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as Status
}

async function settled(at: Place): Promise<Status> {
  for (;;) {
    const status = await statusOf(at)
    if (status.waiting === 0) return status
  }
}

test('rotated under load and killed in the middle, the server seals everything anew and loses nothing', async (t) => {
  const server = await startServer(t)
  const at = placeOf(server)
  const alice = await withAppPassword(server, await makeOwner(server))
  await server.stop()
  plant(server)
  await server.restart()

  const notes = `${server.url}/v1/buckets/default/collections/notes/records`
  const headers = { Authorization: alice.authorization, 'Content-Type': 'application/json' }
  const write = async (n: number) => {
    const answer = await fetch(notes, { method: 'POST', headers, body: JSON.stringify({ data: { n } }) })
    await answer.arrayBuffer()
    return answer.status
  }
  for (let n = 0; n < 4; n++) assert.equal(await write(n), 201)
  const bucketOf = async () => {
    const answer = await fetch(`${server.url}/v1/buckets/default`, { headers })
    return ((await answer.json()) as { data: { id: string } }).data.id
  }
  const bucket = await bucketOf()
  const page = await fetch(`${notes}?_limit=2`, { headers })
  await page.arrayBuffer()
  const next = page.headers.get('next-page')!.replace(/^https?:\/\/[^/]+/, server.url)

  await t.test('requests are answered while two operators rotate at one time', async () => {
    let busy = true
    let answered = 0
    const load = Array.from({ length: 4 }, async () => {
      while (busy) {
        assert.equal(await write(answered), 201)
        answered++
      }
    })
    const rotated = await Promise.all([essaim(['secret', 'rotate'], at), essaim(['secret', 'rotate'], at)])
    for (const { code, stderr } of rotated) assert.equal(code, 0, stderr)
    busy = false
    await Promise.all(load)
    assert.ok(answered > 0)
    const { generations, current, broken } = await statusOf(at)
    assert.deepEqual({ generations, current, broken }, { generations: [1, 2, 3], current: 3, broken: 0 })
  })

  await t.test('what was given out before is still good', async () => {
    assert.equal(await bucketOf(), bucket)
    const second = await fetch(next, { headers })
    assert.equal(second.status, 200)
    assert.ok(((await second.json()) as { data: unknown[] }).data.length > 0)
  })

  await t.test('killed while it seals anew, it goes on with that when it starts again', async () => {
    await settled(at)
    const { code, stderr } = await essaim(['secret', 'rotate'], at)
    assert.equal(code, 0, stderr)
    await server.kill()
    const found = readAll(server)
    t.diagnostic(`when it was killed: ${JSON.stringify([...found])}`)
    await server.restart()
    assert.equal((await settled(at)).current, 4)
    assert.equal(await bucketOf(), bucket)
    assert.equal(await server.stop(), 0)
    assert.deepEqual([...readAll(server)], [[4, mails + providers]])
    await server.restart()
  })

  await t.test('killed around the moment of a rotation, it has the old keys, and those it said', async () => {
    for (let round = 0; round < 3; round++) {
      const before = keysOf(server).generations
      const rotating = essaim(['secret', 'rotate'], at)
      if (round > 0) await write(round)
      await server.kill()
      const { code } = await rotating
      const after = keysOf(server).generations
      assert.deepEqual(after.slice(0, before.length), before)
      // Whether the command met the server, its end, or no server: what it said is in the file.
      if (code === 0) assert.equal(after.length, before.length + 1)
      readAll(server)
      await server.restart()
    }
  })

  await t.test('without a server the command does all of it before it ends', async () => {
    await server.stop()
    const { code, stdout, stderr } = await essaim(['secret', 'rotate'], at)
    assert.equal(code, 0, stderr)
    const { current } = keysOf(server)
    assert.match(stdout, new RegExp(`under key ${current} `))
    assert.deepEqual([...readAll(server)], [[current, mails + providers]])
    assert.equal(statSync(join(server.data, 'secret')).mode & 0o777, 0o600)
    assert.ok(!existsSync(join(server.data, 'secret.new')))
  })

  await t.test('the name of a former account stays taken, under whatever key that was noted', async () => {
    await server.restart()
    await makePerson(server, 'bob')
    assert.equal((await essaim(['account', 'delete', 'bob', '--yes'], at)).code, 0)
    assert.equal((await essaim(['secret', 'rotate'], at)).code, 0)
    await server.restart()
    const again = await essaim(['account', 'create', 'bob', '--no-password'], at)
    assert.equal(again.code, 1, again.stdout)
  })
})
