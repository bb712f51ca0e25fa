/** Firefox's accounts on the server: everything under `/fxa`, and the document by which a browser finds it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientAddress } from '../../http/addresses.ts'
import { readBody } from '../../http/body.ts'
import type { Direct, Http } from '../../http/server.ts'
import { type FxaRequest, type FxaResponse, maxBody } from './call.ts'
import { clientOf } from './clients.ts'
import { createFxa } from './door.ts'
import { pairingDoor } from './pairing/index.ts'
import type { FirefoxPart } from './letting-in.ts'
import { browserAnswers } from './openid.ts'
import type { FxaDoorParts } from './parts.ts'

export interface FxaDoor {
  /** What our pages do here. */
  pages: FirefoxPart
  /** Tells a person's browsers what was done with her account; acts are called as in its log. */
  happened(accountId: string, act: string): Promise<void>
  /** What answers a request at an address for apps that is about a browser's token; undefined: apps' own. */
  answers(request: IncomingMessage): Direct | undefined
  /** Ends what the door does by itself. */
  stop(): Promise<void>
}

export function fxaDoor(http: Http, parts: FxaDoorParts): FxaDoor {
  const { app, direct } = http
  const { publicUrl, trustedProxies, onError, answered, clock } = parts
  const fxa = createFxa(parts)

  const serve = (request: IncomingMessage, response: ServerResponse, url = request.url ?? '/'): void => {
    const { method = 'GET', headers } = request
    const forwarded = headers['x-forwarded-for']
    const address = clientAddress(
      request.socket.remoteAddress ?? '',
      typeof forwarded === 'string' ? forwarded : undefined,
      trustedProxies,
    )
    const give = (body: FxaRequest['body']) => {
      fxa.handle({ method, url, headers, body, address }).then(
        (told) => {
          answered(told.status)
          write(response, told)
        },
        (error: unknown) => {
          // Nothing of an answer that could not be made may reach the client.
          onError(error)
          response.destroy()
        },
      )
    }
    if (method === 'GET') give(undefined)
    else readBody(request, maxBody, give)
  }
  direct('/fxa', (request, response) => serve(request, response))

  const configuration = JSON.stringify(configurationOf(publicUrl))
  app.get('/.well-known/fxa-client-configuration', (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      .header('Access-Control-Allow-Origin', '*')
      .header('Cache-Control', 'public, max-age=300')
      .send(configuration),
  )

  const stopPairing = pairingDoor(http, { now: clock.now, trustedProxies })
  return {
    pages: fxa.pages,
    happened: fxa.happened,
    answers: browserAnswers(serve),
    async stop() {
      stopPairing()
      await fxa.stop()
    },
  }
}

/** Our page for a request of a browser that is built in, which came where apps ask; undefined for the client of an app. */
export const signInOf = (client: string, query: string): string | undefined =>
  clientOf(client) && `/authorization?${query}`

/** Where a browser finds everything. It adds the versions itself. */
const configurationOf = (publicUrl: string) => ({
  auth_server_base_url: `${publicUrl}/fxa`,
  oauth_server_base_url: `${publicUrl}/fxa`,
  profile_server_base_url: `${publicUrl}/fxa/profile`,
  sync_tokenserver_base_url: publicUrl,
  // COMPAT Firefox: a path after the host would not be asked for.
  pairing_server_base_uri: publicUrl.replace(/^http/, 'ws'),
})

function write(response: ServerResponse, { status, headers, body }: FxaResponse): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, headers)
  response.end(body)
}
