/**
 * The joining side of the pairing channel against what the other side's library says: a whole conversation that was
 * recorded with fxa-pairing-channel 1.0.2 (mozilla/fxa-pairing-channel at 9cae6ac92c9a4a6d2f4c63110d4023d5c9def798) as the
 * side that began, with the secret 00 01 … 1f and random bytes that are all 7 on our side.
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { joinTls, TlsFault } from '../../web/src/firefox/pair-tls.ts'

const secret = Uint8Array.from({ length: 32 }, (_, at) => at)
const identity = new TextEncoder().encode('AAECAwQFBgcICQoLDA0ODw')

const ours = {
  hello:
    '16030300810100007d03030707070707070707070707070707070707070707070707070707070707070707000002130101000052002b0003020304002d0002010000290041001c001641414543417751464267634943516f4c4441304f447700000000002120d0f135fe19e7c47d484fe31a5a1ccf50d8b8c70bff9ad13af97532cf9fb83dd4',
  finished:
    '170303003591322c662f39c1049fef44d9c8ab17135270edf2e94537a1ecca89f64e821eb255b1fd52674f79898502e5b670513ee3dabc080031',
  said: '170303001f046be6f51200137244215f7a9523ed3b3e6690a6a5b10193fc787f6d37a60c',
  closed: '1703030013dc4a1174c72f87ea58141dad14319b40ad7087',
}
const theirs = {
  hello:
    '1603030038020000340303ff9eabe877588375865defa020966091b4c1d6356079a8cf1d74f11bf4df807800130100000c002b00020304002900020000',
  finished:
    '170303003b79dedd462443a7f8117d4eb5987a8263736977a6f33d2165b21376e277732171b2d5eaa0a7992c837a569746e4ecd5ce3077a9a917ad0c50b85f8b',
  said: '170303001eb371d9832c58260953e615cc176bb4a939247aebaf00b61e52844bb90342',
  closed: '1703030013e55a86fbbea45bffdfb1d772aac7a97db02875',
}

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const text = (told: unknown) => (told instanceof Uint8Array ? new TextDecoder().decode(told) : told)

async function joined(t: TestContext, key = secret) {
  const sent: string[] = []
  const random = t.mock.method(crypto, 'getRandomValues', (array: Uint8Array) => array.fill(7))
  const tls = await joinTls(key, identity, (record) => sent.push(Buffer.from(record).toString('hex')))
  random.mock.restore()
  return { tls, sent }
}

test('the recorded conversation', async (t) => {
  const { tls, sent } = await joined(t)
  const said = tls.send(new TextEncoder().encode('from the phone'))
  assert.equal(await tls.receive(bytes(theirs.hello)), undefined)
  assert.equal(await tls.receive(bytes(theirs.finished)), undefined)
  await said
  assert.equal(text(await tls.receive(bytes(theirs.said))), 'from the desk')
  await tls.close()
  assert.deepEqual(sent, [ours.hello, ours.finished, ours.said, ours.closed])
  assert.equal(await tls.receive(bytes(theirs.closed)), 'closed')
  await assert.rejects(tls.receive(bytes(theirs.said)), TlsFault)
})

test('a record that older machines in between want changes nothing, but only while hands are shaken', async (t) => {
  const { tls } = await joined(t)
  await tls.receive(bytes(theirs.hello))
  assert.equal(await tls.receive(bytes('140303000101')), undefined)
  await tls.receive(bytes(theirs.finished))
  await assert.rejects(tls.receive(bytes('140303000101')), TlsFault)
})

test('another secret proves nothing: what the other end sends can not be read', async (t) => {
  const { tls, sent } = await joined(t, new Uint8Array(32))
  await tls.receive(bytes(theirs.hello))
  await assert.rejects(tls.receive(bytes(theirs.finished)), TlsFault)
  assert.equal(sent.length, 1)
})

test('whatever is changed, left out, told twice or cut is a fault, and nothing comes after it', async (t) => {
  const order = [theirs.hello, theirs.finished, theirs.said]
  const flipped = (hex: string, at: number) => {
    const changed = bytes(hex)
    changed[at]! ^= 1
    return Buffer.from(changed).toString('hex')
  }
  const wrong: string[][] = [
    [theirs.finished],
    [theirs.said],
    [theirs.hello, theirs.hello],
    [theirs.hello, theirs.said],
    [theirs.hello, theirs.finished, theirs.finished],
    [theirs.hello, theirs.finished, theirs.said, theirs.said],
    [theirs.hello, theirs.finished, theirs.said, ours.said],
    [`${theirs.hello}00`],
    [''],
    ...order.flatMap((hex, at) => [
      [...order.slice(0, at), hex.slice(0, -2)],
      // The random bytes of the hello are found out with the next record.
      ...[0, 1, 4, 5, 9, bytes(hex).length - 1].map((byte) => [
        ...order.slice(0, at),
        flipped(hex, byte),
        ...order.slice(at + 1),
      ]),
    ]),
  ]
  for (const records of wrong) {
    const { tls } = await joined(t)
    const conversation = async () => {
      for (const record of records) await tls.receive(bytes(record))
    }
    await assert.rejects(conversation, TlsFault, records.join(' '))
    await assert.rejects(tls.receive(bytes(theirs.hello)), TlsFault)
  }
})

test('an alert of the other end is a fault', async (t) => {
  const { tls } = await joined(t)
  await assert.rejects(tls.receive(bytes('15030300020228')), TlsFault)
})
