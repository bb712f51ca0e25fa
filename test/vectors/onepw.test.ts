/** Mozilla's known answers for "onepw", asked of what our page derives. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newClientPassword, stretch, wrapSyncKey } from '../../web/src/firefox/onepw.ts'

const known = {
  email: 'andré@example.org',
  password: 'pässwörd',
  authPW: '247b675ffb4c46310bc87e26d712153abe5e1c90ef00a4784594f97ef54f2375',
  unwrapBKey: 'de6a2648b78284fcb9ffa81ba95803309cfba7af583c01a8a1a63e567234dd28',
  wrapKb: '7effe354abecbcb234a8dfc2d7644b4ad339b525589738f2d27341bb8622ecd8',
  kB: 'a095c51c1c6e384e8d5777d97e3c487a4fc2128a00ab395a73d57fedf41631f0',
}

test('an address and a password are stretched as Mozilla stretches them', async () => {
  const { authPW, unwrapBKey } = await stretch(known.email, known.password)
  assert.equal(Buffer.from(authPW).toString('hex'), known.authPW)
  assert.equal(Buffer.from(unwrapBKey).toString('hex'), known.unwrapBKey)
})

test('the key of Sync is wrapped so that a program of Mozilla’s time unwraps it', async () => {
  const sync = { key: Buffer.from(known.kB, 'hex').toString('base64url'), made: 1_790_000_000_000 }
  assert.deepEqual(await wrapSyncKey(known.email, known.password, { sync }), {
    authPW: known.authPW,
    wrapKb: known.wrapKb,
  })
})

test('another spelling of the address is another password', async () => {
  const { authPW } = await stretch('André@example.org', known.password)
  assert.notEqual(Buffer.from(authPW).toString('hex'), known.authPW)
})

test('a new password has 24 random signs of 32, which makes 120 bits', () => {
  const made = Array.from({ length: 200 }, newClientPassword)
  for (const password of made) assert.match(password, /^[a-z2-7]{6}(-[a-z2-7]{6}){3}$/)
  assert.equal(new Set(made).size, made.length)
  assert.equal(new Set(made.join('').replaceAll('-', '')).size, 32)
})
