import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../records/index.ts'
import { accountsInMemory } from './accounts-in-memory.ts'
import { abilitiesOf, isAbove } from './people.ts'
import type { Account, Role } from './types.ts'

const refusal = (code: string) => ({ name: 'CodedError', code })

async function village() {
  const all = await accountsInMemory()
  const { accounts } = all
  const made = async (login: string, role: Role = 'person') => {
    const account = await accounts.create({ login })
    return role === 'person' ? account : accounts.setRole(null, account.id, role as 'inviter')
  }
  const owner = all.owner ?? assert.fail()
  return {
    ...all,
    made,
    owner,
    again: async (one: Account) => (await accounts.byId(one.id)) ?? assert.fail(),
  }
}

test('only the owner makes and unmakes administrators', async () => {
  const { accounts, made, owner } = await village()
  const ada = await made('ada')
  const ben = await made('ben')
  assert.equal((await accounts.setRole(owner, ada.id, 'administrator')).role, 'administrator')
  const administrator = (await accounts.byId(ada.id))!
  await assert.rejects(accounts.setRole(administrator, ben.id, 'administrator'), refusal('forbidden'))
  assert.equal((await accounts.setRole(administrator, ben.id, 'inviter')).role, 'inviter')
  const carol = await made('carol', 'administrator')
  await assert.rejects(accounts.setRole(administrator, carol.id, 'person'), refusal('forbidden'))
  assert.equal((await accounts.setRole(owner, carol.id, 'person')).role, 'person')
})

test('nobody changes her own role, nobody touches the owner, and who may only invite administers nobody', async () => {
  const { accounts, made, owner } = await village()
  const ada = await made('ada', 'administrator')
  const ina = await made('ina', 'inviter')
  const bob = await made('bob')
  await assert.rejects(accounts.setRole(ada, ada.id, 'person'), refusal('forbidden'))
  await assert.rejects(accounts.setRole(owner, owner.id, 'person'), refusal('owner-stays'))
  for (const actor of [ada, null])
    await assert.rejects(accounts.suspend(actor, owner.id, true), refusal('owner-stays'))
  await assert.rejects(accounts.setQuota(ada, owner.id, 1), refusal('forbidden'))
  for (const actor of [ina, bob]) {
    await assert.rejects(accounts.suspend(actor, ada.id, true), refusal('forbidden'))
    await assert.rejects(accounts.setQuota(actor, ada.id, 1), refusal('forbidden'))
    await assert.rejects(accounts.approve(actor, ada.id), refusal('forbidden'))
  }
})

test('a suspended account loses its sessions at once, and has none when it goes on', async () => {
  const { accounts, made, owner } = await village()
  const bob = await made('bob')
  const sign = { method: 'password', fresh: true, address: '192.0.2.0/24', agent: 'Firefox' } as const
  const { token } = await accounts.beginSession({ account: bob, ...sign })
  assert.ok(await accounts.session(token))
  assert.equal((await accounts.suspend(owner, bob.id, true)).state, 'suspended')
  assert.equal(await accounts.session(token), undefined)
  assert.equal((await accounts.suspend(owner, bob.id, false)).state, 'active')
  assert.equal(await accounts.session(token), undefined)
})

test('who is refused is purged, and only who waits can be', async () => {
  const { accounts, made, store, owner } = await village()
  const bob = await made('bob')
  await assert.rejects(accounts.refuse(owner, bob.id), refusal('not-waiting'))
  const [row] = await store.rows('account', { account_id: bob.id })
  await commitStep(store, {
    changes: [{ kind: 'row', table: 'account', put: { ...row, state: 'waiting' } }],
  })
  await assert.rejects(accounts.refuse(bob, bob.id), refusal('forbidden'))
  await accounts.refuse(owner, bob.id)
  assert.equal(await accounts.byId(bob.id), undefined)
  const [entry] = await accounts.serverLog({ limit: 1 })
  assert.deepEqual([entry?.act, entry?.actor, entry?.account], ['refused', owner.id, null])
  assert.equal(JSON.stringify(entry).includes('bob'), false)
})

test('letting on lets in nobody who waits for approval', async () => {
  const { accounts, made, store, owner } = await village()
  const bob = await made('bob')
  const [row] = await store.rows('account', { account_id: bob.id })
  await commitStep(store, {
    changes: [{ kind: 'row', table: 'account', put: { ...row, state: 'waiting' } }],
  })
  await assert.rejects(accounts.suspend(owner, bob.id, false), refusal('forbidden'))
  await assert.rejects(accounts.suspend(owner, bob.id, true), refusal('forbidden'))
  assert.equal((await accounts.approve(owner, bob.id)).state, 'active')
  await assert.rejects(accounts.approve(owner, bob.id), refusal('not-waiting'))
})

test('what administrators did is read by them and by whom it concerns', async () => {
  const { accounts, made, owner } = await village()
  const bob = await made('bob')
  await accounts.suspend(owner, bob.id, true)
  await accounts.suspend(owner, bob.id, false)
  await accounts.setQuota(owner, bob.id, 5000)
  const acts = (entries: { act: string }[]) => entries.map(({ act }) => act)
  assert.deepEqual(acts(await accounts.serverLog({ limit: 10 })), ['quota-set', 'resumed', 'suspended'])
  const hers = await accounts.logOf(bob.id, { limit: 10 })
  assert.deepEqual(acts(hers), ['quota-set', 'resumed', 'suspended'])
  assert.deepEqual(hers[0]?.details, { login: 'bob', bytes: 5000 })
  assert.equal(hers[0]?.actor, owner.id)
  const next = await accounts.logOf(bob.id, { limit: 2, after: hers[0]!.id })
  assert.deepEqual(acts(next), ['resumed', 'suspended'])
})

test('people are found by the beginning of their login and by state', async () => {
  const { accounts, made, owner } = await village()
  for (const login of ['bob', 'bobby', 'carol']) await made(login)
  const carol = (await accounts.byLogin('carol'))!
  await accounts.suspend(owner, carol.id, true)
  const logins = ({ people }: { people: Account[] }) => people.map(({ login }) => login).toSorted()
  assert.deepEqual(logins(await accounts.people({ login: 'BOB', limit: 10 })), ['bob', 'bobby'])
  assert.deepEqual(logins(await accounts.people({ state: 'suspended', limit: 10 })), ['carol'])
  assert.deepEqual(logins(await accounts.people({ state: 'active', login: 'c', limit: 10 })), [])
  const all: string[] = []
  let next: string | undefined
  do {
    const page = await accounts.people({ limit: 2, ...(next === undefined ? {} : { after: next }) })
    all.push(...page.people.map(({ login }) => login))
    next = page.next
  } while (next !== undefined)
  assert.deepEqual(all.toSorted(), ['bob', 'bobby', 'carol', 'olga'])
})

test('each role may do what the roles below it may', () => {
  const ladder: Role[] = ['person', 'inviter', 'administrator', 'owner']
  for (const [index, role] of ladder.entries()) {
    const below = ladder[index - 1]
    if (below === undefined) continue
    assert.ok(isAbove(role, below))
    assert.ok(abilitiesOf(below).every((one) => abilitiesOf(role).includes(one)))
  }
})
