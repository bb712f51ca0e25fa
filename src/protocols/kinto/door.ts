/** The Kinto door: a function from request to response, which knows no socket. */
import type { Accounts } from '../../core/accounts/index.ts'
import type { Apps } from '../../core/apps/index.ts'
import type { Permissions } from '../../core/permissions/index.ts'
import type { Clock, Store } from '../../core/ports.ts'
import type { Health } from '../../http/health.ts'
import type { Metrics } from '../../http/metrics.ts'
import { createBasic } from '../../identity/basic.ts'
import { createBearer } from '../../identity/bearer.ts'
import type { Passwords } from '../../identity/password.ts'
import type { Throttle } from '../../identity/throttle.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import { type Answer, createDressing, errorAnswer, type KintoResponse } from './answer.ts'
import type { Door, KintoRequest, Route, Scope, Who } from './call.ts'
import { createDirectory } from './directory.ts'
import { dispatch } from './dispatch.ts'
import { errno, KintoError } from './errors.ts'
import { createNames } from './names.ts'
import type { OpenId } from './openid.ts'
import { createPages } from './page.ts'
import type { ConfiguredRights } from './rights.ts'
import { troubleError } from './refusals.ts'
import { createRouter } from './router.ts'
import { routesOf } from './routes.ts'
import type { KintoSettings } from './settings.ts'
import { createShares } from './shares.ts'
import { createAuthenticator, createGuests, errorAnswerTo, nobody } from './who.ts'

export interface KintoParts {
  settings: KintoSettings
  store: Store
  accounts: Accounts
  apps: Pick<Apps, 'holder' | 'uses'>
  permissions: Permissions
  /** What `permissions` was given as rights by configuration. */
  configured: ConfiguredRights
  passwords: Passwords
  throttle: Throttle
  clock: Clock
  keys: KeyRing
  /** Sign-in of pages at this server, where it has pages. */
  openid?: OpenId
  health: Health
  metrics: Pick<Metrics, 'allowed' | 'render'>
  /** Told of errors that are the server's own. */
  onError: (error: unknown) => void
}

export interface Kinto {
  handle(request: KintoRequest): Promise<KintoResponse>
  /** An answer to a request that could not be read as a whole. */
  refuse(error: KintoError, request: Pick<KintoRequest, 'method' | 'headers'>): KintoResponse
}

export function createKinto(parts: KintoParts): Kinto {
  const { settings, store, accounts, apps, permissions, configured, passwords, throttle, clock, keys } = parts
  // Ids that people keep: they stay what they are when a later key is added.
  const lasting = (purpose: string) => keys.derive(purpose, keys.generations[0])
  const guests = settings.guests ? createGuests(accounts, lasting('kinto guests'), store) : undefined
  const names = createNames(accounts, guests)
  const basic = createBasic({ door: 'kinto', direct: true, accounts, passwords, throttle, store, clock })
  const bearer = createBearer({ accounts, tokens: apps, store, clock })
  const bucketKey = lasting('kinto default bucket')
  const authenticator = createAuthenticator({ basic, bearer, names, guests, bucketKey })
  const directory = createDirectory(store)
  const dress = createDressing(settings)

  const authenticate = async (
    route: Route,
    { headers, remote }: Pick<KintoRequest, 'headers' | 'remote'>,
  ): Promise<Who> => {
    const proved = await authenticator.prove(headers, remote)
    if ('who' in proved) return proved.who
    if (proved.unknown && route.signsUp) return nobody
    throw proved.refused
  }

  const door: Door = {
    settings,
    store,
    accounts,
    permissions,
    names,
    pages: createPages(keys, settings),
    clock,
    configured: configured.extra,
    basic,
    openid: parts.openid,
    uses: apps.uses,
    passwords,
    health: parts.health,
    metrics: parts.metrics,
    router: createRouter(routesOf(settings, parts.openid !== undefined)),
    authenticate: (route, request) =>
      route.anyone ? nobody : (authenticator.known(request.headers) ?? authenticate(route, request)),
  }

  const scope: Scope = {
    reads: store,
    commit: (request) => store.commit(request),
    permissions,
    directory,
    shares: createShares(store),
    newHome: undefined,
  }

  /** Accounts that settings name may come and go: they are looked up again when any account did. */
  let resolved: number | undefined
  const resolveConfigured = async (): Promise<void> => {
    const version = store.version('account', 'bucket')
    if (version !== undefined && version === resolved) return
    await configured.resolve(names, directory)
    resolved = version
  }

  const render = (error: unknown, { headers }: Pick<KintoRequest, 'headers'>): Answer => {
    if (error instanceof KintoError) return errorAnswerTo(headers, error)
    parts.onError(error)
    const trouble = troubleError(settings, error)
    if (trouble) return errorAnswer(trouble)
    return errorAnswer(new KintoError(500, errno.internal, 'Something went wrong in the server.'))
  }

  const originOf = ({ headers }: Pick<KintoRequest, 'headers'>) =>
    typeof headers['origin'] === 'string' ? headers['origin'] : undefined

  return {
    async handle(request) {
      const now = clock.now()
      let answer: Answer
      try {
        if (configured.extra) await resolveConfigured()
        answer = await dispatch(door, request, scope, now)
      } catch (error) {
        answer = render(error, request)
      }
      return dress(answer, request.method, originOf(request), now)
    },
    refuse: (error, request) => dress(errorAnswer(error), request.method, originOf(request), clock.now()),
  }
}
