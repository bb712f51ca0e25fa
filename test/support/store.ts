/** A store of its own in a temporary folder, with a clock that is set by hand. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Store } from '../../src/core/ports.ts'
import { createPlanner } from '../../src/core/records/index.ts'
import { keyRing } from '../../src/lib/sealed.ts'
import type { KeyRing } from '../../src/lib/sealed.ts'
import { createSqliteStore } from '../../src/store/sqlite/index.ts'

export interface StoreUnderTest {
  store: Store
  clock: { now(): number; tick(ms: number): void }
  keys: KeyRing
  errors: unknown[]
}

export async function storeUnderTest(t: TestContext): Promise<StoreUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-store-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  let now = Date.UTC(2026, 0, 1)
  const clock = { now: () => now, tick: (ms: number) => void (now += ms) }
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const bus = { publish: () => {}, listen: () => () => {}, listenAll: () => () => {}, close: async () => {} }
  const planner = createPlanner({ collections: 1000, spaces: 100 })
  const store = await createSqliteStore({ path: join(folder, 'essaim.db'), planner, bus, clock, onError })
  t.after(() => store.close())
  return { store, clock, keys: keyRing(new Map([[1, new Uint8Array(32).fill(7)]])), errors }
}
