import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sha256Hex } from '../../lib/hash.ts'
import { randomBase32 } from '../../lib/ids.ts'
import { accountsInMemory } from './accounts-in-memory.ts'
import { putCredential } from './credentials.ts'
import { type Admission, admissionBy } from './registration.ts'
import type { Registration } from './settings.ts'
import type { Role } from './types.ts'

const from = { address: '192.0.2.0/24', agent: 'Firefox · Linux' }
const words = { hash: 'of words' }

async function server(registration: Registration = 'invitation') {
  const all = await accountsInMemory()
  const { accounts, time, owner } = all
  assert.ok(owner)
  await accounts.changeSettings(owner.id, { registration })

  const register = (login: string, admission: Admission = { by: 'sign-up' }, id = randomBase32(80)) =>
    accounts.register({
      id,
      login,
      admission,
      language: 'fr',
      from,
      begin: (account, version) => ({
        changes: [putCredential(account.id, 'words', words, version, time.now)],
      }),
    })
  const invite = async (role: Exclude<Role, 'owner'> = 'person', most = 1, by = owner) =>
    (await accounts.invite(by, { label: 'the choir', role, most, days: 7 }, from)).text
  const invited = (text: string) => admissionBy('invitation', text)
  /** A person of this role. */
  const person = async (login: string, role: Exclude<Role, 'owner'>) =>
    register(login, invited(await invite(role)))
  return { ...all, owner, register, invite, invited, person }
}

describe('who may make an account', () => {
  test('nobody, where registration is closed', async () => {
    const { register, invite, invited, owner, accounts } = await server()
    const text = await invite()
    await accounts.changeSettings(owner.id, { registration: 'closed' })
    await assert.rejects(register('alice'), { code: 'registration-closed' })
    await assert.rejects(register('alice', invited(text)), { code: 'registration-closed' })
  })

  test('who is invited, as often as the invitation says', async () => {
    const { accounts, register, invite, invited, owner } = await server()
    await assert.rejects(register('alice'), { code: 'invitation-needed' })
    const text = await invite('person', 2)
    const alice = await register('alice', invited(text))
    assert.deepEqual([alice.role, alice.state, alice.invitedBy], ['person', 'active', owner.id])
    assert.equal((await accounts.words(alice.id))?.data.hash, words.hash)
    assert.equal((await accounts.byId(alice.id))?.language, 'fr')
    await register('bob', invited(text))
    await assert.rejects(register('carla', invited(text)), { code: 'invitation-void' })
    await assert.rejects(register('carla', invited('another')), { code: 'invitation-void' })
  })

  test('of many who use one invitation at a time, as many as it says', async () => {
    const { register, invite, invited } = await server()
    const text = await invite('person', 3)
    const tried = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => register(`person${i}`, invited(text))),
    )
    assert.equal(tried.filter(({ status }) => status === 'fulfilled').length, 3)
  })

  test('everybody, at once or after approval', async () => {
    const open = await server('open')
    assert.equal((await open.register('alice')).state, 'active')
    const { accounts, register, invite, invited, owner } = await server('approval')
    const alice = await register('alice')
    assert.equal(alice.state, 'waiting')
    await accounts.approve(owner, alice.id)
    assert.equal((await accounts.byId(alice.id))?.state, 'active')
    assert.equal((await register('bob', invited(await invite()))).state, 'active')
  })

  test('the owner with the link of the first run, once', async () => {
    const { accounts } = await accountsInMemory({ owned: false })
    const text = (await accounts.issueSetup())!
    const wanted = { admission: admissionBy('setup', text), language: 'en', from } as const
    const begin = () => ({ changes: [] })
    const tried = await Promise.allSettled(
      ['olga', 'oscar', 'otto'].map((login) =>
        accounts.register({ ...wanted, id: randomBase32(80), login, begin }),
      ),
    )
    assert.equal(tried.filter(({ status }) => status === 'fulfilled').length, 1)
    await assert.rejects(accounts.register({ ...wanted, id: randomBase32(80), login: 'olaf', begin }), {
      code: 'owner-exists',
    })
  })
})

describe('an invitation', () => {
  test('gives no role above its inviter’s, and only the owner invites administrators', async () => {
    const { accounts, person, owner } = await server()
    const wanted = { label: '', most: 1, days: 1 }
    const administrator = await person('ada', 'administrator')
    const inviter = await person('ivan', 'inviter')
    const plain = await person('paul', 'person')
    const may = async (by: typeof plain, role: Role) =>
      accounts.invite(by, { ...wanted, role }, from).then(
        () => true,
        (error: { code: string }) => assert.equal(error.code, 'forbidden'),
      )
    assert.ok(await may(owner, 'administrator'))
    assert.ok(!(await may(owner, 'owner')))
    assert.ok(await may(administrator, 'inviter'))
    assert.ok(!(await may(administrator, 'administrator')))
    assert.ok(await may(inviter, 'inviter'))
    assert.ok(!(await may(inviter, 'administrator')))
    assert.ok(!(await may(plain, 'person')))
  })

  test('is void when its inviter loses the role, is suspended or goes, and when its time is over', async () => {
    const { accounts, person, invite, invited, register, owner, time } = await server()
    const ivan = await person('ivan', 'inviter')
    const text = await invite('inviter', 5, ivan)
    assert.equal((await accounts.invitation(text))?.inviter.login, 'ivan')
    await accounts.setRole(owner, ivan.id, 'person')
    assert.equal(await accounts.invitation(text), undefined)
    await assert.rejects(register('alice', invited(text)), { code: 'invitation-void' })
    await accounts.setRole(owner, ivan.id, 'inviter')
    await accounts.suspend(owner, ivan.id, true)
    await assert.rejects(register('alice', invited(text)), { code: 'invitation-void' })
    await accounts.suspend(owner, ivan.id, false)
    await register('alice', invited(text))
    time.now += 7 * 86_400_000
    await assert.rejects(register('bob', invited(text)), { code: 'invitation-void' })
    time.now -= 7 * 86_400_000
    await accounts.remove(ivan.id)
    await assert.rejects(register('bob', invited(text)), { code: 'invitation-void' })
  })

  test('is listed to its inviter, taken back by her alone, and stored hashed', async () => {
    const { accounts, store, person, invite, owner } = await server()
    const ivan = await person('ivan', 'inviter')
    const text = await invite('person', 1, ivan)
    const [mine] = await accounts.invitations(ivan.id)
    assert.ok(mine)
    assert.equal(mine.label, 'the choir')
    const rows = await store.rows('invitation', {})
    assert.ok(!JSON.stringify(rows).includes(text))
    assert.ok(rows.some((row) => row['hash'] === sha256Hex(text)))
    await assert.rejects(accounts.endInvitation(owner, mine.id, from), { code: 'invitation-absent' })
    await accounts.endInvitation(ivan, mine.id, from)
    assert.equal(await accounts.invitation(text), undefined)
    assert.deepEqual(await accounts.invitations(ivan.id), [])
  })

  test('is one of a hundred at most that may be used', async () => {
    const { invite, time } = await server()
    for (let i = 0; i < 100; i++) await invite()
    await assert.rejects(invite(), { code: 'too-many' })
    time.now += 8 * 86_400_000
    await invite()
  })
})

describe('a new account', () => {
  test('has a login that nobody had, in any case, and an id that is used once', async () => {
    const { accounts, register } = await server('open')
    const alice = await register('alice')
    await assert.rejects(register('alice', { by: 'sign-up' }, alice.id), { code: 'login-taken' })
    await assert.rejects(register('Alice'), { code: 'login-malformed' })
    await assert.rejects(register('postmaster'), { code: 'login-reserved' })
    await assert.rejects(register('bob', { by: 'sign-up' }, alice.id), { code: 'account-changed' })
    await accounts.remove(alice.id)
    await assert.rejects(register('alice'), { code: 'login-taken' })
  })

  test('is noted where the person and the administrators read it', async () => {
    const { accounts, register, invite, invited } = await server()
    const alice = await register('alice', invited(await invite()))
    const [entry] = await accounts.logOf(alice.id, { limit: 5 })
    assert.deepEqual(
      [entry?.act, entry?.area, entry?.details],
      ['account-made', 'server', { login: 'alice', by: 'invitation', inviter: 'olga' }],
    )
  })

  test('is not made at all where its beginning is refused', async () => {
    const { accounts } = await server('open')
    const begin = () => ({
      when: [{ is: 'row-exists', table: 'token', where: { hash: 'none' } }] as const,
      changes: [],
    })
    const wanted = { id: 'x', login: 'alice', admission: { by: 'sign-up' }, language: 'en', from } as const
    await assert.rejects(accounts.register({ ...wanted, begin }), { code: 'account-changed' })
    assert.equal(await accounts.byLogin('alice'), undefined)
  })
})
