import assert from 'node:assert/strict'
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { CodedError } from '../lib/coded-error.ts'
import { seal, unsealText } from '../lib/sealed.ts'
import { openKeyFile } from './secret.ts'

/** Locks of this test file, as the operating system would keep them for processes. */
const locked = new Set<string>()
function lock(path: string) {
  if (locked.has(path)) throw new CodedError('store-locked', 'taken')
  locked.add(path)
  writeFileSync(path, '')
  return { release: () => void locked.delete(path) }
}

/** The key file, as one process has it open. */
function open(file: string) {
  const errors: unknown[] = []
  const opened = openKeyFile(file, { lock, onError: (error) => void errors.push(error) })
  return { ...opened, errors }
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'essaim-secret-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

test('the key is made once, for its owner alone, and read again', (t) => {
  const path = folder(t)
  const file = join(path, 'secret')
  const { ring } = open(file)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(path), ['secret'])
  assert.equal(unsealText(open(file).ring, 'context', seal(ring, 'context', 'word')), 'word')
})

test('a key that others can read is refused with what to do', (t) => {
  const file = join(folder(t), 'secret')
  open(file)
  chmodSync(file, 0o640)
  assert.throws(() => open(file), { code: 'key-file', message: /chmod 600/ })
})

test('a damaged key is refused and not replaced', (t) => {
  const file = join(folder(t), 'secret')
  writeFileSync(file, 'not a key\n', { mode: 0o600 })
  assert.throws(() => open(file), { code: 'key-file' })
  assert.equal(statSync(file).size, 10)
})

test('a rotation is in force at once, opens what was sealed before, and leaves the file for its owner alone', async (t) => {
  const path = folder(t)
  const file = join(path, 'secret')
  const { ring, rotate } = open(file)
  const before = seal(ring, 'context', 'old')
  assert.equal(await rotate(), 2)
  assert.equal(ring.current, 2)
  assert.match(seal(ring, 'context', 'new'), /^2\./)
  assert.equal(unsealText(ring, 'context', before), 'old')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(path).toSorted(), ['secret', 'secret.lock'])
  assert.deepEqual(open(file).ring.generations, [1, 2])
})

test('what another process seals under a key it has added opens here, without a look in between', async (t) => {
  const file = join(folder(t), 'secret')
  const [here, there] = [open(file), open(file)]
  await there.rotate()
  assert.equal(here.ring.current, 1)
  assert.equal(unsealText(here.ring, 'context', seal(there.ring, 'context', 'word')), 'word')
  assert.equal(here.ring.current, 2)
})

test('a look takes over what was added, and says so once', async (t) => {
  const file = join(folder(t), 'secret')
  const [here, there] = [open(file), open(file)]
  assert.equal(here.look(), false)
  await there.rotate()
  assert.deepEqual([here.look(), here.look()], [true, false])
})

test('rotations at one time, in several processes, each add a key and lose none', async (t) => {
  const file = join(folder(t), 'secret')
  const processes = Array.from({ length: 5 }, () => open(file))
  const given = await Promise.all(processes.flatMap(({ rotate }) => [rotate(), rotate()]))
  assert.deepEqual(
    given.toSorted((a, b) => a - b),
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  )
  const sealed = processes.map(({ ring }) => seal(ring, 'context', 'word'))
  for (const { ring } of [...processes, open(file)]) {
    assert.equal(ring.generations.length, 11)
    for (const one of sealed) assert.equal(unsealText(ring, 'context', one), 'word')
  }
})

test('a file that has lost a key in use is reported once, changes nothing, and is not added to', async (t) => {
  const path = folder(t)
  const file = join(path, 'secret')
  const here = open(file)
  const sealed = seal(here.ring, 'context', 'word')
  open(join(path, 'other'))
  copyFileSync(join(path, 'other'), file)
  assert.deepEqual([here.look(), here.look()], [false, false])
  assert.equal(here.errors.length, 1)
  assert.equal(unsealText(here.ring, 'context', sealed), 'word')
  const text = readFileSync(file, 'utf8')
  await assert.rejects(here.rotate(), { code: 'key-file', message: /lost its generation 1/ })
  assert.equal(readFileSync(file, 'utf8'), text)
})

test('what a rotation left that was cut off is no obstacle', async (t) => {
  const file = join(folder(t), 'secret')
  const { rotate, ring } = open(file)
  writeFileSync(`${file}.new`, '1 half a')
  await rotate()
  assert.deepEqual(open(file).ring.generations, [1, 2])
  assert.equal(ring.current, 2)
})

test('behind a link, what it points to is replaced and the link stays', async (t) => {
  const path = folder(t)
  open(join(path, 'key'))
  symlinkSync(join(path, 'key'), join(path, 'secret'))
  await open(join(path, 'secret')).rotate()
  assert.deepEqual(open(join(path, 'key')).ring.generations, [1, 2])
})
