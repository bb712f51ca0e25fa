import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountsOn, storeKinds } from '../../../test/support/accounts-on.ts'
import { bundleChange, readBundle } from './keys.ts'

const from = { address: '192.0.2.0/24', agent: 'Firefox' }
const salt = Buffer.alloc(16).toString('base64url')
const password = (hash: string) => ({
  parameters: { algorithm: 'argon2id', salt, memory: 65_536, passes: 3, lanes: 1 } as const,
  hash,
})

for (const kind of storeKinds)
  describe(`a person takes another login on ${kind}`, () => {
    test('and stays who she is; nobody else gets the former one, and she may take it back', async (t) => {
      const { accounts, person } = await accountsOn(t, kind)
      const ann = await person('ann')
      const renamed = await accounts.rename(ann.id, { login: 'anna', from })
      assert.deepEqual([renamed.id, renamed.home, renamed.login], [ann.id, ann.home, 'anna'])
      assert.equal(await accounts.byLogin('ann'), undefined)
      assert.equal((await accounts.byLogin('Anna'))?.id, ann.id)
      assert.equal(await accounts.loginOf(ann.id), 'anna')
      assert.equal(await accounts.principalOf('ann'), 'name:ann')

      const bob = await person('bob')
      await assert.rejects(person('ann'), { code: 'login-taken' })
      await assert.rejects(accounts.rename(bob.id, { login: 'ann', from }), { code: 'login-taken' })
      await assert.rejects(accounts.rename(bob.id, { login: 'Anna', from }), { code: 'login-malformed' })
      await assert.rejects(accounts.rename(bob.id, { login: 'anna', from }), { code: 'login-taken' })
      await assert.rejects(accounts.rename(bob.id, { login: 'admin', from }), { code: 'login-reserved' })

      await accounts.rename(ann.id, { login: 'ann', from })
      await assert.rejects(accounts.rename(bob.id, { login: 'anna', from }), { code: 'login-taken' })
      await accounts.rename(ann.id, { login: 'anna', from })
      await accounts.remove(ann.id)
      for (const login of ['ann', 'anna'])
        await assert.rejects(accounts.rename(bob.id, { login, from }), { code: 'login-taken' })
    })

    test('with her page password, stretched anew, and her keys, in one commit', async (t) => {
      const { accounts, store, person } = await accountsOn(t, kind)
      const ann = await person('ann')
      await accounts.setPage(ann.id, password('old'))
      await assert.rejects(accounts.rename(ann.id, { login: 'anna', from }), { code: 'password-needed' })
      const bundle = {
        account: ann.id,
        revision: 1,
        epoch: 1,
        identity: Buffer.alloc(32).toString('base64url'),
        slots: [{}],
        keyring: {},
        signature: Buffer.alloc(64).toString('base64url'),
      }
      const wanted = { login: 'anna', password: password('new'), from }
      const stale = { ...wanted, beside: bundleChange(ann, bundle, '17') }
      await assert.rejects(accounts.rename(ann.id, stale), { code: 'keys-changed' })
      assert.equal((await accounts.page(ann.id))?.data.hash, 'old')
      assert.equal((await accounts.byLogin('ann'))?.id, ann.id)
      await accounts.rename(ann.id, { ...wanted, beside: bundleChange(ann, bundle, null) })
      assert.equal((await accounts.page(ann.id))?.data.hash, 'new')
      assert.deepEqual((await readBundle(store, ann))?.bundle, bundle)
    })

    test('at most ten former ones are kept, and each change is in her log', async (t) => {
      const { accounts, person } = await accountsOn(t, kind)
      const ann = await person('ann')
      for (let i = 0; i < 10; i++) await accounts.rename(ann.id, { login: `ann${i}`, from })
      await assert.rejects(accounts.rename(ann.id, { login: 'ann10', from }), { code: 'too-many' })
      await accounts.rename(ann.id, { login: 'ann3', from })
      const [entry] = await accounts.logOf(ann.id, { limit: 100 })
      assert.deepEqual(
        [entry?.act, entry?.details, entry?.address],
        ['renamed', { login: 'ann3' }, from.address],
      )
    })
  })
