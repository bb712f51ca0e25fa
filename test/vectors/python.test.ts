import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { requireProgram } from '../support/requires.ts'

const script = join(import.meta.dirname, '../../scripts/check-vectors.py')

test('a second implementation, in Python, gives every known answer and refuses what is to be refused', (t) => {
  const python = requireProgram(t, '/usr/bin/python3', 'python3')
  if (!python) return
  const modules = spawnSync(python, ['-c', 'import argon2, cryptography'])
  if (modules.status !== 0) {
    const line = 'needs two modules of Python: apt-get install python3-cryptography python3-argon2'
    assert.notEqual(process.env['ESSAIM_TEST_REQUIRE'], 'all', line)
    t.skip(line)
    return
  }
  const { status, stdout, stderr } = spawnSync(python, ['-B', script], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^\d{3,} answers checked\n$/)
})
