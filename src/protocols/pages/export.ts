/** Everything of a person in one file, made while it is sent. */
import { Readable } from 'node:stream'
import { commitStep } from '../../core/records/index.ts'
import { logChange } from '../../core/accounts/index.ts'
import type { Api } from './api.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

/** Downloads at one time: of one person, and of all. */
const mostOfAll = 4
/** Seconds after which one who was refused may come again. */
const busyRetry = 60

export function exportRoutes(api: Api, { archive, store, clock, notices, onError }: PagesParts): void {
  const running = new Set<string>()

  api.mine(
    'GET',
    '/me/export',
    async ({ account, reply, addressPrefix, agent }) => {
      if (running.has(account.id) || running.size >= mostOfAll)
        throw refuse('busy', { retryAfter: busyRetry })
      running.add(account.id)
      try {
        const entry = { account: account.id, act: 'exported', address: addressPrefix, agent }
        await commitStep(store, { changes: [logChange(clock.now(), entry)] })
        notices.tell(account, 'exported', {})
      } catch (error) {
        running.delete(account.id)
        throw error
      }
      // A line at a time, and none before there is room for it.
      const stream = Readable.from(archive(account), { objectMode: true, highWaterMark: 1 })
      stream.once('close', () => void running.delete(account.id))
      stream.on('error', onError)
      const day = new Date(clock.now()).toISOString().slice(0, 10)
      void reply.headers({
        'Content-Type': 'application/x-ndjson; charset=utf-8',
        'Content-Disposition': `attachment; filename="essaim-${fileName(account.login)}-${day}.jsonl"`,
      })
      return stream
    },
    { fresh: true, anyState: true },
  )
}

/** Logins are letters, digits and a few signs, of which some mean something in a header or a shell. */
const fileName = (login: string): string => login.replace(/[^a-zA-Z0-9._-]/g, '-')
