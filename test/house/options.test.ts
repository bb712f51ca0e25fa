import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../../src/config.ts'

const source = join(import.meta.dirname, '../../src')

/** True when a text takes the option from a configuration: `config.name`, or `name` among what is taken apart. */
const reads = (text: string, name: string) =>
  new RegExp(`\\bconfig\\??\\.${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\}(: Config\\b| = config\\b)`).test(
    text,
  )

test('every option is read by the server', () => {
  const texts = globSync('**/*.ts', { cwd: source })
    .filter((file) => !file.endsWith('.test.ts') && file !== 'config.ts')
    .map((file) => readFileSync(join(source, file), 'utf8'))
  const unread = Object.keys(readConfig({}, () => undefined)).filter(
    (name) => !texts.some((text) => reads(text, name)),
  )
  assert.deepEqual(unread, [])
})

test('an option counts as read only where it is taken from the configuration', () => {
  assert.ok(reads('listen(config.data)', 'data'))
  assert.ok(reads('const { store, data: folder } = config', 'data'))
  assert.ok(reads('export const open = ({ data }: Config) => data', 'data'))
  assert.ok(!reads('const { data } = await request.json()', 'data'))
  assert.ok(!reads('config.database', 'data'))
})
