/**
 * A provider of OpenID Connect as a process of its own (oidc-provider): `node oidc-process.ts PORT CALLBACK…`. Whoever
 * signs in there types a name into a form, and is that name; `at` is when she says she did, in seconds.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
// @ts-expect-error The package has no types.
import Provider from 'oidc-provider'

interface Asked {
  provider: {
    Grant: new (about: object) => { addOIDCScope(scope: string): void; save(): Promise<string> }
  }
  client: { clientId: string }
  session: { accountId: string }
}

const [port = '0', ...callbacks] = process.argv.slice(2)

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { client_id: 'essaim', client_secret: 'secret of the client', redirect_uris: callbacks },
    {
      client_id: 'public',
      token_endpoint_auth_method: 'none',
      redirect_uris: callbacks,
    },
  ],
  claims: { openid: ['sub'], profile: ['preferred_username', 'name'], email: ['email', 'email_verified'] },
  cookies: { keys: ['a key of a test'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  // Nobody is asked twice whether the server may know her name.
  async loadExistingGrant({ oidc }: { oidc: Asked }) {
    const grant = new oidc.provider.Grant({
      clientId: oidc.client.clientId,
      accountId: oidc.session.accountId,
    })
    grant.addOIDCScope('openid profile email')
    await grant.save()
    return grant
  },
  findAccount: (_: unknown, name: string) => ({
    accountId: name,
    claims: () => ({
      sub: name,
      preferred_username: name,
      email: 'victim@example.org',
      email_verified: true,
    }),
  }),
})

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return new URLSearchParams(text)
}

async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html').end('<form method="post"><input name="name"></form>')
    return
  }
  const form = await formOf(request)
  const result = form.has('refuse')
    ? { error: 'access_denied' }
    : { login: { accountId: form.get('name') ?? '', ts: Number(form.get('at')) || undefined } }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

const callback = provider.callback()
createServer((request, response) => {
  if (!request.url?.startsWith('/interaction/')) return callback(request, response)
  interact(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('listens\n'))
