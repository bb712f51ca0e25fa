import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toBase64url } from '../bytes/index.ts'
import { bound, floor, predictStretch, stretchPassphrase, stretchPassword } from './index.ts'

const parameters = { algorithm: 'argon2id', salt: toBase64url(new Uint8Array(16)), ...floor } as const

test('what is sent and what opens the slot are two secrets', async () => {
  const { auth, secret } = await stretchPassword({ password: 'x', login: 'ada', parameters })
  assert.equal(secret.length, 32)
  assert.notEqual(auth, toBase64url(secret))
})

test('one password gives two people different secrets under the same salt, and one person the same in any case', async () => {
  const of = async (login: string) => (await stretchPassword({ password: 'x', login, parameters })).auth
  assert.equal(await of('Ada'), await of('ada'))
  assert.notEqual(await of('ada'), await of('bea'))
})

test('a password is 1 to 4,096 characters of text', async () => {
  for (const password of ['', 'x'.repeat(4097), '\ud800']) {
    await assert.rejects(stretchPassword({ password, login: 'ada', parameters }), {
      name: 'KeysError',
      code: 'password-malformed',
    })
  }
})

test('a text gives as a passphrase what it gives nowhere else: not as a password, not in another account', async () => {
  const of = async (account: string) =>
    toBase64url(await stretchPassphrase({ passphrase: 'x', account, parameters }))
  const { secret } = await stretchPassword({ password: 'x', login: 'ada', parameters })
  const all = [await of('ada'), await of('Ada'), await of('bea'), toBase64url(secret)]
  assert.equal(new Set(all).size, all.length)
  const empty = stretchPassphrase({ passphrase: '', account: 'ada', parameters })
  await assert.rejects(empty, { code: 'password-malformed' })
})

test('the time of a stretching is foretold as a positive number, for parameters in bounds', async () => {
  assert.ok((await predictStretch(parameters)) > 0)
  const past = { ...parameters, memory: bound.memory + 1 }
  await assert.rejects(predictStretch(past), { code: 'parameters-too-strong' })
})
