import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { accountsOn, storeKinds } from '../../test/support/accounts-on.ts'
import { setName } from '../core/accounts/index.ts'
import { type Change, commitStep } from '../core/records/index.ts'
import { newHomeId } from '../lib/ids.ts'
import { archive } from './archive.ts'

const publicUrl = 'https://essaim.example'
const from = { address: '192.0.2.0/24', agent: 'Firefox' }

interface Line {
  kind: string
  home: number
  path: string
  id: string
  [member: string]: unknown
}

async function linesOf(source: AsyncIterable<string>): Promise<Line[]> {
  const lines: Line[] = []
  for await (const text of source) {
    assert.ok(text.endsWith('\n') && text.indexOf('\n') === text.length - 1)
    assert.ok(text.length <= 1_048_576 + 1024, 'a line is at most one MiB, where a record is')
    lines.push(JSON.parse(text) as Line)
  }
  return lines
}

async function* parts(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

for (const kind of storeKinds)
  describe(`an archive from ${kind}`, () => {
    test('holds everything of one person, and nothing that opens a door', async (t) => {
      const on = await accountsOn(t, kind)
      const { store, blobs, accounts, clock } = on
      const [ann, bob] = [await on.person('ann'), await on.person('bob')]
      const space = newHomeId()
      const large = randomBytes(1_300_000)
      const blob = await blobs.put(ann.home, parts(large), { maxBytes: large.length })
      const unused = await blobs.put(ann.home, parts(randomBytes(1000)), { maxBytes: 1000 })
      const owner = `account:${ann.id}`
      const doc = { kind: 'put', home: ann.home, path: 'rs/docs', type: 'text/plain' } as const
      const changes: Change[] = [
        { kind: 'create-home', home: space, input: { kind: 'space', owner, payer: ann.home } },
        { kind: 'put', home: space, path: 'posts', id: 'in a space', data: '{"a":1}', owner },
        { kind: 'put', home: ann.home, path: 'contacts/b', id: 'x', data: '{"b":2}' },
        { ...doc, id: 'small', body: Buffer.from('a small one') },
        { ...doc, id: 'large', blob },
        { ...doc, id: 'the same', blob },
        { kind: 'put', home: bob.home, path: 'contacts/b', id: 'of Bob', data: '{"secret":"of Bob"}' },
      ]
      for (let i = 0; i < 250; i++)
        changes.push({ kind: 'put', home: ann.home, path: 'contacts/many', id: `${i}`, data: `{"i":${i}}` })
      for (const path of ['', 'contacts/b'])
        changes.push({
          kind: 'access',
          home: ann.home,
          path,
          principal: 'everyone',
          source: 'given',
          bits: 1,
        })
      await commitStep(store, { changes })
      await setName(store, ann, 'Ann')
      const { text, grant } = await accounts.createAppPassword(
        ann.id,
        { door: 'kinto', label: 'Phone', scopes: [{ home: ann.home, path: 'kinto', bits: 4 }] },
        from,
      )
      const wanted = { account: (await accounts.byId(ann.id))!, method: 'password', fresh: true } as const
      const { token, session } = await accounts.beginSession({ ...wanted, ...from })

      const lines = await linesOf(archive({ ...on, publicUrl }, (await accounts.byId(ann.id))!))
      const [head, ...rest] = lines
      assert.deepEqual(head, {
        essaim: 'export',
        version: 1,
        made: clock.now(),
        server: publicUrl,
        // No app has asked who she is.
        account: { id: ann.id, login: 'ann', created: ann.created, pairwise: null },
      })
      assert.deepEqual(rest.at(-1), { kind: 'end', lines: lines.length - 1 })
      const of = (wantedKind: string) => rest.filter((line) => line.kind === wantedKind)
      assert.deepEqual(
        of('home').map(({ home }) => home),
        [ann.home, space],
      )
      const ids = of('record').map(({ home, path, id }) => `${home} ${path} ${id}`)
      assert.equal(new Set(ids).size, ids.length)
      const many = of('record').filter(({ path }) => path === 'contacts/many')
      assert.deepEqual(many.length, 250)
      const record = (id: string) => of('record').find((line) => line.id === id)
      assert.deepEqual(record('x')?.['data'], { b: 2 })
      assert.deepEqual(record('in a space')?.home, space)
      assert.deepEqual(record('profile')?.['data'], { name: 'Ann', avatar: null })
      assert.equal(Buffer.from(String(record('small')?.['body']), 'base64').toString(), 'a small one')
      assert.deepEqual([record('large')?.['blob'], record('the same')?.['blob']], [blob.hash, blob.hash])
      const bodies = of('blob').map((line) => Buffer.from(String(line['body']), 'base64'))
      assert.ok(bodies.length > 1)
      assert.equal(createHash('sha256').update(Buffer.concat(bodies)).digest('hex'), blob.hash)
      assert.deepEqual(
        of('access').map(({ path, principal }) => [path, principal]),
        [
          ['', 'everyone'],
          ['contacts/b', 'everyone'],
        ],
      )
      assert.deepEqual(
        of('log').map(({ act, mine }) => [act, mine]),
        [
          ['signed-in', true],
          ['app-password-added', true],
        ],
      )
      const tables = of('row').map(({ table }) => table)
      assert.deepEqual([...new Set(tables)], ['account', 'app_grant', 'grant_scope'])

      const all = JSON.stringify(lines)
      assert.ok(all.includes(grant.id))
      const [tokenRow] = await store.rows('token', { grant_id: grant.id })
      const [sessionRow] = await store.rows('session', { session_id: session.id })
      const secrets = [
        text,
        token,
        'hash of ann',
        tokenRow?.['hash'],
        sessionRow?.['hash'],
        'of Bob',
        unused.hash,
      ]
      for (const secret of secrets) {
        assert.ok(typeof secret === 'string')
        assert.ok(!all.includes(secret), secret)
      }
    })
  })

test('an archive is made as it is taken: no more is read than a page ahead', async (t) => {
  const on = await accountsOn(t, 'sqlite')
  const { store } = on
  const ann = await on.person('ann')
  const data = JSON.stringify({ text: 'x'.repeat(100_000) })
  for (let i = 0; i < 30; i++) {
    const at = (id: string): Change => ({ kind: 'put', home: ann.home, path: 'contacts/b', id, data })
    await commitStep(store, { changes: Array.from({ length: 10 }, (_, n) => at(`${i} ${n}`)) })
  }
  let read = 0
  const watched = {
    ...store,
    async list(...args: Parameters<typeof store.list>) {
      const answer = await store.list(...args)
      for (const record of answer.records) read += record.data.length
      return answer
    },
  }
  let taken = 0
  let ahead = 0
  for await (const line of archive({ ...on, store: watched, publicUrl }, ann)) {
    ahead = Math.max(ahead, read - taken)
    if (line.includes('"record"')) taken += line.length
  }
  assert.ok(taken > 30_000_000)
  assert.ok(ahead <= 1_200_000, `${ahead} bytes ahead`)
})
