import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountsOn, storeKinds } from '../../../test/support/accounts-on.ts'
import { commitStep } from '../records/index.ts'

const day = 86_400_000
const sign = { method: 'password', fresh: true, address: '192.0.2.0/24', agent: 'Firefox' } as const

for (const kind of storeKinds)
  describe(`deleting an account on ${kind}`, () => {
    test('ends all sessions but the one at hand, and may be taken back until its time has come', async (t) => {
      const { accounts, clock, person } = await accountsOn(t, kind)
      const ann = await person('ann')
      const here = await accounts.beginSession({ account: ann, ...sign })
      const there = await accounts.beginSession({ account: ann, ...sign })
      const left = await accounts.leave(ann.id, { by: ann, session: here.session.id })
      assert.deepEqual([left.state, left.ends], ['leaving', clock.now() + 14 * day])
      assert.ok(await accounts.session(here.token))
      assert.equal(await accounts.session(there.token), undefined)
      clock.tick(day)
      assert.equal((await accounts.leave(ann.id, { by: ann })).ends, left.ends)

      const kept = await accounts.keep(ann.id, { by: ann })
      assert.deepEqual([kept.state, kept.ends], ['active', null])
      clock.tick(30 * day)
      assert.equal(await accounts.purgeDue(), 0)
      await assert.rejects(accounts.keep(ann.id, { by: ann }), { code: 'not-leaving' })
      const acts = (await accounts.logOf(ann.id, { limit: 10 })).map(({ act }) => act)
      assert.deepEqual(acts, ['kept', 'leaving', 'signed-in', 'signed-in'])
    })

    test('purges it after the days of grace, and keeps whom it invited', async (t) => {
      const { accounts, store, clock, owner, person, errors } = await accountsOn(t, kind)
      const [ann, bob] = [await person('ann'), await person('bob')]
      const [row] = await store.rows('account', { account_id: bob.id })
      const put = { ...row, invited_by: ann.id }
      await commitStep(store, { changes: [{ kind: 'row', table: 'account', put }] })
      await accounts.changeSettings(owner.id, { graceDays: 3 })
      const left = await accounts.leave(ann.id, { by: ann })
      clock.tick(3 * day - 1)
      assert.equal(await accounts.purgeDue(), 0)
      clock.tick(1)
      assert.equal(left.ends, clock.now())
      assert.equal(await accounts.purgeDue(), 1)
      assert.equal(await accounts.byId(ann.id), undefined)
      assert.equal((await accounts.byId(bob.id))?.invitedBy, null)
      assert.equal(await accounts.purgeDue(), 0)
      assert.deepEqual(errors, [])
    })

    test('that an administrator deletes after a suspension is not for the person to take back', async (t) => {
      const { accounts, clock, owner, person } = await accountsOn(t, kind)
      const [ann, bob, cal] = [await person('ann'), await person('bob'), await person('cal')]
      await assert.rejects(accounts.leave(owner.id, { by: owner }), { code: 'owner-stays' })
      await assert.rejects(accounts.leave(ann.id, { by: bob }), { code: 'forbidden' })
      await accounts.setRole(owner, cal.id, 'administrator')
      const admin = (await accounts.byId(cal.id))!
      await assert.rejects(accounts.leave(owner.id, { by: admin }), { code: 'owner-stays' })

      await accounts.suspend(admin, ann.id, true)
      const left = await accounts.leave(ann.id, { by: admin })
      assert.deepEqual([left.state, left.ends], ['suspended', clock.now() + 14 * day])
      const kept = await accounts.keep(ann.id, { by: admin })
      assert.deepEqual([kept.state, kept.ends], ['suspended', null])
      await accounts.leave(ann.id, { by: admin })
      const resumed = await accounts.suspend(admin, ann.id, false)
      assert.deepEqual([resumed.state, resumed.ends], ['active', null])
      assert.deepEqual(
        (await accounts.serverLog({ limit: 4 })).map(({ act, details }) => [act, details['login']]),
        ['resumed', 'leaving', 'kept', 'leaving'].map((act) => [act, 'ann']),
      )
    })
  })
