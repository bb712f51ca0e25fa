/** The server as a process, and the command line, as an operator meets them. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { essaim, type Place, placeOf } from './support/command.ts'
import { basic, makeOwner, makePerson, type Person, withAppPassword } from './support/people.ts'
import { freePort, startServer, type TestServer } from './support/server.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'essaim-process-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function call(server: { url: string }, person: Person, method: string, path: string, data?: object) {
  const answer = await fetch(`${server.url}/v1${path}`, {
    method,
    headers: { Authorization: person.authorization, 'Content-Type': 'application/json' },
    ...(data ? { body: JSON.stringify({ data }) } : {}),
  })
  return {
    status: answer.status,
    etag: answer.headers.get('etag'),
    body: (await answer.json()) as { data: never },
  }
}

const notes = '/buckets/default/collections/notes/records'

test('a second server on the same data refuses to start, and the first goes on', async (t) => {
  const server = await startServer(t)
  const { env } = placeOf(server)
  const second = await essaim(['serve'], {
    cwd: folder(t),
    env: { ...env, ESSAIM_LISTEN: `127.0.0.1:${await freePort()}` },
  })
  assert.equal(second.code, 1)
  assert.match(second.stderr, /another process uses this data/i)
  assert.doesNotMatch(second.stderr, /\n\s+at /, 'a sentence, not a stack')
  assert.equal((await fetch(`${server.url}/__heartbeat__`)).status, 200)
})

test('a server whose address is taken refuses to start', async (t) => {
  const server = await startServer(t)
  const second = await essaim(['serve'], {
    cwd: folder(t),
    env: { ESSAIM_LISTEN: new URL(server.url).host, ESSAIM_DATA: 'data' },
  })
  assert.equal(second.code, 1)
  assert.match(second.stderr, /EADDRINUSE|in use/)
})

test('asked to end while idle, it ends with code 0 and leaves its port at once', async (t) => {
  const server = await startServer(t)
  const owner = await makeOwner(server)
  for (let i = 0; i < 3; i++) {
    await call(server, owner, 'GET', '/') // leaves a connection open
    assert.equal(await server.stop(), 0)
    await server.restart()
  }
  assert.ok(!/"level":[56]0/.test(server.output()), server.output())
})

test('asked to end with a request in hand, it answers that first', async (t) => {
  const server = await startServer(t)
  const owner = await withAppPassword(server, await makeOwner(server))
  const body = JSON.stringify({ data: { title: 'just in time' } })
  const outgoing = request(`${server.url}/v1${notes}/late`, {
    method: 'PUT',
    headers: {
      Authorization: owner.authorization,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    },
  })
  outgoing.write(body.slice(0, 10))
  await call(server, owner, 'GET', '/') // whatever was sent before this has arrived
  const ended = server.stop()
  // It no longer accepts: then the rest may come.
  while (
    await fetch(`${server.url}/__lbheartbeat__`, { headers: { Connection: 'close' } }).then(
      () => true,
      () => false,
    )
  );
  outgoing.end(body.slice(10))
  const [answer] = await once(outgoing, 'response')
  answer.resume()
  assert.equal(answer.statusCode, 201)
  assert.equal(await ended, 0)
  await server.restart()
  assert.equal((await call(server, owner, 'GET', `${notes}/late`)).status, 200)
})

test('a second signal ends it at once', async (t) => {
  const server = await startServer(t)
  const owner = await withAppPassword(server, await makeOwner(server))
  const hanging = request(`${server.url}/v1${notes}/never`, {
    method: 'PUT',
    headers: {
      Authorization: owner.authorization,
      'Content-Length': 100,
      'Content-Type': 'application/json',
    },
  })
  hanging.on('error', () => {})
  hanging.write('{')
  await call(server, owner, 'GET', '/')
  const pid = server.pid()!
  const ended = server.stop()
  while (
    await fetch(`${server.url}/__lbheartbeat__`, { headers: { Connection: 'close' } }).then(
      () => true,
      () => false,
    )
  );
  process.kill(pid, 'SIGTERM')
  assert.equal(await ended, 1)
})

test('a backup of a running server, restored into a new folder, is the same data in a later epoch', async (t) => {
  const server = await startServer(t)
  const alice = await makeOwner(server)
  const bob = await makePerson(server, 'bob')
  await call(server, alice, 'PUT', '/buckets/club')
  await call(server, alice, 'PATCH', '/buckets/club', { motto: 'both' })
  await call(server, alice, 'PUT', '/buckets/club/collections/trips')
  await call(server, alice, 'PUT', '/buckets/club/collections/trips/records/lake', {
    to: 'the lake',
    umlaut: 'Ä🦆',
  })
  await call(server, bob, 'PUT', `${notes}/mine`, { title: 'mine' })
  await call(server, bob, 'DELETE', `${notes}/mine`)
  await call(server, bob, 'PUT', `${notes}/second`, { title: 'second' })

  const seen = async (at: { url: string }) => ({
    bucket: await call(at, alice, 'GET', '/buckets/club'),
    trips: await call(at, alice, 'GET', '/buckets/club/collections/trips/records'),
    his: await call(at, bob, 'GET', `${notes}?_since=0`),
    hidden: (await call(at, bob, 'GET', '/buckets/club')).status,
  })
  const before = await seen(server)

  const file = join(folder(t), 'backup.sqlite')
  const refused = await essaim(['backup', file], placeOf(server))
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /--plain/)
  assert.ok(!existsSync(file))
  const made = await essaim(['backup', '--plain', file], placeOf(server))
  assert.equal(made.code, 0, made.stderr)
  assert.match(made.stdout, /not encrypted/)
  assert.equal(statSync(file).mode & 0o077, 0, 'nobody else may read it')
  const again = await essaim(['backup', '--plain', file], placeOf(server))
  assert.equal(again.code, 1, 'it overwrites nothing')

  const fresh = await startServer(t)
  const beside = await essaim(['restore', file], placeOf(fresh))
  assert.equal(beside.code, 1, 'not beside a running server')
  await fresh.stop()
  rmSync(fresh.data, { recursive: true })
  const restored = await essaim(['restore', file], placeOf(fresh))
  assert.equal(restored.code, 0, restored.stderr)
  const twice = await essaim(['restore', file], placeOf(fresh))
  assert.equal(twice.code, 1, 'not over other data')
  await fresh.restart()
  const after = await seen(fresh)
  assert.deepEqual(after.bucket.body, before.bucket.body)
  assert.deepEqual(after.trips.body, before.trips.body)
  assert.deepEqual(after.his.body, before.his.body)
  assert.equal(after.hidden, before.hidden)
  const time = (etag: string | null) => Number(etag?.slice(1, -1))
  assert.ok(time(after.his.etag) > time(before.his.etag), 'whoever had seen more is told to look again')
  assert.equal((await call(fresh, bob, 'PUT', `${notes}/third`, { title: 'third' })).status, 201)
})

test('the commands answer as a new user would type them', async (t) => {
  const server = await startServer(t)
  const at: Place = placeOf(server)
  const run = (line: string, input = '') => essaim(line.split(' ').filter(Boolean), at, input)

  await t.test('help: of all, of each, and for whoever mistypes', async () => {
    const all = await run('--help')
    assert.equal(all.code, 0)
    const names = [...all.stdout.matchAll(/^ {2}essaim ([a-z -]+?) {2,}/gm)].map(([, name]) => name!)
    for (const name of [
      'serve',
      'account create',
      'account list',
      'account password',
      'account app-password',
    ])
      assert.ok(names.includes(name), `${name} in ${names.join()}`)
    for (const name of ['setup-link', 'backup', 'restore', 'version']) assert.ok(names.includes(name), name)
    const helps = await Promise.all(names.map((name) => run(`${name} --help`)))
    for (const [i, { code, stdout, stderr }] of helps.entries()) {
      assert.equal(code, 0, stderr)
      assert.ok(stdout.startsWith(`essaim ${names[i]}`), stdout)
    }
    const nothing = await run('')
    assert.equal(nothing.code, 2)
    const mistyped = await run('acount create bob')
    assert.equal(mistyped.code, 2)
    assert.match(mistyped.stderr, /Usage: essaim/)
  })

  await t.test('version', async () => {
    const { code, stdout } = await run('version')
    assert.equal(code, 0)
    assert.match(stdout, /^essaim \d+\.\d+\.\d+ /)
  })

  await t.test(
    'accounts: made, listed, given new passwords, each from standard input or a file',
    async () => {
      await makeOwner(server)
      const file = join(folder(t), 'password.txt')
      writeFileSync(file, 'nine lanterns in the rain\n')
      assert.equal((await run(`account create bob --password-file ${file}`)).code, 0)
      const list = await run('account list')
      assert.match(list.stdout, /^LOGIN +ROLE/)
      assert.match(list.stdout, /^alice +owner +active/m)
      assert.match(list.stdout, /^bob +person +active/m)
      const json = JSON.parse((await run('account list --json')).stdout) as { login: string }[]
      assert.deepEqual(
        json.map(({ login }) => login),
        ['alice', 'bob'],
      )

      const can = async (login: string, password: string) =>
        (await fetch(`${server.url}/v1/`, { headers: { Authorization: basic(login, password) } })).status
      assert.equal(await can('bob', 'nine lanterns in the rain'), 200)
      assert.equal((await run('account password bob', 'ten lanterns in the rain\n')).code, 0)
      assert.equal(await can('bob', 'nine lanterns in the rain'), 401, 'the old one ended at once')
      assert.equal(await can('bob', 'ten lanterns in the rain'), 200)
      const app = await run('account app-password bob --door kinto --label telephone')
      assert.equal(app.code, 0, app.stderr)
      assert.equal(await can('bob', app.stdout.trim()), 200)
    },
  )

  await t.test('mistakes: a sentence on standard error, and a code that says what kind', async () => {
    const mistakes = [
      ['account create', '', 2, /missing/],
      ['account create bob extra', 'x', 2, /too much/],
      ['account create --frobnicate bob', 'x', 2, /frobnicate/],
      ['account create bob', 'eleven lanterns in the rain', 1, /login/i],
      ['account create carol', '', 1, /no password/],
      ['account create carol', 'password', 1, /password/],
      ['account create admin', 'eleven lanterns in the rain', 1, /reserved/],
      ['account create Carol!', 'eleven lanterns in the rain', 1, /login/],
      ['account create carol --password-file /nowhere/at/all', '', 1, /nowhere/],
      ['account password nobody', 'eleven lanterns in the rain', 1, /no account nobody/],
      ['account app-password bob --door kinto', '', 2, /label/],
      ['account app-password bob --door window --label x', '', 1, /no door window/],
      ['restore', '', 2, /missing/],
      ['restore /nowhere/at/all', '', 1, /./],
      ['serve now', '', 2, /too much/],
    ] as const
    const outcomes = await Promise.all(mistakes.map(([line, input]) => run(line, input)))
    for (const [i, [line, , code, words]] of mistakes.entries()) {
      const ran = outcomes[i]!
      assert.equal(ran.code, code, `${line}: ${ran.stderr}`)
      assert.match(ran.stderr, words, line)
      assert.doesNotMatch(ran.stderr, /\n\s+at .*:\d+/, `${line}: a stack is no sentence`)
      assert.equal(ran.stdout, '', line)
    }
  })

  await t.test('without a running server the commands open the data themselves', async () => {
    await server.stop()
    assert.match((await run('account list')).stdout, /^bob /m)
    assert.equal((await run('account create dora', 'twelve lanterns in the rain')).code, 0)
    await server.restart()
    assert.match((await run('account list')).stdout, /^dora /m)
  })
})

test('what is wrong with the options is said before anything is made', async (t) => {
  for (const [env, words] of [
    [{ ESSAIM_UNSAFE_TEST: '1', ESSAIM_LISTEN: '0.0.0.0:1' }, /ESSAIM_UNSAFE_TEST/],
    [{ ESSAIM_UNSAFE_TEST: '1', ESSAIM_METRICS_LISTEN: '0.0.0.0:1' }, /ESSAIM_UNSAFE_TEST/],
    [{ ESSAIM_LISSEN: '127.0.0.1:1' }, /ESSAIM_LISSEN/],
    [{ ESSAIM_QUOTA: 'plenty' }, /ESSAIM_QUOTA/],
    [{ ESSAIM_KINTO_COMPAT: '1', KINTO_INCLUDES: 'kinto.plugins.flush' }, /ESSAIM_UNSAFE_TEST=1/],
  ] as const) {
    const cwd = folder(t)
    const ran = await essaim(['serve'], {
      cwd,
      env: { ESSAIM_LISTEN: `127.0.0.1:${await freePort()}`, ...env },
    })
    assert.equal(ran.code, 78, `${JSON.stringify(env)}: ${ran.stderr}`)
    assert.match(ran.stderr, words)
    assert.deepEqual(readdirSync(cwd), [])
  }
})

test('the files of the data folder are for the server’s user alone', async (t) => {
  const server = await startServer(t)
  await makeOwner(server)
  for (const name of readdirSync(server.data)) {
    const { mode } = statSync(join(server.data, name))
    assert.equal(mode & 0o077 && name, 0, name)
  }
  assert.equal(statSync(server.data).mode & 0o077, 0)
})

test('a full disk: writes are refused, what was acknowledged stays, and with room again it goes on', async (t) => {
  const disk = mkdtempSync(join(tmpdir(), 'essaim-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk], { stdio: 'pipe' })
  } catch {
    rmSync(disk, { recursive: true })
    return t.skip('needs the right to mount a small disk (root), and mount: apt-get install mount')
  }
  const data = join(disk, 'data')
  const server = await startServer(t, { ESSAIM_DATA: data })
  try {
    await fillAndEmpty({ ...server, data }, join(disk, 'ballast'))
  } finally {
    await server.kill()
    execFileSync('umount', [disk])
    rmSync(disk, { recursive: true })
  }
})

async function fillAndEmpty(server: TestServer, ballast: string): Promise<void> {
  const owner = await withAppPassword(server, await makeOwner(server))
  const text = 'x'.repeat(60_000)
  const put = async (id: string) => (await call(server, owner, 'PUT', `${notes}/${id}`, { text })).status
  const have = async () => {
    const { status, body } = await call(server, owner, 'GET', `${notes}?_fields=id`)
    assert.equal(status, 200, 'reading goes on')
    return (body.data as { id: string }[]).map(({ id }) => id).toSorted()
  }

  const stored: string[] = []
  for (let i = 0; i < 10; i++) {
    assert.equal(await put(`n${i}`), 201)
    stored.push(`n${i}`)
  }
  fillDisk(ballast)
  const refused: number[] = []
  for (let i = 10; refused.length < 5 && i < 200; i++) {
    const status = await put(`n${i}`)
    if (status === 201) stored.push(`n${i}`)
    else refused.push(status)
  }
  assert.equal(refused.length, 5, 'the disk is full')
  for (const status of refused) assert.ok(status === 503 || status === 507, String(status))
  assert.deepEqual(await have(), stored.toSorted())
  rmSync(ballast)
  assert.equal(await put('after'), 201, 'it recovers by itself')
  stored.push('after')
  assert.deepEqual(await have(), stored.toSorted())
  await server.kill()
  await server.restart()
  assert.deepEqual(await have(), stored.toSorted())
}

/** Takes what room is left. */
function fillDisk(file: string): void {
  const piece = Buffer.alloc(65_536)
  for (;;)
    try {
      appendFileSync(file, piece)
    } catch {
      return
    }
}
