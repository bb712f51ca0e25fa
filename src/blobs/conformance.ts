import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type BlobEntry, type BlobErrorCode, type Blobs, BlobError } from '../core/ports.ts'

/** An adapter under test, empty, and what takes it down again. */
export interface BlobsUnderTest {
  blobs: Blobs
  close(): Promise<void>
}

const home = 0x4e0c_91a5_d2f7
const other = 7
const limits = { maxBytes: 1 << 20 }
const absent = 'f'.repeat(64)
const future = Date.now() + 24 * 60 * 60 * 1000

/** Registers the tests that every adapter of `Blobs` has to pass. */
export function blobsConformance(name: string, make: () => Promise<BlobsUnderTest>): void {
  const spec = (behaviour: string, run: (blobs: Blobs) => Promise<void>) =>
    test(`${name}: ${behaviour}`, async (t) => {
      const made = await make()
      t.after(() => made.close())
      await run(made.blobs)
    })

  spec('a body that was put is found by its SHA-256 and reads back the same', async (blobs) => {
    const body = randomBytes(300_000)
    const put = await blobs.put(home, inChunks(body, 7_001), limits)
    assert.deepEqual(put, { hash: sha256(body), size: body.length })
    assert.equal(await blobs.has(home, put.hash), true)
    assert.deepEqual(await read(blobs, home, put.hash), body)
  })

  spec('an empty body is a blob like others', async (blobs) => {
    const { hash, size } = await blobs.put(home, inChunks(Buffer.alloc(0)), limits)
    assert.equal(size, 0)
    assert.equal(hash, sha256(Buffer.alloc(0)))
    assert.deepEqual(await read(blobs, home, hash), Buffer.alloc(0))
    await refuses('range', blobs.get(home, hash, { start: 0 }))
  })

  spec('what was never put is absent, and its removal says no', async (blobs) => {
    assert.equal(await blobs.get(home, absent), undefined)
    assert.equal(await blobs.has(home, absent), false)
    assert.equal(await blobs.remove(home, absent, future), false)
    assert.deepEqual(await all(blobs.list(home)), [])
    assert.deepEqual(await all(blobs.homes()), [])
    await blobs.removeHome(home)
  })

  spec(
    'ranges count both ends, are cut at the end of the blob, and may not begin behind it',
    async (blobs) => {
      const body = Buffer.from('0123456789')
      const { hash } = await blobs.put(home, inChunks(body), limits)
      const part = async (start: number, end?: number) => {
        const opened = await blobs.get(home, hash, end === undefined ? { start } : { start, end })
        assert.ok(opened)
        const text = (await collect(opened.stream)).toString()
        assert.deepEqual([opened.size, opened.start, opened.length], [10, start, text.length])
        return text
      }
      assert.equal(await part(0, 9), '0123456789')
      assert.equal(await part(0, 0), '0')
      assert.equal(await part(9, 9), '9')
      assert.equal(await part(3, 5), '345')
      assert.equal(await part(4), '456789')
      assert.equal(await part(8, 1_000_000), '89')
      for (const range of [
        { start: 10 },
        { start: 5, end: 4 },
        { start: -1 },
        { start: 1.5 },
        { start: 0, end: NaN },
      ]) {
        await refuses('range', blobs.get(home, hash, range))
      }
    },
  )

  spec('a stream that is destroyed half way harms nothing', async (blobs) => {
    const body = randomBytes(300_000)
    const { hash } = await blobs.put(home, inChunks(body), limits)
    const opened = await blobs.get(home, hash)
    for await (const _chunk of opened?.stream ?? []) break
    assert.equal(opened?.stream.destroyed, true)
    assert.deepEqual(await read(blobs, home, hash), body)
  })

  spec('equal bodies are kept once in a home, also when many are put at the same time', async (blobs) => {
    const body = randomBytes(50_000)
    const puts = await Promise.all(
      Array.from({ length: 24 }, (_, i) => blobs.put(home, inChunks(body, 1_000 + i * 997), limits)),
    )
    for (const put of puts) assert.deepEqual(put, { hash: sha256(body), size: body.length })
    assert.equal((await all(blobs.list(home))).length, 1)
    assert.deepEqual(await read(blobs, home, sha256(body)), body)
  })

  spec('a home neither sees nor loses what another has', async (blobs) => {
    const { hash } = await blobs.put(home, inChunks(Buffer.from('mine')), limits)
    assert.equal(await blobs.has(other, hash), false)
    assert.equal(await blobs.get(other, hash), undefined)
    await blobs.put(other, inChunks(Buffer.from('mine')), limits)
    assert.equal(await blobs.remove(other, hash, future), true)
    assert.equal(await blobs.has(home, hash), true)
  })

  spec('a body of exactly the bound is taken, one byte more is refused and leaves nothing', async (blobs) => {
    await blobs.put(home, inChunks(Buffer.alloc(1_000), 300), { maxBytes: 1_000 })
    await refuses('too-large', blobs.put(home, inChunks(Buffer.alloc(1_001), 300), { maxBytes: 1_000 }))
    assert.equal((await all(blobs.list(home))).length, 1)
    assert.equal(await blobs.sweepTemporary(future), 0)
  })

  spec('a source past the bound is told to end, and not read on', async (blobs) => {
    let given = 0
    let ended = false
    async function* endless() {
      try {
        for (;;) {
          given++
          yield Buffer.alloc(100)
        }
      } finally {
        ended = true
      }
    }
    await refuses('too-large', blobs.put(home, endless(), { maxBytes: 1_000 }))
    assert.deepEqual([given, ended], [11, true])
  })

  spec('a source that breaks off leaves nothing, and its reason is the cause', async (blobs) => {
    const reason = new Error('connection reset')
    async function* broken() {
      yield Buffer.alloc(70_000)
      throw reason
    }
    const error = await refuses('aborted', blobs.put(home, broken(), limits))
    assert.equal(error.cause, reason)
    assert.deepEqual(await all(blobs.list(home)), [])
    assert.equal(await blobs.sweepTemporary(future), 0)
  })

  spec('a body with another hash than expected is refused and leaves nothing', async (blobs) => {
    const body = Buffer.from('body')
    await refuses('mismatch', blobs.put(home, inChunks(body), { ...limits, hash: absent }))
    assert.deepEqual(await all(blobs.list(home)), [])
    assert.equal(await blobs.sweepTemporary(future), 0)
    assert.equal((await blobs.put(home, inChunks(body), { ...limits, hash: sha256(body) })).size, 4)
  })

  spec('removal spares what was put since, and takes what is older', async (blobs) => {
    const { hash } = await blobs.put(home, inChunks(Buffer.from('body')), limits)
    assert.equal(await blobs.remove(home, hash, Date.now() - 60_000), false)
    assert.equal(await blobs.has(home, hash), true)
    assert.equal(await blobs.remove(home, hash, future), true)
    assert.equal(await blobs.has(home, hash), false)
    assert.equal(await blobs.remove(home, hash, future), false)
    assert.equal(await blobs.sweepTemporary(future), 0)
  })

  spec('an open stream reads on when its blob is removed', async (blobs) => {
    const body = randomBytes(900_000)
    const { hash } = await blobs.put(home, inChunks(body), limits)
    const opened = await blobs.get(home, hash)
    assert.ok(opened)
    await blobs.remove(home, hash, future)
    assert.deepEqual(await collect(opened.stream), body)
  })

  spec('the list gives the hash, size and time of every blob of the home', async (blobs) => {
    const before = Date.now()
    const hashes = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const { hash } = await blobs.put(home, inChunks(Buffer.from(`body ${i}`)), limits)
      hashes.add(hash)
    }
    await blobs.put(other, inChunks(Buffer.from('elsewhere')), limits)
    const listed: BlobEntry[] = await all(blobs.list(home))
    assert.deepEqual(new Set(listed.map((entry) => entry.hash)), hashes)
    for (const { size, modified } of listed) {
      assert.ok(size === 6 || size === 7)
      // File systems and object stores keep their own time.
      assert.ok(Number.isInteger(modified) && Math.abs(modified - before) < 60 * 60 * 1000)
    }
    assert.deepEqual(new Set(await all(blobs.homes())), new Set([home, other]))
  })

  spec('a removed home is gone at once and may begin anew', async (blobs) => {
    for (let i = 0; i < 5; i++) await blobs.put(home, inChunks(Buffer.from(`body ${i}`)), limits)
    const kept = await blobs.put(other, inChunks(Buffer.from('kept')), limits)
    await blobs.removeHome(home)
    assert.deepEqual(await all(blobs.list(home)), [])
    assert.deepEqual(await all(blobs.homes()), [other])
    assert.equal(await blobs.has(other, kept.hash), true)
    const { hash } = await blobs.put(home, inChunks(Buffer.from('body 1')), limits)
    assert.deepEqual(await read(blobs, home, hash), Buffer.from('body 1'))
  })

  spec('names that are no names are refused before anything is touched', async (blobs) => {
    const body = () => inChunks(Buffer.from('body'))
    for (const bad of [-1, 1.5, NaN, Infinity, 2 ** 53]) {
      await refuses('malformed', blobs.put(bad, body(), limits))
      await refuses('malformed', blobs.get(bad, absent))
      await refuses('malformed', all(blobs.list(bad)))
      await refuses('malformed', blobs.removeHome(bad))
    }
    const traversal = '../../../../../etc/passwd'
    for (const bad of [
      '',
      traversal,
      traversal.padEnd(64, 'a'),
      'F'.repeat(64),
      `${absent}\n`,
      `${absent}\0`,
    ]) {
      await refuses('malformed', blobs.get(home, bad))
      await refuses('malformed', blobs.has(home, bad))
      await refuses('malformed', blobs.remove(home, bad, future))
      await refuses('malformed', blobs.put(home, body(), { ...limits, hash: bad }))
    }
    assert.deepEqual(await all(blobs.homes()), [])
  })
}

function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

async function* inChunks(body: Uint8Array, length = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += length) yield body.subarray(at, at + length)
}

async function read(blobs: Blobs, ofHome: number, hash: string): Promise<Buffer> {
  const opened = await blobs.get(ofHome, hash)
  assert.ok(opened, `${hash} is there`)
  const body = await collect(opened.stream)
  assert.deepEqual([opened.size, opened.start, opened.length], [body.length, 0, body.length])
  return body
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await all(stream))
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

async function refuses(code: BlobErrorCode, call: Promise<unknown>): Promise<BlobError> {
  const error = await call.then(
    () => assert.fail(`expected ${code}`),
    (failure: unknown) => failure,
  )
  assert.ok(error instanceof BlobError, String(error))
  assert.equal(error.code, code)
  return error
}
