/**
 * TLS 1.3 (RFC 8446) as far as Firefox's pairing uses it, on the side that joins: one secret that both ends know
 * beforehand (an external PSK without key exchange), TLS_AES_128_GCM_SHA256, one record in each message. The secret
 * was read from a picture on the other screen, so the relay between the two can neither read nor change anything.
 */

/** What an end does to the other that it did not expect; the connection is of no more use. */
export class TlsFault extends Error {}

export interface Tls {
  /** Seals one message and writes it; waits for the handshake. */
  send(data: Uint8Array): Promise<void>
  /** Takes a record; gives what was sealed in it, `closed` once the other end says so. Rejects with TlsFault. */
  receive(record: Uint8Array): Promise<Uint8Array | 'closed' | undefined>
  /** Says that nothing more will be sent. */
  close(): Promise<void>
}

type Bytes = Uint8Array<ArrayBuffer>

const record = { changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 } as const
const message = { clientHello: 1, serverHello: 2, ticket: 4, extensions: 8, finished: 20 } as const
const extension = { psk: 41, versions: 43, pskModes: 45 } as const
/** TLS 1.2 in the fields that older machines in between look at, 1.3 where it counts. */
const oldVersion = [3, 3]
const version = [3, 4]
const cipherSuite = [0x13, 0x01]
/** Content of a record, and what sealing may add to it. */
const maxRecord = 2 ** 14 + 256

/** Begins: the first record is written before this resolves. `write` takes one record. */
export async function joinTls(
  secret: Uint8Array,
  identity: Uint8Array,
  write: (bytes: Uint8Array) => void,
): Promise<Tls> {
  const zeros = new Uint8Array(32)
  const early = await hmac(zeros, secret)
  const transcript: Bytes[] = []
  let out: Cipher | undefined
  let incoming: Cipher | undefined
  let state: 'hello' | 'extensions' | 'finished' | 'connected' | 'closed' = 'hello'
  let traffic: { master: Bytes; client: Bytes; server: Bytes } | undefined
  let connected: () => void
  const ready = new Promise<void>((resolve) => (connected = resolve))

  const put = async (type: number, content: Uint8Array) => {
    if (out) write(await out.seal(type, content))
    else write(join([type], oldVersion, vector(2, content)))
  }

  const hello = async () => {
    const offer = (binder: Bytes) =>
      join(
        oldVersion,
        crypto.getRandomValues(new Uint8Array(32)),
        vector(1),
        vector(2, cipherSuite),
        vector(1, [0]),
        vector(
          2,
          extensionOf(extension.versions, vector(1, version)),
          extensionOf(extension.pskModes, vector(1, [0])),
          extensionOf(
            extension.psk,
            join(vector(2, vector(2, identity), [0, 0, 0, 0]), vector(2, vector(1, binder))),
          ),
        ),
      )
    const whole = handshake(message.clientHello, offer(zeros))
    // The binder proves knowledge of the secret over all that stands before it: two lengths and its 32 bytes.
    const binderKey = await derive(early, 'ext binder', new Uint8Array())
    const binder = await verifyData(binderKey, whole.subarray(0, whole.length - 35))
    whole.set(binder, whole.length - 32)
    transcript.push(whole)
    await put(record.handshake, whole)
  }

  const serverHello = async (body: Bytes) => {
    const read = reader(body)
    const fields = [read.take(2), read.take(32), read.vector(1), read.take(2), read.take(1)] as const
    demand(same(fields[0], oldVersion) && fields[2].length === 0 && same(fields[3], cipherSuite))
    demand(fields[4][0] === 0)
    const given = new Map<number, Bytes>()
    for (const list = reader(read.vector(2)); !list.done();) {
      const type = list.number(2)
      demand(!given.has(type))
      given.set(type, list.vector(2))
    }
    demand(read.done() && given.size === 2)
    demand(same(given.get(extension.versions), version) && same(given.get(extension.psk), [0, 0]))
    const secretOfHandshake = await hmac(await derive(early, 'derived', new Uint8Array()), zeros)
    const heard = join(...transcript)
    traffic = {
      client: await derive(secretOfHandshake, 'c hs traffic', heard),
      server: await derive(secretOfHandshake, 's hs traffic', heard),
      master: await hmac(await derive(secretOfHandshake, 'derived', new Uint8Array()), zeros),
    }
    out = await cipher(traffic.client)
    incoming = await cipher(traffic.server)
    state = 'extensions'
  }

  const serverFinished = async (body: Bytes, before: Bytes) => {
    const { master, client, server } = traffic!
    demand(same(body, await verifyData(server, before)))
    const heard = join(...transcript)
    await put(record.handshake, handshake(message.finished, await verifyData(client, heard)))
    out = await cipher(await derive(master, 'c ap traffic', heard))
    incoming = await cipher(await derive(master, 's ap traffic', heard))
    traffic = undefined
    transcript.length = 0
    state = 'connected'
    connected()
  }

  const onHandshake = async (content: Bytes) => {
    for (const list = reader(content); !list.done();) {
      const type = list.number(1)
      const body = list.vector(3)
      const before = join(...transcript)
      if (state !== 'connected') transcript.push(handshake(type, body))
      if (state === 'hello' && type === message.serverHello) {
        // A change of keys stands at the end of a record.
        demand(list.done())
        await serverHello(body)
      } else if (state === 'extensions' && type === message.extensions) {
        demand(same(body, [0, 0]))
        state = 'finished'
      } else if (state === 'finished' && type === message.finished) {
        demand(list.done())
        await serverFinished(body, before)
      } else demand(state === 'connected' && type === message.ticket)
    }
  }

  const take = async (bytes: Uint8Array): Promise<Uint8Array | 'closed' | undefined> => {
    demand(state !== 'closed')
    const read = reader(join(bytes))
    let type = read.number(1)
    demand(read.number(1) === 3)
    read.take(1)
    let content = read.vector(2)
    demand(read.done() && content.length <= maxRecord)
    if (type === record.changeCipherSpec) {
      demand(state !== 'connected' && same(content, [1]))
      return undefined
    }
    if (incoming) {
      demand(type === record.data)
      ;[type, content] = await incoming.open(join(bytes))
    }
    if (type === record.data && state === 'connected') return content
    if (type === record.handshake) {
      demand(content.length > 0)
      await onHandshake(content)
      return undefined
    }
    // The alert 0 is the end of the conversation; any other is a fault of which the other end speaks.
    demand(type === record.alert && content.length === 2 && content[1] === 0)
    state = 'closed'
    return 'closed'
  }

  // Keys change with the records: each is dealt with before the next.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const next = last.then(act)
    last = next.catch(() => undefined)
    return next
  }

  await inTurn(hello)
  return {
    send: (data) => ready.then(() => inTurn(() => put(record.data, data))),
    receive: (bytes) =>
      inTurn(async () => {
        try {
          return await take(bytes)
        } catch (error) {
          state = 'closed'
          throw error instanceof TlsFault ? error : new TlsFault('a record could not be read')
        }
      }),
    close: () => inTurn(() => put(record.alert, new Uint8Array([1, 0]))),
  }
}

interface Cipher {
  seal(type: number, content: Uint8Array): Promise<Bytes>
  open(bytes: Bytes): Promise<[type: number, content: Bytes]>
}

/** The keys of one direction (section 7.3), and the count of the records sealed by them. */
async function cipher(secret: Bytes): Promise<Cipher> {
  const raw = await expand(secret, 'key', new Uint8Array(), 16)
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
  const iv = await expand(secret, 'iv', new Uint8Array(), 12)
  let count = 0
  const parameters = (additionalData: Bytes) => {
    const nonce = iv.slice()
    const view = new DataView(nonce.buffer)
    view.setUint32(8, view.getUint32(8) ^ count++)
    return { name: 'AES-GCM', iv: nonce, additionalData }
  }
  return {
    seal: async (type, content) => {
      const header = join([record.data], oldVersion, number(2, content.length + 17))
      const sealed = await crypto.subtle.encrypt(parameters(header), key, join(content, [type]))
      return join(header, new Uint8Array(sealed))
    },
    open: async (bytes) => {
      const inner = new Uint8Array(
        await crypto.subtle.decrypt(parameters(bytes.slice(0, 5)), key, bytes.slice(5)),
      )
      const end = inner.findLastIndex((byte) => byte !== 0)
      demand(end >= 0)
      return [inner[end]!, inner.slice(0, end)]
    },
  }
}

function demand(holds: boolean): asserts holds {
  if (!holds) throw new TlsFault('the other end did something else than was expected')
}

async function hmac(key: Uint8Array, data: Uint8Array): Promise<Bytes> {
  const made = await crypto.subtle.importKey('raw', join(key), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  return new Uint8Array(await crypto.subtle.sign('HMAC', made, join(data)))
}

const hash = async (data: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', data))

/** HKDF-Expand-Label (section 7.1) of at most 32 bytes, which is one block. */
async function expand(secret: Bytes, label: string, context: Bytes, length: number): Promise<Bytes> {
  const name = new TextEncoder().encode(`tls13 ${label}`)
  const info = join(number(2, length), vector(1, name), vector(1, context), [1])
  return (await hmac(secret, info)).slice(0, length)
}

const derive = async (secret: Bytes, label: string, heard: Bytes): Promise<Bytes> =>
  expand(secret, label, await hash(heard), 32)

const verifyData = async (secret: Bytes, heard: Bytes): Promise<Bytes> =>
  hmac(await expand(secret, 'finished', new Uint8Array(), 32), await hash(heard))

const handshake = (type: number, body: Uint8Array): Bytes => join([type], vector(3, body))

const extensionOf = (type: number, content: Uint8Array): Bytes => join(number(2, type), vector(2, content))

/** Parts, with their length before them in so many bytes. */
function vector(size: number, ...parts: ArrayLike<number>[]): Bytes {
  const content = join(...parts)
  return join(number(size, content.length), content)
}

const number = (size: number, value: number): number[] =>
  Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** (size - 1 - at)) % 256)

function join(...parts: ArrayLike<number>[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const same = (a: Uint8Array | undefined, b: ArrayLike<number>): boolean =>
  a !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at])

/** Reads from the front; what is not there is a fault. */
function reader(bytes: Bytes) {
  let at = 0
  const take = (length: number): Bytes => {
    demand(at + length <= bytes.length)
    return bytes.slice(at, (at += length))
  }
  const read = (size: number): number => take(size).reduce((sum, byte) => sum * 256 + byte, 0)
  return { take, number: read, vector: (size: number) => take(read(size)), done: () => at === bytes.length }
}
