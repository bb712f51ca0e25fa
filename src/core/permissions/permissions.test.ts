import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ancestors } from '../../lib/paths.ts'
import { commitStep } from '../records/index.ts'
import { ADMIN, ALL, type Bits, CREATE, imply, LIST, READ, WRITE } from './bits.ts'
import { createPermissions } from './permissions.ts'
import { type StoreInMemory, storeInMemory } from './store-in-memory.ts'
import { anonymous, createSubject } from './subject.ts'
import type { ExtraEntries, Scope, Subject } from './types.ts'

const home = 77
const aliceHome = 1
const time = { now: 1_000_000 }
const clock = { now: () => time.now }

const account = (id: string) => ({ id, login: id, home: id === 'alice' ? aliceHome : 2, role: 'person' })
const alice = createSubject(account('alice'))
const bob = createSubject(account('bob'), [`group:${home}:kinto/groups/editors`])
const app = (...scopes: Scope[]) =>
  createSubject(account('alice'), [], { id: 'g', version: 1, label: 'Notes', scopes })

/** A home of Alice's, without entries. */
async function setup(options: { alone?: boolean; extra?: ExtraEntries } = {}) {
  const store = storeInMemory(clock, options)
  const make = {
    kind: 'create-home',
    home,
    input: { kind: 'space', owner: 'account:alice', payer: null },
  } as const
  await commitStep(store, { changes: [make] })
  const permissions = createPermissions({ store, clock, ...(options.extra ? { extra: options.extra } : {}) })
  return { store, permissions }
}

const allow = (
  store: Pick<StoreInMemory, 'commit'>,
  path: string,
  principal: string,
  bits: Bits,
  expires: number | null = null,
  source = 'given',
) => commitStep(store, { changes: [{ kind: 'access', home, path, principal, source, bits, expires }] })

describe('the rights of a person', () => {
  test('the owner of a home may do everything in it, others nothing', async () => {
    const { permissions } = await setup()
    assert.equal((await permissions.rights(alice, home, 'kinto/collections/c')).bits, ALL)
    assert.equal((await permissions.rights(bob, home, 'kinto')).bits, 0)
    assert.equal((await permissions.rights(anonymous, home, 'kinto')).bits, 0)
  })

  test('an entry counts at its path and below, not above nor beside', async () => {
    const { store, permissions } = await setup()
    await allow(store, 'kinto/collections/c', 'account:bob', READ | LIST)
    const bits = async (path: string) => (await permissions.rights(bob, home, path)).bits
    assert.equal(await bits('kinto/collections/c'), READ | LIST)
    assert.equal(await bits('kinto/collections/c/records/r'), READ | LIST)
    assert.equal(await bits('kinto/collections'), 0)
    assert.equal(await bits('kinto/collections/cc'), 0)
    assert.equal(await bits('kinto/collections/c2/records/r'), 0)
  })

  test('an explicit right to create counts on exactly its path; writing above creates too', async () => {
    const { store, permissions } = await setup()
    await allow(store, 'kinto/collections', 'authenticated', CREATE)
    assert.equal(await permissions.may(bob, CREATE, home, 'kinto/collections'), true)
    assert.equal(await permissions.may(bob, CREATE, home, 'kinto/collections/c/records'), false)
    assert.equal(await permissions.may(bob, CREATE, home, 'kinto'), false)
    await allow(store, 'kinto', 'account:bob', WRITE)
    assert.equal(await permissions.may(bob, CREATE, home, 'kinto/collections/c/records'), true)
    assert.equal(await permissions.may(bob, ADMIN, home, 'kinto/collections'), false)
  })

  test('entries for everyone, for whoever signed in and for groups count', async () => {
    const { store, permissions } = await setup()
    await allow(store, 'a', 'everyone', READ)
    await allow(store, 'b', 'authenticated', READ)
    await allow(store, 'c', `group:${home}:kinto/groups/editors`, WRITE)
    assert.equal(await permissions.may(anonymous, READ, home, 'a'), true)
    assert.equal(await permissions.may(anonymous, READ, home, 'b'), false)
    assert.equal(await permissions.may(bob, READ, home, 'b'), true)
    assert.equal(await permissions.may(bob, WRITE | READ, home, 'c/d'), true)
  })

  test('a name that nobody had gives nothing to whoever takes it later', async () => {
    const { store, permissions } = await setup()
    await allow(store, 'kinto', 'name:bob', WRITE)
    assert.equal(await permissions.may(bob, READ, home, 'kinto'), false)
  })

  test('an entry is over at its expiry, without a write', async () => {
    const { store, permissions } = await setup()
    await allow(store, 'kinto', 'account:bob', READ, time.now + 100)
    assert.equal(await permissions.may(bob, READ, home, 'kinto/x'), true)
    time.now += 99
    assert.equal(await permissions.may(bob, READ, home, 'kinto/x'), true)
    time.now += 1
    assert.equal(await permissions.may(bob, READ, home, 'kinto/x'), false)
  })

  test('entries of one principal with different sources are joined', async () => {
    const { store, permissions } = await setup()
    await allow(store, 'kinto', 'account:bob', READ)
    await allow(store, 'kinto', 'account:bob', LIST, null, 'link')
    assert.equal((await permissions.rights(bob, home, 'kinto')).bits, READ | LIST)
  })

  test('the owner of a record may do everything with it, and nothing with its neighbours', async () => {
    const { permissions } = await setup()
    assert.equal((await permissions.rights(bob, home, 'kinto/x/1', 'account:bob')).bits, ALL)
    assert.equal((await permissions.rights(bob, home, 'kinto/x/1', 'account:bo')).bits, 0)
    assert.equal((await permissions.rights(bob, home, 'kinto/x/1', 'name:bob')).bits, 0)
    assert.equal((await permissions.rights(anonymous, home, 'kinto/x/1', null)).bits, 0)
    assert.equal((await permissions.rights(bob, home, 'kinto/x/2')).bits, 0)
  })

  test('configuration gives rights that no row holds', async () => {
    const extra: ExtraEntries = (path) =>
      /^kinto\/collections\/[^/]+$/.test(path) ? [{ principal: 'account:bob', bits: READ | CREATE }] : []
    const { permissions } = await setup({ extra })
    assert.equal((await permissions.rights(bob, home, 'kinto/collections/c')).bits, READ | CREATE)
    assert.equal((await permissions.rights(bob, home, 'kinto/collections/c/records/r')).bits, READ)
    assert.equal((await permissions.rights(bob, home, 'kinto/collections')).bits, 0)
  })

  test('a home that does not exist or is ended gives no rights', async () => {
    const { store, permissions } = await setup()
    assert.deepEqual(await permissions.rights(alice, 5, 'kinto'), { bits: 0, home: 5, permSeq: -1 })
    await commitStep(store, { changes: [{ kind: 'alter-home', home, set: { state: 'ended' } }] })
    assert.equal((await permissions.rights(alice, home, 'kinto')).bits, 0)
  })
})

describe('the rights of an app', () => {
  test('an app may do what both its grant and its person may', async () => {
    const { store, permissions } = await setup()
    const reader = app({ home, path: 'kinto/collections/c', bits: READ | LIST })
    assert.equal((await permissions.rights(reader, home, 'kinto/collections/c/records/r')).bits, READ | LIST)
    assert.equal((await permissions.rights(reader, home, 'kinto')).bits, 0)
    await commitStep(store, { changes: [{ kind: 'alter-home', home, set: { owner: null } }] })
    assert.equal((await permissions.rights(reader, home, 'kinto/collections/c')).bits, 0)
  })

  test('a scope to write does not let an app share', async () => {
    const { permissions } = await setup()
    const writer = app({ home: 0, path: 'kinto', bits: WRITE })
    assert.equal((await permissions.rights(writer, home, 'kinto/collections')).bits, imply(WRITE))
  })

  test('a scope for every home follows its person only where she has rights', async () => {
    const { store, permissions } = await setup()
    const scopes = [{ home: 0, path: 'kinto', bits: READ }]
    const bobsApp = createSubject(account('bob'), [], { id: 'h', version: 1, label: 'Reader', scopes })
    assert.equal(await permissions.may(bobsApp, READ, home, 'kinto/x'), false)
    await allow(store, 'kinto', 'account:bob', WRITE)
    assert.equal((await permissions.rights(bobsApp, home, 'kinto/x')).bits, READ)
  })

  test('an owned record is as far from an app as its grant says', async () => {
    const { permissions } = await setup()
    const reader = app({ home, path: 'kinto', bits: READ })
    assert.equal((await permissions.rights(reader, home, 'kinto/x', 'account:alice')).bits, READ)
  })

  test('a scope is over at its expiry', async () => {
    const { permissions } = await setup()
    const reader = app({ home, path: 'kinto', bits: READ, expires: time.now + 10 })
    assert.equal(await permissions.may(reader, READ, home, 'kinto/x'), true)
    time.now += 10
    assert.equal(await permissions.may(reader, READ, home, 'kinto/x'), false)
  })

  test('a scope that is limited to fields gives no whole record', async () => {
    const { permissions } = await setup()
    const picker = app({ home, path: 'contacts/book/c1', bits: READ, fields: ['name'] })
    assert.equal(await permissions.may(picker, READ, home, 'contacts/book/c1'), false)
  })

  test('a new version of a grant is not answered from the memory of the old one', async () => {
    const { store, permissions } = await setup()
    await commitStep(store, { changes: [{ kind: 'alter-home', home, set: { owner: null } }] })
    await allow(store, 'kinto', 'account:alice', WRITE)
    const grant = (version: number, bits: Bits) =>
      createSubject(account('alice'), [], {
        id: 'g',
        version,
        label: 'N',
        scopes: [{ home, path: 'kinto', bits }],
      })
    assert.equal((await permissions.rights(grant(1, WRITE), home, 'kinto')).bits, imply(WRITE))
    assert.equal((await permissions.rights(grant(2, READ), home, 'kinto')).bits, READ)
  })
})

describe('memory and versions', () => {
  const version = async (store: StoreInMemory) => {
    const row = await store.home(home)
    assert.ok(row)
    return row
  }

  test('what was loaded once is answered at once, without a read', async () => {
    const { store, permissions } = await setup()
    await allow(store, 'kinto', 'account:bob', READ)
    const row = await version(store)
    assert.equal(permissions.cached(bob, row, 'kinto/x'), undefined)
    await permissions.rights(bob, row, 'kinto/x')
    const { reads } = store
    assert.equal(permissions.cached(bob, row, 'kinto/x'), READ)
    assert.equal(permissions.cached(anonymous, row, 'kinto/x'), 0)
    assert.equal((await permissions.rights(bob, home, 'kinto/x')).bits, READ)
    assert.equal(store.reads, reads)
  })

  test('after some paths a small home is known whole', async () => {
    const { store, permissions } = await setup()
    await allow(store, 'kinto/deep/down', 'account:bob', READ)
    for (let i = 0; i < 8; i++) await permissions.rights(bob, home, `kinto/x/${i}`)
    const { reads } = store
    assert.equal((await permissions.rights(bob, home, 'kinto/deep/down/there')).bits, READ)
    assert.equal((await permissions.rights(bob, home, 'kinto/x/9')).bits, 0)
    assert.equal(store.reads, reads)
  })

  test('a home with many entries is loaded path by path', async () => {
    const { store, permissions } = await setup()
    for (let i = 0; i <= 1000; i++) await allow(store, `kinto/x/${i}`, 'account:bob', READ)
    for (let i = 0; i < 20; i++)
      assert.equal((await permissions.rights(bob, home, `kinto/x/${i}`)).bits, READ)
    const row = await version(store)
    assert.equal(permissions.cached(bob, row, 'kinto/x/1'), READ)
    assert.equal(permissions.cached(bob, row, 'kinto/x/500'), undefined)
  })

  test('a change of an entry is obeyed by the next question', async () => {
    const { store, permissions } = await setup()
    await allow(store, 'kinto', 'account:bob', READ)
    assert.equal(await permissions.may(bob, READ, home, 'kinto/x'), true)
    await allow(store, 'kinto', 'account:bob', 0)
    assert.equal(await permissions.may(bob, READ, home, 'kinto/x'), false)
    assert.equal(permissions.cached(bob, await version(store), 'kinto/x'), 0)
  })

  test('memory of another version than the data answers nothing', async () => {
    const { store, permissions } = await setup()
    const before = await version(store)
    await permissions.rights(bob, before, 'kinto')
    await allow(store, 'kinto', 'account:bob', READ)
    const after = await version(store)
    assert.equal(permissions.cached(bob, after, 'kinto'), undefined)
    await permissions.rights(bob, after, 'kinto')
    assert.equal(permissions.cached(bob, before, 'kinto'), undefined)
  })

  test('an answer for data of an old version carries the version it belongs to', async () => {
    const { store, permissions } = await setup({ alone: false })
    const before = await version(store)
    await allow(store, 'kinto', 'account:bob', READ)
    const decision = await permissions.rights(bob, before, 'kinto')
    assert.deepEqual(decision, { bits: READ, home, permSeq: before.permSeq + 1 })
  })

  test('with several processes a no is always of the present, a yes is for the commit to refuse', async () => {
    const { store, permissions } = await setup({ alone: false })
    assert.equal((await permissions.decide(bob, WRITE, home, 'kinto')).bits, 0)
    await allow(store, 'kinto', 'account:bob', WRITE)
    const yes = await permissions.decide(bob, WRITE, home, 'kinto')
    assert.equal(yes.bits, imply(WRITE))
    await allow(store, 'kinto', 'account:bob', 0)
    const stale = await permissions.decide(bob, WRITE, home, 'kinto')
    assert.deepEqual(stale, yes)
    const write = { changes: [{ kind: 'make', home, path: 'kinto/x' } as const] }
    await assert.rejects(commitStep(store, write, [stale]), { code: 'stale-permissions' })
    permissions.forget(home)
    assert.equal((await permissions.decide(bob, WRITE, home, 'kinto')).bits, 0)
  })

  test('inside a session own changes count and are not remembered when it fails', async () => {
    const { store, permissions } = await setup()
    await permissions.rights(bob, home, 'kinto')
    const failed = store.session([home], async (session) => {
      await allow(session, 'kinto', 'account:bob', WRITE)
      assert.equal(await permissions.within(session).may(bob, WRITE, home, 'kinto/x'), true)
      throw new Error('no')
    })
    await assert.rejects(failed, /no/)
    assert.equal(await permissions.may(bob, WRITE, home, 'kinto/x'), false)
  })

  test('rights that move with every read end the question instead of holding it', async () => {
    const { store } = await setup()
    const moving = {
      ...store,
      async access(id: number, paths: readonly string[]) {
        await allow(store, 'kinto', `account:${Math.random()}`, READ)
        return store.access(id, paths)
      },
    }
    const permissions = createPermissions({ store: moving, clock })
    await assert.rejects(permissions.rights(bob, home, 'kinto'), { code: 'stale-permissions' })
  })
})

test('the walk gives what the rules say, from memory and afresh, for any entries and scopes', async () => {
  const paths = ['', 'kinto', 'kinto/c', 'kinto/c/1', 'kinto/d', 'rs']
  const principals = ['everyone', 'authenticated', 'account:bob', 'account:eve', `group:${home}:g`]
  const bits = fc.integer({ min: 1, max: ALL })
  const entry = fc.tuple(
    fc.constantFrom(...paths),
    fc.constantFrom(...principals),
    bits,
    fc.constantFrom(null, 5, 15),
  )
  const scope = fc.record({ home: fc.constantFrom(0, home, 3), path: fc.constantFrom(...paths), bits })
  const scopes = fc.option(fc.array(scope, { maxLength: 3 }), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 8 }), scopes, async (entries, given) => {
      const now = 10
      const { store } = await setup()
      const permissions = createPermissions({ store, clock: { now: () => now } })
      const grant = given && { grant: { id: 'g', version: 1, label: 'g', scopes: given } }
      const subject: Subject = { ...createSubject(account('bob'), [`group:${home}:g`], grant?.grant) }
      const rows = new Map(
        entries.map(([path, principal, set, expires]) => [
          `${path} ${principal}`,
          { path, principal, set, expires },
        ]),
      )
      for (const { path, principal, set, expires } of rows.values())
        await allow(store, path, principal, set, expires)
      for (const path of paths) {
        const sum = (all: readonly (readonly [string, Bits])[]) =>
          imply(
            all.reduce((sofar, [at, set]) => {
              if (at === path) return sofar | set
              return ancestors(path).includes(at) ? sofar | (set & ~CREATE) : sofar
            }, 0),
          )
        const mine = [...rows.values()].filter(
          (row) => row.principal !== 'account:eve' && (row.expires === null || row.expires > now),
        )
        const user = sum(mine.map((row) => [row.path, row.set]))
        const there = given?.filter((one) => one.home === 0 || one.home === home)
        const want = user & (there ? sum(there.map((one) => [one.path, one.bits])) : ALL)
        assert.equal((await permissions.rights(subject, home, path)).bits, want, path)
        assert.equal((await permissions.rights(subject, home, path)).bits, want, `${path} again`)
        const told = await permissions.explain(subject, READ, home, path)
        assert.equal(told.bits, want, `${path} explained`)
      }
    }),
    { numRuns: 60 },
  )
})

test('configuration that names somebody else from now on is obeyed at once', async () => {
  let principal = 'account:eve'
  const { permissions } = await setup({
    extra: (path) => (path === 'kinto' ? [{ principal, bits: READ }] : []),
  })
  assert.equal(await permissions.may(bob, READ, home, 'kinto/x/1'), false)
  principal = 'account:bob'
  assert.equal(await permissions.may(bob, READ, home, 'kinto/x/1'), true)
})
