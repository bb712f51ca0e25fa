/** What the page of a browser's sign-in makes and reads, against another implementation. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose'
import { encryptTo, publicKeyOf } from '../web/src/firefox/jwe.ts'
import { loginOf, readRequest } from '../web/src/firefox/request.ts'

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('what is encrypted to a browser’s key opens with it in another implementation, for any length', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' })
  const receiver = await publicKeyOf(encoded({ ...(await exportJWK(publicKey)), use: 'enc', ext: true }))
  const seen = new Set<string>()
  for (let length = 0; length < 70; length++) {
    const plain = randomBytes(length).toString('latin1')
    const jwe = await encryptTo(receiver, plain)
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey)
    assert.equal(new TextDecoder().decode(plaintext), plain)
    const { alg, enc, epk, ...more } = protectedHeader
    assert.deepEqual([alg, enc, more], ['ECDH-ES', 'A256GCM', {}])
    assert.deepEqual(Object.keys(epk ?? {}).toSorted(), ['crv', 'kty', 'x', 'y'])
    assert.match(jwe, /^[\w-]+\.\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/)
    seen.add(jwe.split('.')[2]!)
    seen.add(String((epk as { x?: string }).x))
  }
  assert.equal(seen.size, 140, 'a pair and a nonce of its own each time')
})

test('a changed byte anywhere is noticed', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' })
  const jwe = await encryptTo(await publicKeyOf(encoded(await exportJWK(publicKey))), 'a key')
  for (const part of [0, 2, 3, 4]) {
    const parts = jwe.split('.')
    const bytes = Buffer.from(parts[part]!, 'base64url')
    bytes[1]! ^= 1
    parts[part] = bytes.toString('base64url')
    await assert.rejects(compactDecrypt(parts.join('.'), privateKey), `part ${part}`)
  }
})

test('what is no public key of P-256 is refused', async () => {
  const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' })
  const jwk = await exportJWK(publicKey)
  const other = await exportJWK((await generateKeyPair('ECDH-ES', { crv: 'P-384' })).publicKey)
  for (const wrong of [
    '',
    'e30',
    'not base64url!',
    encoded(null),
    encoded({ ...jwk, kty: 'oct' }),
    encoded({ ...jwk, crv: 'P-384' }),
    encoded({ ...jwk, x: jwk.y }),
    encoded({ ...jwk, y: undefined }),
    encoded(other),
    encoded({ ...jwk, more: 'x'.repeat(1_000) }),
  ])
    await assert.rejects(publicKeyOf(wrong), `${wrong.slice(0, 40)} …`)
})

const telephone = {
  client_id: 'a2270f727f45f648',
  response_type: 'code',
  scope: 'profile https://identity.mozilla.com/apps/oldsync',
  state: 'abc',
  code_challenge: 'c'.repeat(43),
  code_challenge_method: 'S256',
  keys_jwk: 'e30',
}
const read = (given: Record<string, string>) => readRequest(new URLSearchParams(given).toString())

test('a telephone’s wish is read from the address, and nothing that is not whole', () => {
  const { mobile } = read({ ...telephone, context: 'oauth_webchannel_v1', service: 'sync' })
  assert.deepEqual(
    [mobile?.client.id, mobile?.state, mobile?.challenge, mobile?.offline, mobile?.keysJwk],
    ['a2270f727f45f648', 'abc', 'c'.repeat(43), true, 'e30'],
  )
  const without = (name: string) =>
    Object.fromEntries(Object.entries(telephone).filter(([key]) => key !== name))
  for (const name of ['client_id', 'scope', 'state', 'code_challenge', 'code_challenge_method'])
    assert.equal(read(without(name)).mobile, undefined, name)
  for (const change of [
    { client_id: '5882386c6d801776' },
    { client_id: 'A2270F727F45F648' },
    { response_type: 'token' },
    { code_challenge_method: 'plain' },
    { code_challenge: 'c'.repeat(44) },
    { state: 's'.repeat(513) },
    { scope: 's'.repeat(1_001) },
    { padding: 'x'.repeat(4_000) },
  ])
    assert.equal(read({ ...telephone, ...change }).mobile, undefined, JSON.stringify(change).slice(0, 60))
  assert.equal(read({ ...telephone, access_type: 'online' }).mobile?.offline, false)
})

test('an address of this server is a name here, and no other is', () => {
  const url = 'https://cloud.example:8443'
  assert.equal(loginOf('Alice@Cloud.example', url), 'alice')
  for (const other of ['alice@elsewhere.example', '@cloud.example', 'alice', '', 'alice@cloud.example:8443'])
    assert.equal(loginOf(other, url), '')
})
