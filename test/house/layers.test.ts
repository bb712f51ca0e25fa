import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

const source = join(import.meta.dirname, '../../src')

/** The rooms of core, in order: each imports only those before it. */
const core = 'ports records permissions feed accounts apps contacts presence notifications'.split(' ')
const all = 'lib core store blobs bus bridges identity moving http protocols cli app doors main config'.split(
  ' ',
)
const adapter = ['lib', 'core/ports', 'core/records']

/** Which rooms each room may import beside itself; the files right under src are rooms as well. */
const allowed: Record<string, readonly string[]> = {
  lib: [],
  config: ['lib'],
  ...Object.fromEntries(
    core.map((room, i) => [`core/${room}`, ['lib', ...core.slice(0, i).map((left) => `core/${left}`)]]),
  ),
  store: adapter,
  blobs: adapter,
  bus: adapter,
  bridges: adapter,
  http: ['lib'],
  identity: ['core', 'lib'],
  moving: ['core', 'lib'],
  protocols: ['core', 'identity', 'http', 'lib'],
  doors: ['core', 'http', 'lib', 'protocols'],
  app: all,
  main: all,
  cli: all,
}

/** `core/records` for core, `protocols/kinto` for a door, else the first folder (or the file) under src. */
const roomOf = (file: string) => {
  const [first = '', second = ''] = file.replace(/(\.test)?\.ts$/, '').split('/')
  return first === 'core' || first === 'protocols' ? `${first}/${second}` : first
}

const covers = (names: readonly string[], room: string) =>
  names.some((name) => room === name || room.startsWith(`${name}/`))

/** Every relative import of a file: static, for the side effect, of types, re-exported, dynamic, `import('…').T`. */
const importsOf = (text: string) =>
  [...text.matchAll(/\b(?:from|import)\s*\(?\s*(['"`])(\.{1,2}\/[^'"`]*)\1/g)].map((m) => m[2] ?? '')

/** Each import that breaks the table, as `file -> imported file`. */
function breaches(root: string): string[] {
  return globSync('**/*.ts', { cwd: root }).flatMap((file) => {
    const room = roomOf(file)
    const rules = allowed[room] ?? allowed[room.split('/')[0] ?? '']
    if (!rules) return [`${file} is in no room of the table`]
    return importsOf(readFileSync(join(root, file), 'utf8'))
      .map((name) => normalize(join(dirname(file), name)))
      .filter((target) => !(file.endsWith('.test.ts') && target.startsWith('../test/support/')))
      .filter(
        (target) => target.startsWith('..') || (roomOf(target) !== room && !covers(rules, roomOf(target))),
      )
      .map((target) => `${file} -> ${target}`)
  })
}

test('every import in src points down the layers', () => {
  assert.ok(globSync('**/*.ts', { cwd: source }).length > 0)
  assert.deepEqual(breaches(source), [])
})

/** Files that each break the table in one way, and one that keeps it. */
const planted: Record<string, string> = {
  'lib/ids.ts': `import type { Clock } from '../core/ports.ts'`,
  'core/ports/rows.ts': `import { x } from '../records/plan.ts'`,
  'core/records/plan.ts': `export * from '../feed/index.ts'`,
  'core/feed/index.ts': `let store: import('../../store/sqlite/index.ts').Store`,
  'core/permissions/walk.ts': `const { pool } = await import("../accounts/pool.ts")`,
  'store/sqlite/index.ts': `import { may } from '../../core/permissions/index.ts'`,
  'store/sqlite/index.test.ts': `import { readConfig } from '../../config.ts'`,
  'http/server.ts': `import '../core/records/index.ts'`,
  'identity/password.ts': `import { open } from '../store/sqlite/index.ts'`,
  'protocols/kinto/index.ts': `import { socket } from '../push/socket.ts'`,
  'protocols/push/index.ts': 'const bus = await import(`../../bus/${name}.ts`)',
  'protocols/live/index.ts': `import { port } from '../../../bench/load.ts'`,
  'config.ts': `import {\n  listen,\n} from './http/server.ts'`,
  'helpers/strings.ts': `export const x = 1`,
}
const kept: Record<string, string> = {
  'core/accounts/index.ts': `import type { Commit } from '../records/index.ts'\nimport { hash } from '../../lib/hash.ts'`,
  'core/ports.ts': `export * from './ports/store.ts'`,
  'store/conformance.ts': `import { plan } from '../core/records/index.ts'`,
  'store/postgres/index.test.ts': `import { postgres } from '../../../test/support/postgres.ts'`,
  'protocols/kinto/batch.ts': `import { may } from '../../core/permissions/index.ts'\nimport { x } from './index.ts'`,
  'app.ts': `import { kinto } from './protocols/kinto/index.ts'`,
}

test('each kind of breach is found, and nothing else', () => {
  const root = mkdtempSync(join(tmpdir(), 'essaim-layers-'))
  try {
    for (const [file, text] of Object.entries({ ...planted, ...kept })) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), text)
    }
    const found = breaches(root).map((breach) => breach.split(' ')[0])
    assert.deepEqual(found.toSorted(), Object.keys(planted).toSorted())
  } finally {
    rmSync(root, { recursive: true })
  }
})
