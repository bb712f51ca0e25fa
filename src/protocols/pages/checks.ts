/** Whether the server's address works, for the first run and for administrators: findings as sentences. */
import { say } from '../../http/checks/index.ts'
import { administrators } from './admin/people.ts'
import type { Api, Call } from './api.ts'
import { text } from './body.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

export function checkRoutes(api: Api, { checks, accounts }: PagesParts): void {
  /** `time`: the clock of the browser, in milliseconds. */
  async function findings({ language }: Call, time: unknown) {
    const visitor = Number(time)
    const found = await checks.look(Number.isSafeInteger(visitor) && visitor > 0 ? visitor : undefined)
    return {
      findings: found.map(({ code, level, values }) => ({
        code,
        level,
        text: say({ code, values }, language),
      })),
    }
  }

  api.open('POST', '/setup/checks', async (call) => {
    if (!(await accounts.checkSetup(text(call.body, 'token', 100)))) throw refuse('setup-token')
    return findings(call, call.body['time'])
  })

  api.role(administrators, 'GET', '/admin/checks', (call) => findings(call, call.query['time']))
}
