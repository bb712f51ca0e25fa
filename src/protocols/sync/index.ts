/** The Sync door on the server: everything under `/1.0` (tokens) and `/1.5` (storage). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../../http/body.ts'
import type { Http } from '../../http/server.ts'
import type { SyncParts, SyncRequest, SyncResponse } from './call.ts'
import { createSync } from './door.ts'
import type { Usage } from './info.ts'
import { limits } from './limits.ts'

export { createForeignAccounts } from './foreign.ts'
export type { PagesKey } from './users.ts'

export interface SyncDoorParts extends SyncParts {
  /** Counts answers. */
  answered(status: number): void
}

/** Milliseconds between two looks for storages that were replaced. */
const sweepEvery = 3_600_000

export interface SyncDoor {
  /** What a person of this server keeps in her present storage; null: she has none. */
  usage(account: string): Promise<Usage | null>
  /** Ends what the door does by itself. */
  stop(): Promise<void>
}

/** Opens the door. */
export function syncDoor({ direct }: Http, parts: SyncDoorParts): SyncDoor {
  const sync = createSync(parts)

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url = '/', headers } = request
    const answer = (body: SyncRequest['body']) => {
      sync.handle({ method, url, headers, body }).then(
        (told) => {
          parts.answered(told.status)
          write(response, told)
        },
        (error: unknown) => {
          // Nothing of an answer that could not be made may reach the client.
          parts.onError(error)
          response.destroy()
        },
      )
    }
    if (method === 'GET' || method === 'OPTIONS') answer(undefined)
    else readBody(request, limits.max_request_bytes, answer)
  }

  direct('/1.0', serve)
  direct('/1.5', serve)

  let running: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    running = sync.sweep().catch(parts.onError)
  }, sweepEvery).unref()
  return {
    usage: (account) => sync.usage(account),
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

function write(response: ServerResponse, { status, headers, body, coding }: SyncResponse): void {
  if (response.destroyed || response.headersSent) {
    if (typeof body !== 'string') body.release()
    return
  }
  response.writeHead(status, headers as string[])
  if (typeof body === 'string') return void response.end(body, coding)
  // Then all of it is with the system, or nobody waits for it any more.
  response.once('close', body.release)
  response.cork()
  for (const piece of body.pieces) response.write(piece)
  response.end()
}
