import { freshDatabase } from '../../../test/support/postgres.ts'
import { storeConformance } from '../conformance.ts'
import { createPostgresStore } from './index.ts'

storeConformance('PostgreSQL', async (t, parts) => {
  const store = await createPostgresStore({ url: await freshDatabase(), ...parts, poolSize: 4 })
  t.after(() => store.close())
  return store
})
