import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { testFolder } from './harness.ts'
import { takeDataLock } from './lock.ts'

test('a second taker is refused until the first one releases it', (t) => {
  const path = join(testFolder(t), 'lock')
  const first = takeDataLock(path)
  assert.throws(() => takeDataLock(path), { code: 'store-locked' })
  first.release()
  takeDataLock(path).release()
})

test('another process is refused, and a killed one leaves nothing locked', async (t) => {
  const path = join(testFolder(t), 'lock')
  const program =
    `const { takeDataLock } = await import(${JSON.stringify(import.meta.resolve('./lock.ts'))})\n` +
    // Kept, or the collector would let it go.
    `globalThis.lock = takeDataLock(${JSON.stringify(path)})\nprocess.stdout.write('taken')\nsetInterval(() => {}, 1000)`
  const other = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  t.after(() => other.kill('SIGKILL'))
  await once(other.stdout, 'data')
  assert.throws(() => takeDataLock(path), { code: 'store-locked' })
  other.kill('SIGKILL')
  await once(other, 'exit')
  takeDataLock(path).release()
})
