import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountsInMemory } from '../core/accounts/accounts-in-memory.ts'
import { createApps, type TokenHolder } from '../core/apps/index.ts'
import { registry } from '../core/apps/scenes.ts'
import { createPermissions } from '../core/permissions/index.ts'
import { createBearer, isBearer } from './bearer.ts'

const day = 86_400_000

async function scene(alone = true) {
  const all = await accountsInMemory({ alone })
  const { accounts, store, clock } = all
  const { explain } = createPermissions({ store, clock })
  const apps = createApps({
    store: store as never,
    clock,
    registry,
    onError: (error) => all.errors.push(error),
    explain,
    spaceName: async () => undefined,
  })
  const alice = await accounts.create({ login: 'alice' })
  let looked = 0
  const tokens = {
    holder(hash: string): Promise<TokenHolder> {
      looked++
      return apps.holder(hash)
    },
  }
  const bearer = createBearer({ accounts, tokens, store, clock })
  const make = (days?: number) =>
    apps.createToken(alice.id, { name: 'T', scopes: ['boxes:r'], ...(days === undefined ? {} : { days }) })
  return { ...all, apps, alice, bearer, make, looked: () => looked }
}

describe('a bearer token', () => {
  test('proves for whom it speaks, and with what', async () => {
    const { bearer, make, alice } = await scene()
    const { text, grant } = await make()
    for (const header of [`Bearer ${text}`, `bearer  ${text} `]) {
      const proof = await bearer.verify(header)
      assert.ok(proof.kind === 'known')
      assert.deepEqual([proof.known.account.id, proof.known.grant.id], [alice.id, grant.id])
      assert.equal(proof.known.subject.grant?.id, grant.id)
    }
  })

  test('that is none is told so, before anything is looked up', async () => {
    const { bearer, looked } = await scene()
    const headers = [
      'Bearer',
      'Bearer ',
      'Bearer short',
      `Bearer ${'x'.repeat(600)}`,
      `Bearer ${'x'.repeat(40)} y`,
      `Bearer ${'ü'.repeat(40)}`,
      `Basic ${'x'.repeat(40)}`,
    ]
    for (const header of headers) {
      assert.deepEqual(await bearer.verify(header), { kind: 'malformed' }, header)
      assert.equal(bearer.cached(header), undefined)
    }
    assert.equal(looked(), 0)
    assert.deepEqual(await bearer.verify(`Bearer ${'x'.repeat(43)}`), { kind: 'unknown' })
  })

  test('is known from memory until anything about it moves', async () => {
    const { bearer, make, accounts, alice, looked } = await scene()
    const { text, grant } = await make()
    const header = `Bearer ${text}`
    assert.equal(bearer.cached(header), undefined)
    await bearer.verify(header)
    // That it was used has been noted by then.
    await new Promise((resolve) => setImmediate(resolve))
    await bearer.verify(header)
    const before = looked()
    assert.equal(bearer.cached(header)?.grant.id, grant.id)
    assert.equal(looked(), before)
    await accounts.suspendGrant(alice.id, grant.id, true)
    assert.equal(bearer.cached(header), undefined)
    assert.deepEqual(await bearer.verify(header), { kind: 'paused' })
    await accounts.suspendGrant(alice.id, grant.id, false)
    assert.equal((await bearer.verify(header)).kind, 'known')
    await accounts.revokeGrant(alice.id, grant.id)
    assert.equal(bearer.cached(header), undefined)
    assert.deepEqual(await bearer.verify(header), { kind: 'unknown' })
  })

  test('ends in memory too when its time is over, and with its account', async () => {
    const { bearer, make, accounts, alice, time } = await scene()
    const header = `Bearer ${(await make(1)).text}`
    const other = `Bearer ${(await make()).text}`
    for (const one of [header, other]) await bearer.verify(one)
    time.now += day
    assert.equal(bearer.cached(header), undefined)
    assert.deepEqual(await bearer.verify(header), { kind: 'expired' })
    await accounts.suspend(null, alice.id, true)
    assert.equal(bearer.cached(other), undefined)
    assert.deepEqual(await bearer.verify(other), { kind: 'account' })
    await accounts.remove(alice.id)
    assert.deepEqual(await bearer.verify(other), { kind: 'unknown' })
  })

  test('is read with every request where several processes share the data', async () => {
    const { bearer, make, accounts, alice } = await scene(false)
    const { text, grant } = await make()
    const header = `Bearer ${text}`
    assert.equal((await bearer.verify(header)).kind, 'known')
    assert.equal(bearer.cached(header), undefined)
    await accounts.revokeGrant(alice.id, grant.id)
    assert.deepEqual(await bearer.verify(header), { kind: 'unknown' })
  })

  test('is told from other schemes by its first word', () => {
    assert.deepEqual(['Bearer x', 'bearer x', 'BEARER', 'Bearerx', 'Basic x', ''].map(isBearer), [
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })
})
