import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeConformance } from '../conformance.ts'
import { createSqliteStore } from './index.ts'

storeConformance('SQLite', async (t, parts) => {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-store-'))
  const store = await createSqliteStore({ path: join(folder, 'essaim.db'), ...parts })
  t.after(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return store
})
