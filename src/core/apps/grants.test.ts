import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sha256Hex } from '../../lib/hash.ts'
import { accountsInMemory } from '../accounts/accounts-in-memory.ts'
import type { Grant } from '../accounts/index.ts'
import { createPermissions, WRITE } from '../permissions/index.ts'
import type { Row } from '../ports.ts'
import { commitStep } from '../records/index.ts'
import { createApps, overShown } from './apps.ts'
import type { AllowedClient, AppsContext } from './grants.ts'
import { pageGrants } from './overview.ts'
import type { Answer } from './resolve.ts'
import { registry } from './scenes.ts'
import { tokenChange } from './tokens.ts'

const day = 86_400_000
const client: AllowedClient = {
  id: 'https://notes.example/client.json',
  name: 'Notes',
  origin: 'notes.example',
  trust: 'document',
}
const from = { address: '192.0.2.0/24', agent: 'Firefox on Linux' }
const yes = (asked: string, more: Partial<Answer> = {}): Answer => ({ asked, allow: true, ...more })

async function scene(alone = true) {
  const all = await accountsInMemory({ alone })
  const { store, clock, errors } = all
  const { explain } = createPermissions({ store, clock })
  const apps = createApps({
    store: store as unknown as AppsContext['store'],
    clock,
    registry,
    onError: (error) => errors.push(error),
    explain,
    spaceName: async () => 'club',
  })
  const alice = await all.accounts.create({ login: 'alice' })
  const allow = (answers: Answer[], app = client) => apps.allow(alice.id, app, answers, from)
  const log = async () => (await all.accounts.logOf(alice.id, { limit: 50 })).map(({ act }) => act)
  /** A token of a grant, as the server of OAuth makes them. */
  const access = async (grant: Grant, text: string, more: { expires?: number; scopes?: string[] } = {}) => {
    const { expires = null, scopes } = more
    const token = {
      hash: sha256Hex(text),
      kind: 'access',
      created: 1,
      expires,
      ...(scopes ? { data: { scopes } } : {}),
    } as const
    await commitStep(store, { changes: [tokenChange(grant, token)] })
  }
  const holds = async (text: string) => (await apps.holder(sha256Hex(text))).kind
  return { ...all, apps, alice, allow, log, access, holds }
}

const written = ({ scopes }: Grant) => scopes.map(({ scope }) => scope)

describe('what an app was allowed', () => {
  test('is made by the first answer, in the rights and in the words of it', async () => {
    const { apps, alice, allow, time, log } = await scene()
    assert.equal(await apps.grantOf(alice.id, client.id), undefined)
    const grant = await allow([
      yes('openid'),
      yes('boxes:pick:rw', { target: 'red', days: 2 }),
      { asked: 'profile', allow: false },
    ])
    assert.deepEqual(grant.scopes, [
      {
        scope: 'boxes:red:rw?days=2',
        home: alice.home,
        path: 'boxes/red',
        bits: WRITE,
        since: time.now,
        expires: time.now + 2 * day,
      },
    ])
    assert.deepEqual(grant.data, {
      origin: 'notes.example',
      verified: 'document',
      claims: ['openid'],
      answered: { openid: 'openid', 'boxes:pick:rw': 'boxes:red:rw?days=2', profile: null },
    })
    assert.deepEqual([grant.kind, grant.client, grant.label], ['app', client.id, 'Notes'])
    assert.deepEqual(await apps.grantOf(alice.id, client.id), grant)
    assert.deepEqual(await apps.grant(grant.id), grant)
    assert.equal((await log())[0], 'app-added')
  })

  test('grows by later answers, one step at a time, and its version moves', async () => {
    const { allow, time, log } = await scene()
    const first = await allow([yes('boxes:red:r'), yes('openid')])
    time.now += day
    const second = await allow([yes('notes:rw', { verb: 'r' })])
    assert.equal(second.id, first.id)
    assert.ok(second.version > first.version)
    assert.deepEqual(second.scopes.slice(0, 1), first.scopes)
    assert.deepEqual(written(second).slice(1), ['notes:r', 'notes:r', 'notes:r'])
    assert.deepEqual(second.data?.claims, ['openid'])
    assert.equal(second.scopes.at(-1)?.since, time.now)
    assert.equal((await log())[0], 'app-widened')
  })

  test('is answered anew for longer, without a second row', async () => {
    const { apps, allow, alice, time } = await scene()
    await allow([yes('boxes:red:r?days=1')])
    time.now += day
    await allow([yes('boxes:red:r?days=1')])
    const grant = await apps.grantOf(alice.id, client.id)
    assert.deepEqual(
      grant?.scopes.map(({ expires }) => expires),
      [time.now + day],
    )
  })

  test('is of one account and one app', async () => {
    const { apps, accounts, allow, alice } = await scene()
    const bob = await accounts.create({ login: 'bob' })
    await allow([yes('boxes:r')])
    assert.equal(await apps.grantOf(bob.id, client.id), undefined)
    assert.equal(await apps.grantOf(alice.id, 'https://other.example/'), undefined)
  })

  test('is bounded, and only what was asked', async () => {
    const { apps, accounts, alice, allow, store } = await scene()
    await assert.rejects(allow([yes('boxes:r', { verb: 'rw' })]), { code: 'scope-wider' })
    await assert.rejects(allow([yes('boxes:pick:r')]), { code: 'scope-open' })
    await assert.rejects(allow([yes('boxes:locked:r')]), { code: 'target-absent' })
    await assert.rejects(allow([yes('boxes:r')], { ...client, name: 'x'.repeat(101) }), {
      code: 'label-malformed',
    })
    await assert.rejects(apps.allow('nobody', client, []), { code: 'account-absent' })
    const many = Array.from({ length: 34 }, (_, i) => yes(`m${i}:r`))
    await assert.rejects(allow(many), { code: 'too-many' })
    assert.deepEqual(await store.rows('app_grant', {}), [])
    await accounts.change(alice.id, { state: 'suspended' })
    await assert.rejects(allow([yes('boxes:r')]), { code: 'forbidden' })
  })

  test('shrinks when she takes one thing away, and stays asked', async () => {
    const { apps, accounts, alice, allow, log } = await scene()
    const bob = await accounts.create({ login: 'bob' })
    const grant = await allow([yes('openid'), yes('boxes:red:rw'), yes('boxes:blue:r')])
    const narrowed = await apps.narrow(alice.id, grant.id, 'boxes:red:rw', from)
    assert.deepEqual(written(narrowed), ['boxes:blue:r'])
    assert.ok(narrowed.version > grant.version)
    assert.deepEqual(await apps.grant(grant.id), narrowed)
    assert.deepEqual((await apps.narrow(alice.id, grant.id, 'openid', from)).data?.claims, [])
    assert.equal((await log())[0], 'app-narrowed')
    await assert.rejects(apps.narrow(alice.id, grant.id, 'boxes:red:rw'), { code: 'scope-unknown' })
    await assert.rejects(apps.narrow(bob.id, grant.id, 'boxes:blue:r'), { code: 'grant-absent' })
  })

  test('is not brought back by an answer where it was paused', async () => {
    const { accounts, apps, alice, allow } = await scene()
    const { id } = await allow([yes('boxes:r')])
    await accounts.suspendGrant(alice.id, id, true, from)
    assert.equal((await allow([yes('notes:r')])).suspended, true)
    assert.equal((await apps.grant(id))?.suspended, true)
    await apps.narrow(alice.id, id, 'notes:r')
    assert.equal((await apps.grant(id))?.suspended, true)
  })

  test('begins anew where it was over, and nothing of it comes back', async () => {
    const { apps, alice, allow, store, time, access, holds } = await scene()
    const old = await allow([yes('boxes:r')])
    await access(old, 'old token')
    const [row] = await store.rows('app_grant', { grant_id: old.id })
    await commitStep(store, {
      changes: [{ kind: 'row', table: 'app_grant', put: { ...row, expires: time.now } }],
    })
    const next = await allow([yes('notes:r')])
    assert.notEqual(next.id, old.id)
    assert.deepEqual([...new Set(written(next))], ['notes:r'])
    assert.equal((await store.rows('app_grant', { account_id: alice.id })).length, 1)
    assert.equal(await holds('old token'), 'unknown')
    assert.equal(await apps.grant(old.id), undefined)
  })

  test('ends alone or with others, and of others’ nothing ends', async () => {
    const { accounts, apps, alice, allow, store, log, access, holds } = await scene()
    const bob = await accounts.create({ login: 'bob' })
    const his = await apps.allow(bob.id, client, [yes('boxes:r')])
    const hers = await Promise.all([1, 2, 3].map((n) => allow([yes('boxes:r')], { ...client, id: `c${n}` })))
    await access(hers[0]!, 'a token')
    const oidc: Row = {
      hash: 'h',
      model: 'RefreshToken',
      grant_id: hers[0]!.id,
      account_id: alice.id,
      uid: null,
      user_code: null,
      sealed: 'x',
      consumed: null,
      created: 1,
      expires: null,
    }
    await commitStep(store, { changes: [{ kind: 'row', table: 'oidc', put: oidc }] })
    assert.equal(await holds('a token'), 'known')
    assert.equal(await accounts.revokeGrants(alice.id, [hers[0]!.id, hers[1]!.id, his.id, 'none'], from), 2)
    assert.equal(await holds('a token'), 'unknown')
    assert.deepEqual(await store.rows('oidc', {}), [])
    assert.ok(await apps.grant(his.id))
    await accounts.revokeGrant(alice.id, hers[2]!.id, from)
    await assert.rejects(accounts.revokeGrant(alice.id, his.id, from), { code: 'grant-absent' })
    assert.deepEqual((await log()).slice(0, 3), ['app-removed', 'app-removed', 'app-removed'])
    for (const table of ['token', 'grant_scope'] as const)
      assert.ok((await store.rows(table, {})).every((row) => row['grant_id'] === his.id))
  })

  test('decides together with the request', async () => {
    const { apps, alice, allow, clock } = await scene()
    const session = { account: alice.id, authenticated: clock.now() } as never
    const asking = { ...client, redirects: ['https://notes.example/back'] }
    const ask = (scope: string) =>
      apps.decide(alice, session, asking, 'https://notes.example/back', { scopes: [scope] })
    assert.equal((await ask('boxes:r')).kind, 'ask')
    const grant = await allow([yes('boxes:r')])
    assert.deepEqual(await ask('boxes:r'), { kind: 'grant', grant })
  })
})

describe('a token', () => {
  test('for a script is told once, kept as a hash, and speaks for its maker', async () => {
    const { apps, alice, store, log } = await scene()
    const { text, grant } = await apps.createToken(
      alice.id,
      { name: 'Backup', scopes: ['boxes:r', 'notes:rw?days=3'], days: 30 },
      from,
    )
    assert.match(text, /^essaim_[A-Za-z0-9_-]{43}$/)
    const everything = JSON.stringify(
      await Promise.all((['token', 'app_grant', 'log_entry'] as const).map((table) => store.rows(table, {}))),
    )
    assert.ok(!everything.includes(text.slice(7)))
    const holder = await apps.holder(sha256Hex(text))
    assert.ok(holder.kind === 'known')
    assert.deepEqual([holder.account.id, holder.grant], [alice.id, grant])
    assert.equal(holder.expires, grant.expires)
    assert.deepEqual([grant.kind, grant.label], ['token', 'Backup'])
    assert.equal((await log())[0], 'token-added')
  })

  test('is refused with the reason', async () => {
    const { apps, accounts, alice, time, holds } = await scene()
    const make = async (days?: number) =>
      apps.createToken(alice.id, { name: 'T', scopes: ['boxes:r'], ...(days === undefined ? {} : { days }) })
    assert.equal(await holds('anything'), 'unknown')
    const { text, grant } = await make(1)
    const other = await make()
    await accounts.suspendGrant(alice.id, grant.id, true)
    assert.equal(await holds(text), 'paused')
    await accounts.suspendGrant(alice.id, grant.id, false)
    assert.equal(await holds(text), 'known')
    time.now += day
    assert.equal(await holds(text), 'expired')
    await accounts.change(alice.id, { state: 'suspended' })
    assert.equal(await holds(other.text), 'account')
    await accounts.change(alice.id, { state: 'active' })
    await accounts.revokeGrant(alice.id, other.grant.id)
    assert.equal(await holds(other.text), 'unknown')
  })

  test('needs a name, known scopes that say which thing, and a sensible time', async () => {
    const { apps, alice, accounts } = await scene()
    const make = (more: object) => apps.createToken(alice.id, { name: 'T', scopes: ['boxes:r'], ...more })
    await assert.rejects(make({ name: ' ' }), { code: 'label-malformed' })
    await assert.rejects(make({ scopes: [] }), { code: 'scope-malformed' })
    await assert.rejects(make({ scopes: ['boxes:fly'] }), { code: 'scope-unknown' })
    await assert.rejects(make({ scopes: ['boxes:pick:r'] }), { code: 'scope-open' })
    for (const days of [0, -1, 1.5, 3_651, Number.NaN])
      await assert.rejects(make({ days }), { code: 'scope-malformed' })
    await accounts.change(alice.id, { state: 'suspended' })
    await assert.rejects(make({}), { code: 'forbidden' })
  })

  test('of an app may be for less than the app was allowed, and for less long', async () => {
    const { apps, allow, access, holds, time } = await scene()
    const grant = await allow([yes('boxes:red:r'), yes('notes:r'), yes('openid'), yes('profile')])
    await access(grant, 'narrow', { scopes: ['boxes:red:r', 'openid'], expires: time.now + 10 })
    const holder = await apps.holder(sha256Hex('narrow'))
    assert.ok(holder.kind === 'known')
    assert.deepEqual([written(holder.grant), holder.grant.data?.claims], [['boxes:red:r'], ['openid']])
    time.now += 10
    assert.equal(await holds('narrow'), 'expired')
  })

  test('of another kind opens no door', async () => {
    const { accounts, alice, holds } = await scene()
    const scopes = [{ home: 0, path: 'boxes', bits: WRITE }]
    const { text } = await accounts.createAppPassword(alice.id, { door: 'boxes', label: 'Phone', scopes })
    assert.equal(await holds(text), 'unknown')
  })
})

describe('the list of everything that was allowed', () => {
  test('has apps, devices and scripts of all doors in one list, in words', async () => {
    const { apps, accounts, alice, allow, time } = await scene()
    const app = await allow([yes('offline_access'), yes('boxes:red:rw?days=1')])
    const scopes = [{ home: 0, path: 'boxes', bits: WRITE }]
    const device = await accounts.createAppPassword(alice.id, { door: 'boxes', label: 'Phone', scopes })
    const token = await apps.createToken(alice.id, { name: 'Backup', scopes: ['notes:r'], days: 9 })
    const { apps: lines, next } = await apps.apps(alice.id, { language: 'en' })
    assert.equal(next, undefined)
    const line = (id: string) => lines.find((one) => one.id === id)
    assert.deepEqual(line(app.id), {
      id: app.id,
      kind: 'app',
      label: 'Notes',
      origin: 'notes.example',
      verified: 'document',
      created: time.now,
      expires: null,
      lastUsed: null,
      paused: false,
      offline: true,
      allowed: [
        {
          scope: 'offline_access',
          title: 'Work while you are away',
          description: line(app.id)?.allowed[0]?.description,
          since: time.now,
          until: null,
        },
        {
          scope: 'boxes:red:rw?days=1',
          title: 'rw “red”',
          description: 'Only “red”.',
          since: time.now,
          until: time.now + day,
        },
      ],
      uses: [0, 0, 0, 0, 0, 0, 0],
      touched: [],
    })
    assert.deepEqual(line(device.grant.id)?.allowed, [
      { scope: '', title: 'rw everything', description: 'All of it.', since: time.now, until: null },
    ])
    assert.deepEqual([line(device.grant.id)?.kind, line(device.grant.id)?.door], ['app-password', 'boxes'])
    const told = line(token.grant.id)
    assert.deepEqual([told?.kind, told?.expires, told?.allowed.length], ['token', token.grant.expires, 1])
  })

  test('comes in pages', async () => {
    const { apps, alice, store, allow } = await scene()
    const { id } = await allow([yes('boxes:r')])
    const [row] = await store.rows('app_grant', { grant_id: id })
    const changes = Array.from({ length: 250 }, (_, i) => ({
      kind: 'row' as const,
      table: 'app_grant' as const,
      put: { ...row, grant_id: `g${i}` },
    }))
    await commitStep(store, { changes })
    const seen = new Set<string>()
    let pages = 0
    for (let after: string | undefined; ; pages++) {
      const page = await apps.apps(alice.id, { language: 'fr', ...(after ? { after } : {}) })
      assert.ok(page.apps.length <= pageGrants)
      for (const one of page.apps) seen.add(one.id)
      if ((after = page.next) === undefined) break
    }
    assert.deepEqual([seen.size, pages], [251, 2])
  })

  test('knows what was of no use since a day', async () => {
    const { apps, accounts, alice, allow, time, store } = await scene()
    const old = await allow([yes('boxes:r')])
    const used = await allow([yes('boxes:r')], { ...client, id: 'used' })
    time.now += 70 * day
    const young = await allow([yes('boxes:r')], { ...client, id: 'young' })
    accounts.used({ account: alice, grant: used })
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok((await store.rows('app_grant', { grant_id: used.id }))[0]?.['last_used'])
    assert.deepEqual(await apps.unusedSince(alice.id, time.now - 60 * day), [old.id])
    assert.notEqual(young.id, old.id)
  })

  test('says why an app may do something, and where its person may not herself', async () => {
    const { apps, alice, allow, time } = await scene()
    const { id } = await allow([yes('boxes:red:r')])
    const [one, ...more] = await apps.why(alice.id, id, 'en')
    assert.deepEqual(more, [])
    assert.deepEqual([one?.title, one?.holds, one?.app], ['r “red”', true, ['read', 'list']])
    assert.deepEqual(
      one?.reasons.map(({ because }) => because),
      ['owner-of-home', 'scope'],
    )
    const reason = one?.reasons[1]
    assert.ok(reason?.because === 'scope')
    assert.deepEqual([reason.since, reason.label], [time.now, 'Notes'])
    await assert.rejects(apps.why('another', id, 'en'), { code: 'grant-absent' })
  })

  test('forgets what has been over for long', async () => {
    const { apps, alice, store, time } = await scene()
    const { grant } = await apps.createToken(alice.id, { name: 'T', scopes: ['boxes:r'], days: 1 })
    await apps.createToken(alice.id, { name: 'U', scopes: ['boxes:r'] })
    time.now += day + overShown - 1
    assert.equal(await apps.sweep(), 0)
    time.now += 1
    assert.equal(await apps.sweep(), 1)
    assert.equal(await apps.grant(grant.id), undefined)
    assert.equal((await store.rows('app_grant', {})).length, 1)
    assert.equal((await store.rows('grant_scope', {})).length, 1)
  })
})
