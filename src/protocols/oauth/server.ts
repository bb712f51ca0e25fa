/** The library, set up for this server: made with the first request, and anew when the keys that sign change. */
import type { Artifacts } from './artifacts.ts'
import { compareSecret, createClients } from './clients.ts'
import { configurationOf, routes, scopesSupported } from './configuration.ts'
import { pagePolicy } from './html.ts'
import { type Context, type Library, type LibraryProvider, loadLibrary } from './library.ts'
import type { OAuthParts } from './parts.ts'
import { createPolicy } from './policy.ts'
import { readRegistration, requestWith } from './registration.ts'
import { resourcesOf } from './scopes.ts'
import { createSigningKeys, type Jwk } from './signing-keys.ts'
import { createSubjects } from './subjects.ts'
import { jarOf, type Visitors } from './visitors.ts'

/** How long the keys are taken for current, in milliseconds. */
const keysEvery = 60_000

interface Assembled {
  provider: LibraryProvider
  handle: ReturnType<LibraryProvider['callback']>
}

export interface OAuthServer {
  provider(): Promise<LibraryProvider>
  handler(): Promise<ReturnType<LibraryProvider['callback']>>
}

export function createServer(parts: OAuthParts & { artifacts: Artifacts; visitors: Visitors }): OAuthServer {
  const { apps, clock, publicUrl, style, visitors, browsers } = parts
  const signingKeys = createSigningKeys(parts)
  const addresses = resourcesOf(parts)
  const subjects = createSubjects(parts)
  let inUse: { server: Assembled; kids: string; checked: number } | undefined
  let looking: Promise<Assembled> | undefined

  async function current(): Promise<Assembled> {
    if (inUse && clock.now() - inUse.checked < keysEvery) return inUse.server
    looking ??= look().finally(() => (looking = undefined))
    return looking
  }

  async function look(): Promise<Assembled> {
    const keys = await signingKeys.current()
    const kids = keys.map(({ kid }) => kid).join(' ')
    const checked = clock.now()
    const server = inUse?.kids === kids ? inUse.server : assemble(await loadLibrary(), keys)
    inUse = { server, kids, checked }
    return server
  }

  function assemble(library: Library, keys: readonly Jwk[]): Assembled {
    const clients = createClients({
      ...parts,
      invalid: (why) => new library.errors.InvalidClientMetadata(why),
    })
    const all = { ...parts, library, clients, subjects, addresses, visitors }
    const policy = createPolicy({ ...all, resources: addresses }, () => provider)
    const configuration = configurationOf({ ...all, policy, signingKeys: keys })
    const provider = new library.Provider(publicUrl, configuration)
    // What the address is comes from the configuration, by headers that are written in index.ts.
    provider.proxy = true
    Object.assign(provider.Client.prototype, { compareClientSecret: compareSecret })
    // Whatever an app says: none is told a name by which another knows the person.
    Object.defineProperty(provider.Client.prototype, 'subjectType', { get: () => 'pairwise', set: () => {} })
    const { createContext } = provider
    provider.createContext = (request, response) => {
      const context = createContext.call(provider, request, response)
      context.cookies = jarOf(visitors.of(request))
      return context
    }
    provider.use(dress)
    provider.use(impliedConsent)
    provider.use(register)
    provider.use(signOut)
    provider.on('authorization.success', ({ oidc: { client } }) => client && clients.used(client))
    provider.on('server_error', (_context, error: Error) => parts.onError(error))
    return { provider, handle: provider.callback() }
  }

  /** Headers of everything that is answered here. */
  async function dress(context: Context, next: () => Promise<void>): Promise<void> {
    context.set('Referrer-Policy', 'no-referrer')
    context.set('X-Content-Type-Options', 'nosniff')
    await next()
    if (typeof context.body === 'string' && context.type === 'text/html')
      context.set('Content-Security-Policy', pagePolicy(context.body, publicUrl + style))
    // The library knows the scopes of OpenID Connect alone.
    if (context.path.startsWith('/.well-known/') && context.status === 200)
      Object.assign(context.body as object, {
        scopes_supported: scopesSupported(apps),
        subject_types_supported: ['pairwise'],
      })
  }

  /**
   * The library looks at `offline_access` only where an app also says that the person be asked. Here she is asked for it
   * once, as for everything else, and her answer is kept: so the app need not say it.
   */
  async function impliedConsent(context: Context, next: () => Promise<void>): Promise<void> {
    const { path, query } = context
    const scopes = typeof query['scope'] === 'string' ? query['scope'].split(' ') : []
    if (path === routes.authorization && scopes.includes('offline_access') && query['prompt'] === undefined) {
      visitors.of(context.req).impliedConsent = true
      context.query = { ...query, prompt: 'consent' }
    }
    await next()
  }

  /** What an app says of itself is read here, and handed on as far as it is taken. */
  async function register(context: Context, next: () => Promise<void>): Promise<void> {
    const { req: request, path } = context
    if (path !== routes.registration || request.method !== 'POST') return next()
    const read = await readRegistration(request)
    if (typeof read === 'string') {
      context.status = 400
      context.body = { error: 'invalid_client_metadata', error_description: read }
      return undefined
    }
    const { length, ...rest } = requestWith(read)
    request.headers['content-length'] = String(length)
    context.req = { ...rest, headers: request.headers } as unknown as typeof request
    return next()
  }

  /** Who signs out for an app is signed out of our pages. */
  async function signOut(context: Context, next: () => Promise<void>): Promise<void> {
    await next()
    const { session } = visitors.of(context.req)
    const isDone = context.path === '/oauth/logout/confirm' && context.status === 303
    if (isDone && session && context.oidc.body?.['logout'] === 'yes')
      context.res.appendHeader('Set-Cookie', await browsers.signOut(session))
  }

  return {
    provider: async () => (await current()).provider,
    handler: async () => (await current()).handle,
  }
}
