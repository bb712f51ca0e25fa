import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { BlobError, type Blobs } from '../core/ports.ts'
import { blobsConformance } from './conformance.ts'
import { createFileBlobs, type FileCalls } from './files.ts'

const home = 0x4e0c_91a5_d2f7
const limits = { maxBytes: 1 << 20 }
const future = Date.now() + 24 * 60 * 60 * 1000
const hello = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

blobsConformance('files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'essaim-blobs-'))
  return {
    blobs: createFileBlobs(join(directory, 'blobs')),
    close: () => rm(directory, { recursive: true }),
  }
})

test('files: folders are closed to others (0700), files too (0600), whatever the umask allows', async (t) => {
  const directory = await temporaryFolder(t)
  const umask = process.umask(0)
  t.after(() => process.umask(umask))
  const blobs = createFileBlobs(join(directory, 'blobs'))
  await blobs.put(home, body('hello'), limits)
  const modes: Record<string, string> = {}
  for (const entry of await readdir(directory, { recursive: true })) {
    modes[entry] = ((await stat(join(directory, entry))).mode & 0o777).toString(8)
  }
  assert.deepEqual(modes, {
    blobs: '700',
    'blobs/temporary': '700',
    'blobs/4e': '700',
    'blobs/4e/4e0c91a5d2f7': '700',
    'blobs/4e/4e0c91a5d2f7/2c': '700',
    [`blobs/4e/4e0c91a5d2f7/2c/${hello}`]: '600',
  })
})

test('files: a body that is put again becomes new, so that no sweep takes it before it is named', async (t) => {
  const directory = await temporaryFolder(t)
  const blobs = createFileBlobs(directory)
  await blobs.put(home, body('hello'), limits)
  await utimes(pathOfHello(directory), 1, 1)
  const cutoff = Date.now() - 60_000
  await blobs.put(home, body('hello'), limits)
  assert.equal(await blobs.remove(home, hello, cutoff), false)
  assert.equal(await blobs.has(home, hello), true)
})

test('files: a body that is put again while it is being removed stays', async (t) => {
  const directory = await temporaryFolder(t)
  const blobs = createFileBlobs(directory)
  await blobs.put(home, body('hello'), limits)
  await utimes(pathOfHello(directory), 1, 1)
  const interrupted: FileCalls = {
    open,
    rename: async (from, to) => {
      await blobs.put(home, body('hello'), limits)
      return rename(from, to)
    },
  }
  const sweeper = createFileBlobs(directory, interrupted)
  assert.equal(await sweeper.remove(home, hello, Date.now() - 60_000), false)
  assert.equal(await blobs.has(home, hello), true)
  assert.equal(await blobs.sweepTemporary(future), 0)
})

test('files: a damaged file is healed by the next put of its body', async (t) => {
  const directory = await temporaryFolder(t)
  const blobs = createFileBlobs(directory)
  await blobs.put(home, body('hello'), limits)
  await writeFile(pathOfHello(directory), 'hel')
  await blobs.put(home, body('hello'), limits)
  assert.equal(await textOf(blobs), 'hello')
})

test('files: a full disk is told as such and leaves nothing, wherever it shows', async (t) => {
  const directory = await temporaryFolder(t)
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  const fails = () => Promise.reject(full)
  const calls: Record<string, FileCalls> = {
    open: { open: fails, rename },
    write: { open: withHandle({ write: fails }), rename },
    datasync: { open: withHandle({ datasync: fails }), rename },
    rename: { open, rename: fails },
    sync: { open: withHandle({ sync: fails }), rename },
  }
  for (const [call, failing] of Object.entries(calls)) {
    const blobs = createFileBlobs(join(directory, call), failing)
    await assert.rejects(blobs.put(home, body('hello'), limits), (error) => {
      assert.ok(error instanceof BlobError)
      assert.deepEqual([call, error.code, error.cause], [call, 'no-space', full])
      return true
    })
    assert.equal(await blobs.has(home, hello), false, call)
    assert.equal(await blobs.sweepTemporary(future), 0, call)
  }
})

test('files: the body is synced before it gets its name, and every folder on its path before the answer', async (t) => {
  const directory = await temporaryFolder(t)
  const seen: string[] = []
  const note = (step: string, path: unknown) => seen.push(`${step} ${String(path).slice(directory.length)}`)
  const recording: FileCalls = {
    open: async (path, ...rest) => {
      const handle = await open(path, ...rest)
      const datasync = handle.datasync.bind(handle)
      const sync = handle.sync.bind(handle)
      return Object.assign(handle, {
        datasync: () => datasync().then(() => note('data of', String(path).replace(/[^/]+$/, ''))),
        sync: () => sync().then(() => note('names in', path)),
      })
    },
    rename: (from, to) => rename(from, to).then(() => void note('rename to', to)),
  }
  const blobs = createFileBlobs(directory, recording)
  await blobs.put(home, body('hello'), limits)
  await blobs.put(home, body('hello'), limits)
  const named = [
    'data of /temporary/',
    `rename to /4e/4e0c91a5d2f7/2c/${hello}`,
    'names in /4e/4e0c91a5d2f7/2c',
  ]
  const folders = ['names in /4e/4e0c91a5d2f7', 'names in /4e', 'names in ']
  assert.deepEqual(seen, [...named.slice(0, 1), ...folders, ...named.slice(1), ...named])
})

test('files: an error of the disk goes through as it is', async (t) => {
  const directory = await temporaryFolder(t)
  const broken = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
  const blobs = createFileBlobs(directory, {
    open: withHandle({ write: () => Promise.reject(broken) }),
    rename,
  })
  await assert.rejects(blobs.put(home, body('hello'), limits), broken)
  assert.equal(await blobs.sweepTemporary(future), 0)
})

test('files: what is written in pieces by the disk is still whole', async (t) => {
  const directory = await temporaryFolder(t)
  const piecemeal: FileCalls['open'] = async (...args) => {
    const handle = await open(...args)
    const write = handle.write.bind(handle) as (
      data: Uint8Array,
      at: number,
      length: number,
    ) => Promise<unknown>
    return Object.assign(handle, { write: (data: Uint8Array, at: number) => write(data, at, 1) })
  }
  const blobs = createFileBlobs(directory, { open: piecemeal, rename })
  assert.equal((await blobs.put(home, body('hello'), limits)).hash, hello)
  assert.equal(await textOf(blobs), 'hello')
})

test('files: foreign files and folders are neither homes nor blobs', async (t) => {
  const directory = await temporaryFolder(t)
  const blobs = createFileBlobs(directory)
  await blobs.put(home, body('hello'), limits)
  const hash = 'ab'.padEnd(64, '0')
  for (const folder of [
    'lost+found',
    '00',
    '00/00000000000g',
    '00/7',
    '01/000000000007',
    '4e/4e0c91a5d2f7/ab',
    `4e/4e0c91a5d2f7/ab/${hash}`,
  ]) {
    await mkdir(join(directory, folder), { recursive: true })
  }
  await writeFile(join(directory, '4e/4e0c91a5d2f7/ab/notes.txt'), '')
  await writeFile(join(directory, '4e/4e0c91a5d2f7/ab', hello), 'in the wrong folder')
  await writeFile(join(directory, '4e/note'), '')
  const homes: number[] = []
  for await (const found of blobs.homes()) homes.push(found)
  const hashes: string[] = []
  for await (const found of blobs.list(home)) hashes.push(found.hash)
  assert.deepEqual([homes, hashes], [[home], [hello]])
})

test('files: a home that another process removes in between is made again', async (t) => {
  const directory = await temporaryFolder(t)
  const blobs = createFileBlobs(directory)
  await blobs.put(home, body('hello'), limits)
  await createFileBlobs(directory).removeHome(home)
  await blobs.put(home, body('hello'), limits)
  assert.equal(await blobs.has(home, hello), true)
})

test('files: after kill -9 an unfinished body is only a temporary file, which the sweep removes', async (t) => {
  const directory = await temporaryFolder(t)
  const { child, lines } = startWriter(t, directory, [
    'async function* unfinished() {',
    "  yield Buffer.from('first half')",
    "  console.log('written')",
    '  await new Promise((resolve) => setTimeout(resolve, 1e9))',
    '}',
    `await blobs.put(${home}, unfinished(), { maxBytes: 1e6 })`,
  ])
  assert.equal((await lines.next()).value, 'written')
  await kill(child)
  const blobs = createFileBlobs(directory)
  for await (const found of blobs.homes()) assert.fail(`home ${found} has nothing yet`)
  assert.equal(await blobs.sweepTemporary(0), 0)
  assert.equal(await blobs.sweepTemporary(future), 1)
  assert.deepEqual(await readdir(directory), ['temporary'])
  assert.deepEqual(await readdir(join(directory, 'temporary')), [])
})

test('files: kill -9 under load loses no body that was acknowledged, and no name stands for half a body', async (t) => {
  const directory = await temporaryFolder(t)
  const blobs = createFileBlobs(directory)
  for (let round = 0; round < 4; round++) {
    const { child, lines } = startWriter(t, directory, [
      "const { randomBytes } = await import('node:crypto')",
      'async function* body() {',
      '  for (let i = 0; i < 3; i++) yield randomBytes(30_000)',
      '}',
      'const writer = async () => {',
      `  for (;;) console.log((await blobs.put(${home}, body(), { maxBytes: 1e6 })).hash)`,
      '}',
      'await Promise.all([writer(), writer(), writer(), writer()])',
    ])
    const acknowledged: string[] = []
    for await (const hash of lines) {
      acknowledged.push(hash)
      if (acknowledged.length === 10 + round * 7) child.kill('SIGKILL')
    }
    const stored = new Set<string>()
    for await (const { hash } of blobs.list(home)) {
      const digest = createHash('sha256')
      for await (const chunk of (await blobs.get(home, hash))?.stream ?? []) digest.update(chunk)
      assert.equal(digest.digest('hex'), hash)
      stored.add(hash)
    }
    for (const hash of acknowledged) assert.ok(stored.has(hash), `${hash} was acknowledged`)
  }
})

async function temporaryFolder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'essaim-blobs-'))
  t.after(() => rm(directory, { recursive: true }))
  await chmod(directory, 0o700)
  return directory
}

async function* body(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function textOf(blobs: Blobs): Promise<string> {
  const opened = await blobs.get(home, hello)
  assert.ok(opened)
  return text(opened.stream)
}

function pathOfHello(directory: string): string {
  return join(directory, '4e/4e0c91a5d2f7/2c', hello)
}

/** `open` whose handles have some calls replaced. */
function withHandle(replaced: object): FileCalls['open'] {
  return async (...args) => Object.assign(await open(...args), replaced)
}

/** A process that runs these lines with `blobs` at hand; `lines` are what it prints. */
function startWriter(t: TestContext, directory: string, code: string[]) {
  const program = [
    `const { createFileBlobs } = await import(${JSON.stringify(new URL('./files.ts', import.meta.url).href)})`,
    `const blobs = createFileBlobs(${JSON.stringify(directory)})`,
    ...code,
  ].join('\n')
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => kill(child))
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
}

async function kill(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
