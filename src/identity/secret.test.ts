import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { seal, unsealText } from '../lib/sealed.ts'
import { loadKeys } from './secret.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'essaim-secret-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

test('the key is made once, for its owner alone, and read again', (t) => {
  const path = folder(t)
  const file = join(path, 'secret')
  const keys = loadKeys(file)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(path), ['secret'])
  assert.equal(unsealText(loadKeys(file), 'context', seal(keys, 'context', 'word')), 'word')
})

test('a key that others can read is refused with what to do', (t) => {
  const file = join(folder(t), 'secret')
  loadKeys(file)
  chmodSync(file, 0o640)
  assert.throws(() => loadKeys(file), { code: 'key-file', message: /chmod 600/ })
})

test('a damaged key is refused and not replaced', (t) => {
  const file = join(folder(t), 'secret')
  writeFileSync(file, 'not a key\n', { mode: 0o600 })
  assert.throws(() => loadKeys(file), { code: 'key-file' })
  assert.equal(statSync(file).size, 10)
})
