import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeUnderTest } from '../../../test/support/store.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { keyRing } from '../../lib/sealed.ts'
import { createArtifacts } from './artifacts.ts'

const token = { accountId: 'a', grantId: 'g', clientId: 'c', sessionUid: 'phone', scope: 'openid kinto:r' }

test('what is kept is found by its hash, sealed, and comes back as it was', async (t) => {
  const parts = await storeUnderTest(t)
  const artifacts = createArtifacts(parts)
  const payload = { jti: 'the id', ...token, nonce: 'the nonce' }
  await artifacts.put('RefreshToken', 'the id', payload, parts.clock.now() + 1_000)
  assert.deepEqual((await artifacts.find('RefreshToken', 'the id'))?.payload, payload)
  assert.equal(await artifacts.find('AccessToken', 'the id'), undefined)
  assert.equal(await artifacts.find('RefreshToken', 'another'), undefined)
  const [row] = await parts.store.rows('oidc', {})
  assert.equal(row?.['hash'], sha256Hex('the id'))
  for (const secret of ['the id', 'the nonce', 'phone']) assert.ok(!JSON.stringify(row).includes(secret))
})

test('what is over is not found, and is not there for the code of it either', async (t) => {
  const parts = await storeUnderTest(t)
  const artifacts = createArtifacts(parts)
  await artifacts.put('DeviceCode', 'code', { ...token, userCode: 'BCDFGHJK' }, parts.clock.now() + 60_000)
  parts.clock.tick(59_999)
  assert.ok(await artifacts.find('DeviceCode', 'code'))
  assert.ok(await artifacts.findByUserCode('BCDFGHJK'))
  parts.clock.tick(1)
  assert.equal(await artifacts.find('DeviceCode', 'code'), undefined)
  assert.equal(await artifacts.findByUserCode('BCDFGHJK'), undefined)
})

test('it is used once, whoever comes at one time', async (t) => {
  const parts = await storeUnderTest(t)
  const artifacts = createArtifacts(parts)
  await artifacts.put('AuthorizationCode', 'code', token, parts.clock.now() + 1_000)
  const used = await Promise.all(Array.from({ length: 5 }, () => artifacts.consume('code')))
  assert.equal(used.filter(Boolean).length, 1)
  assert.equal(
    (await artifacts.find('AuthorizationCode', 'code'))?.payload['consumed'],
    parts.clock.now() / 1_000,
  )
  assert.equal(await artifacts.consume('nothing'), false)
})

test('an access token is found by the doors as well, for the scopes that it has', async (t) => {
  const parts = await storeUnderTest(t)
  const artifacts = createArtifacts(parts)
  const expires = parts.clock.now() + 3_600_000
  await artifacts.put('AccessToken', 'access', token, expires)
  const [row] = await parts.store.rows('token', { hash: sha256Hex('access') })
  assert.deepEqual(
    [row?.['kind'], row?.['grant_id'], row?.['account_id'], row?.['expires'], row?.['data']],
    ['access', 'g', 'a', expires, '{"scopes":["openid","kinto:r"]}'],
  )
  await artifacts.remove('access')
  assert.deepEqual(await parts.store.rows('token', {}), [])
  assert.deepEqual(await parts.store.rows('oidc', {}), [])
})

test('all that was given under a grant ends, or what one sign-in was given', async (t) => {
  const parts = await storeUnderTest(t)
  const artifacts = createArtifacts(parts)
  const expires = parts.clock.now() + 1_000
  const put = (id: string, sessionUid: string, grantId = 'g') =>
    artifacts.put('AccessToken', id, { ...token, sessionUid, grantId }, expires)
  await put('one', 'phone')
  await put('two', 'phone')
  await put('three', 'laptop')
  await put('four', 'laptop', 'another')
  const left = async () => (await parts.store.rows('token', {})).length
  await artifacts.endTokens('g', 'phone')
  assert.equal(await left(), 2)
  assert.ok(await artifacts.find('AccessToken', 'three'))
  await artifacts.endTokens('g')
  assert.equal(await left(), 1)
  assert.ok(await artifacts.find('AccessToken', 'four'))
})

test('the code that a person types is kept as a keyed hash, and found after the key was rotated', async (t) => {
  const parts = await storeUnderTest(t)
  const code = { clientId: 'c', userCode: 'BCDFGHJK', params: {} }
  await createArtifacts(parts).put('DeviceCode', 'device', code, parts.clock.now() + 1_000)
  const [row] = await parts.store.rows('oidc', {})
  assert.ok(!JSON.stringify(row).includes('BCDFGHJK') && row?.['user_code'] !== sha256Hex('BCDFGHJK'))
  const secrets = new Map(
    [1, 2].map((generation) => [generation, new Uint8Array(32).fill(generation === 1 ? 7 : 8)]),
  )
  const rotated = createArtifacts({ ...parts, keys: keyRing(secrets) })
  const found = await rotated.findByUserCode('BCDFGHJK')
  assert.equal(found?.payload['jti'], 'device')
  assert.equal(found?.payload['userCode'], 'BCDFGHJK')
  assert.equal(await rotated.findByUserCode('BCDFGHJL'), undefined)
})
