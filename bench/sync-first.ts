/**
 * A whole first sync, request by request as Firefox makes it (with 5,000 bookmarks and 20,000 pages of history), and the
 * second browser's, which reads it all: CPU of the server and bytes of bodies. Then a batch of 10,000 objects by itself.
 */
import { type Measured, startEssaim } from './processes.ts'
import { type Answered, call, type Storage, storageOf } from './sync-storage.ts'

const bookmarks = 5_000
const history = 20_000
/** What a batch and a request may hold. */
const perBatch = 10_000
const perPost = 100
/** Characters of a payload as Firefox makes them, the locked form of some 200 characters. */
const payload = JSON.stringify({ ciphertext: 'x'.repeat(300), IV: 'x'.repeat(24), hmac: 'x'.repeat(64) })
const others = ['addons', 'addresses', 'creditcards', 'forms', 'prefs', 'passwords', 'extension-storage']

interface Tally {
  requests: number
  sent: number
  received: number
}

/** A browser's requests, counted. */
function browserOf(server: Measured, storage: Storage) {
  const tally: Tally = { requests: 0, sent: 0, received: 0 }
  const ask = async (method: string, path: string, body?: unknown, since?: string): Promise<Answered> => {
    const headers = since === undefined ? {} : { 'X-If-Unmodified-Since': since }
    const answer = await call(server, storage, method, path, body, headers)
    tally.requests++
    tally.sent += answer.sent
    tally.received += answer.received
    return answer
  }

  /** Uploads objects as Firefox does: emptied first, then in batches of what a batch may hold. */
  async function upload(collection: string, count: number): Promise<void> {
    await ask('DELETE', `/storage/${collection}`)
    let since = '0'
    for (let from = 0; from < count; from += perBatch) {
      const until = Math.min(count, from + perBatch)
      let batch = 'true'
      for (let at = from; at < until; at += perPost) {
        const some = Array.from({ length: Math.min(perPost, until - at) }, (_, i) => ({
          id: `${collection.slice(0, 4)}${String(at + i).padStart(8, '0')}`,
          payload,
          sortindex: 100,
        }))
        const end = at + perPost >= until ? '&commit=true' : ''
        const answer = await ask('POST', `/storage/${collection}?batch=${batch}${end}`, some, since)
        batch = end === '' ? (JSON.parse(answer.text) as { batch: string }).batch : 'true'
        if (end !== '') since = answer.headers.get('x-last-modified') ?? since
      }
    }
  }

  async function download(collection: string, sort: string): Promise<void> {
    let offset = ''
    do {
      const more = offset === '' ? '' : `&offset=${offset}`
      const { headers } = await ask('GET', `/storage/${collection}?full=1&sort=${sort}&limit=1000${more}`)
      offset = headers.get('x-weave-next-offset') ?? ''
    } while (offset !== '')
  }

  return { ask, upload, download, tally }
}

const lookAround = [
  '/info/collections',
  '/info/configuration',
  '/storage/meta/global',
  '/storage/crypto/keys',
]

async function report(server: Measured, name: string, act: () => Promise<Tally>): Promise<void> {
  const [cpu, began] = [server.cpu(), performance.now()]
  const { requests, sent, received } = await act()
  const figures = [
    requests,
    (server.cpu() - cpu).toFixed(2),
    ((performance.now() - began) / 1_000).toFixed(1),
    (sent / 1e6).toFixed(1),
    (received / 1e6).toFixed(1),
  ]
  process.stdout.write(`| ${name} | ${figures.join(' | ')} |\n`)
}

const server = await startEssaim({ ESSAIM_QUOTA: '100GiB' })
try {
  const storage = await storageOf(server)
  process.stdout.write('| | requests | CPU s | s | MB sent | MB received |\n|---|---|---|---|---|---|\n')
  await report(server, 'first sync', async () => {
    const { ask, upload, tally } = browserOf(server, storage)
    for (const path of lookAround.slice(0, 3)) await ask('GET', path)
    await ask('DELETE', '/storage')
    await ask('PUT', '/storage/meta/global', { payload }, '0')
    await ask('PUT', '/storage/crypto/keys', { payload }, '0')
    await upload('clients', 1)
    await upload('tabs', 1)
    await upload('bookmarks', bookmarks)
    for (const one of others) await ask('DELETE', `/storage/${one}`)
    await upload('history', history)
    return tally
  })
  await report(server, 'a second browser’s', async () => {
    const { ask, download, tally } = browserOf(server, storage)
    for (const path of lookAround) await ask('GET', path)
    await download('clients', 'oldest')
    await download('bookmarks', 'oldest')
    await download('history', 'newest')
    return tally
  })
  await report(server, 'one batch of 10,000', async () => {
    const { upload, tally } = browserOf(server, storage)
    await upload('forms', perBatch)
    return tally
  })
} finally {
  await server.stop()
}
