import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')

test('the generated parts of the documentation say what the program knows', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'scripts/docs.mjs', '--check'],
    { cwd: root, encoding: 'utf8' },
  )
  assert.deepEqual([status, stderr], [0, ''])
})
