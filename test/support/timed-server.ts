/** A real server for which days go by in no time: it is restarted, and finds that it is later. */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startServer, type TestServer } from './server.ts'

export interface TimedServer extends TestServer {
  /** Its time. */
  now(): number
  /** Restarts it `ms` milliseconds later; what is to be done by then is done when this returns, or soon after. */
  later(ms: number, env?: Record<string, string>): Promise<void>
}

export async function startTimedServer(
  t: TestContext,
  env: Record<string, string> = {},
  ahead = 0,
): Promise<TimedServer> {
  const main = join(import.meta.dirname, 'timed-main.ts')
  const server = await startServer(t, { ...env, TEST_CLOCK_AHEAD: String(ahead) }, { main })
  return {
    ...server,
    now: () => Date.now() + ahead,
    async later(ms, more = {}) {
      ahead += ms
      await server.restart({ ...more, TEST_CLOCK_AHEAD: String(ahead) })
    },
  }
}
