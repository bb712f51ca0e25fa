import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row, TableName } from '../ports.ts'
import { commitStep } from '../records/index.ts'
import { accountsInMemory } from './accounts-in-memory.ts'
import { entryId, logLasts } from './log.ts'
import { createAccountSweeps } from './sweep.ts'

const day = 86_400_000

async function scene() {
  const { store, clock, time, accounts, errors, owner } = await accountsInMemory()
  const sweeps = createAccountSweeps({ store, clock, accounts, onError: (error) => void errors.push(error) })
  const put = (table: TableName, row: Row) =>
    commitStep(store, { changes: [{ kind: 'row', table, put: row }] })
  return { store, time, sweeps, put, owner, accounts }
}

const token = (hash: string, expires: number | null): Row => ({
  hash,
  kind: 'verify-address',
  grant_id: null,
  account_id: 'a',
  created: 1,
  expires,
  data: null,
})

test('what is over goes in its second, what is not stays, in every table', async () => {
  const { store, time, sweeps, put } = await scene()
  const { now } = time
  const rest = { account_id: 'a', created: 1 }
  const rows: [TableName, (id: string, at: number) => Row, lasts: number][] = [
    ['token', token, 0],
    [
      'session',
      (id, expires) => ({
        session_id: id,
        hash: id,
        ...rest,
        method: 'mail',
        expires,
        seen: 1,
        authenticated: 0,
        address: null,
        agent: null,
        browser: null,
      }),
      0,
    ],
    ['pairing', (id, expires) => ({ hash: id, poll_hash: id, ...rest, data: '{}', expires }), 0],
    [
      'invitation',
      (id, expires) => ({
        invitation_id: id,
        hash: id,
        ...rest,
        role: 'person',
        label: '',
        most: 1,
        used: 0,
        expires,
      }),
      0,
    ],
    [
      'recovery',
      (id, expires) => ({
        ...rest,
        account_id: id,
        recovery_id: id,
        via: 'administrator',
        asked_by: null,
        due: 1,
        expires,
        hash: id,
        stop_hash: id,
      }),
      0,
    ],
    ['browser', (id, seen) => ({ hash: id, ...rest, agent: null, seen }), 400 * day],
    [
      'log_entry',
      (id, created) => ({
        entry_id: `${entryId(created)}${id}`,
        account_id: 'a',
        area: 'person',
        act: id,
        actor: null,
        details: '{}',
        address: null,
        agent: null,
        created,
      }),
      logLasts,
    ],
    ['name', (id, until) => ({ kind: 'bucket', name: id, home_id: null, owner: null, until }), 0],
  ]
  const before = new Map<TableName, number>()
  for (const [table, row, lasts] of rows) {
    before.set(table, (await store.rows(table, {})).length)
    await put(table, row('over', now - lasts))
    await put(table, row('not yet', now - lasts + 1))
  }
  await put('token', token('for ever', null))
  assert.deepEqual(await sweeps.round(), { removed: rows.length, more: false })
  for (const [table, row, lasts] of rows) {
    const left = await store.rows(table, {})
    assert.equal(left.length, before.get(table)! + 1 + (table === 'token' ? 1 : 0), table)
    assert.ok(
      !JSON.stringify(left).includes('"over"'),
      `${table} ${JSON.stringify(row('over', now - lasts))}`,
    )
  }
})

test('a reserved login, which has no end, stays reserved', async () => {
  const { sweeps, accounts, time } = await scene()
  const ada = await accounts.create({ login: 'ada' })
  await accounts.remove(ada.id)
  time.now += 4_000 * day
  await sweeps.round()
  await assert.rejects(accounts.create({ login: 'ada' }), { code: 'login-taken' })
})

test('a round takes five hundred rows of a table', async () => {
  const { store, sweeps } = await scene()
  await commitStep(store, {
    changes: Array.from(
      { length: 700 },
      (_, i) => ({ kind: 'row', table: 'token', put: token(`t${i}`, 1) }) as const,
    ),
  })
  assert.deepEqual(await sweeps.round(), { removed: 500, more: true })
  assert.deepEqual(await sweeps.round(), { removed: 200, more: false })
})
