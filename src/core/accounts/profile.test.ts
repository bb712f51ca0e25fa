import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountsOn, storeKinds } from '../../../test/support/accounts-on.ts'
import { avatar, maxAvatar, pictureType, readProfile, removeAvatar, setAvatar, setName } from './profile.ts'

const png = (bytes: number) => {
  const picture = Buffer.alloc(bytes, 7)
  picture.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return picture
}

async function bytesOf(source: AsyncIterable<Uint8Array> | Uint8Array | undefined): Promise<Buffer> {
  assert.ok(source)
  if (source instanceof Uint8Array) return Buffer.from(source)
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}

for (const kind of storeKinds)
  describe(`a profile on ${kind}`, () => {
    test('has a name of a hundred characters, whatever the language', async (t) => {
      const { store, person } = await accountsOn(t, kind)
      const ann = await person('ann')
      assert.deepEqual(await readProfile(store, ann), { name: null, avatar: null })
      for (const name of ['Ann Öst', '安'.repeat(100), '🐝'.repeat(100)]) {
        await setName(store, ann, ` ${name} `)
        assert.equal((await readProfile(store, ann)).name, name)
      }
      for (const name of ['x'.repeat(101), 'a\nb', 'a\u0000', '\ud800'])
        await assert.rejects(setName(store, ann, name), { code: 'name-malformed' })
      await setName(store, ann, '')
      assert.equal((await readProfile(store, ann)).name, null)
    })

    test('has a picture at an address of its own, which goes with it', async (t) => {
      const parts = await accountsOn(t, kind)
      const { store, accounts, owner, person } = parts
      const ann = await person('ann')
      await setName(store, ann, 'Ann')
      const small = await setAvatar(parts, ann, png(1000))
      assert.deepEqual(await readProfile(store, ann), { name: 'Ann', avatar: small })
      const found = await avatar(parts, small)
      assert.deepEqual([found?.type, found?.size], ['image/png', 1000])
      assert.deepEqual(await bytesOf(await found?.open()), png(1000))

      const large = await setAvatar(parts, ann, png(maxAvatar))
      assert.notEqual(large, small)
      assert.equal(await avatar(parts, small), undefined)
      const again = await avatar(parts, large)
      assert.equal(again?.size, maxAvatar)
      assert.deepEqual(await bytesOf(await again?.open()), png(maxAvatar))

      await accounts.suspend(owner, ann.id, true)
      assert.equal(await avatar(parts, large), undefined)
      await accounts.suspend(owner, ann.id, false)
      await removeAvatar(store, ann)
      assert.equal(await avatar(parts, large), undefined)
      assert.deepEqual(await readProfile(store, ann), { name: 'Ann', avatar: null })
      assert.deepEqual(await store.rows('name', { home_id: ann.home }), [])
    })

    test('refuses what is no picture, or too large', async (t) => {
      const parts = await accountsOn(t, kind)
      const ann = await parts.person('ann')
      const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
      for (const bytes of [svg, Buffer.alloc(0), Buffer.from('GIF89a'), Buffer.from('RIFF....WAVEfmt ')])
        await assert.rejects(setAvatar(parts, ann, bytes), { code: 'not-a-picture' })
      await assert.rejects(setAvatar(parts, ann, png(maxAvatar + 1)), { code: 'too-large' })
      assert.deepEqual(await readProfile(parts.store, ann), { name: null, avatar: null })
    })
  })

test('pictures are known by their first bytes', () => {
  assert.equal(pictureType(png(8)), 'image/png')
  assert.equal(pictureType(Buffer.from([0xff, 0xd8, 0xff, 0xe0])), 'image/jpeg')
  assert.equal(pictureType(Buffer.from('RIFF\0\0\0\0WEBPVP8 ', 'latin1')), 'image/webp')
  assert.equal(pictureType(Buffer.from('XIFF\0\0\0\0WEBPVP8 ', 'latin1')), undefined)
})
