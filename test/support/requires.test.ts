import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { requireProgram } from './requires.ts'

test('a program is found by its name', (t) => {
  assert.match(requireProgram(t, 'sh', 'dash') ?? '', /\/sh$/)
})

/** What the test runner says of a file with one test that needs a program which is nowhere. */
function runWithout(env: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-requires-'))
  try {
    const file = join(folder, 'needs.test.mjs')
    const support = new URL('./requires.ts', import.meta.url)
    writeFileSync(
      file,
      `import { test } from 'node:test'
       import { requireProgram } from '${support}'
       test('needs it', (t) => { if (!requireProgram(t, 'no-such-program', 'its-package')) return })`,
    )
    const { NODE_TEST_CONTEXT: _, ESSAIM_TEST_REQUIRE: __, ...outer } = process.env
    const args = ['--test', '--test-reporter=tap', file]
    return spawnSync(process.execPath, args, { env: { ...outer, ...env }, encoding: 'utf8' }).stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('without a program the test is skipped, and the line names its package', () => {
  const said = runWithout({})
  assert.match(said, /# SKIP needs no-such-program: apt-get install its-package/)
  assert.match(said, /# skipped 1/)
})

test('where everything is required, a missing program fails', () => {
  const said = runWithout({ ESSAIM_TEST_REQUIRE: 'all' })
  assert.match(said, /needs no-such-program: apt-get install its-package/)
  assert.match(said, /# fail 1/)
})
