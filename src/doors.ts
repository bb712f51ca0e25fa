/** Every door that the server has, and the table of all top-level paths. */
import { createRegistry } from './core/apps/index.ts'
import { anyHome, WRITE } from './core/permissions/index.ts'
import type { Scope } from './core/permissions/index.ts'
import type { Citizen } from './core/ports.ts'
import type { TopLevelPath } from './http/paths.ts'
import { checkPaths } from './http/paths.ts'
import { citizen as fxa } from './protocols/fxa/citizen.ts'
import { citizen as kinto } from './protocols/kinto/citizen.ts'
import { citizen as oauth } from './protocols/oauth/citizen.ts'
import { citizen as pages } from './protocols/pages/citizen.ts'
import { citizen as sync } from './protocols/sync/citizen.ts'

const anyOrigin = 'any origin, never with credentials'

/** Who answers under which first segment. A path of no row is the Kinto door's, which adds its version. */
export const topLevelPaths: readonly TopLevelPath[] = checkPaths([
  {
    path: '/',
    owner: 'our pages for browsers; else Kinto door: to /v1/',
    credential: 'none',
    cors: 'none; any origin where redirected',
    caching: 'none',
  },
  {
    path: '/v1',
    owner: 'Kinto door; for browsers: WebSockets below /v1/ws/, by which two of them pair',
    credential: 'Basic: account or app password; Bearer; pairing: none',
    cors: anyOrigin,
    caching: 'none; anonymous reads as configured',
  },
  ...[
    '/sign-in',
    '/sign-up',
    '/invitation',
    '/recovery',
    '/pair',
    '/mail',
    '/consent',
    '/device',
    '/account',
    '/admin',
    '/firefox',
    // What Firefox opens by itself, by names of its own.
    '/signin',
    '/signup',
    '/force_auth',
    '/authorization',
    '/settings',
    '/connect_another_device',
    '/post_verify',
  ].map(page),
  {
    path: '/setup',
    owner: 'our pages: the first run',
    credential: 'the token of the link',
    cors: 'none',
    caching: 'none',
  },
  {
    path: '/oauth',
    owner: 'OAuth server; our pages where Firefox signs in',
    credential: 'what the protocol asks for; the cookie of a session where browsers are sent to',
    cors: 'the origins of the app that asks; any to register, never with credentials',
    caching: 'none; keys an hour',
  },
  {
    path: '/fxa',
    owner: 'accounts for browsers: Firefox’s sessions, devices and profile',
    credential: 'Hawk: the session of a browser; Bearer: its tokens',
    cors: 'none',
    caching: 'none; profiles by ETag',
  },
  {
    path: '/.well-known',
    owner: 'OAuth server and accounts for browsers: what they can do, and where',
    credential: 'none',
    cors: anyOrigin,
    caching: 'none',
  },
  {
    path: '/1.0',
    owner: 'Sync door: tokens',
    credential: 'Bearer',
    cors: anyOrigin,
    caching: 'none',
  },
  {
    path: '/1.5',
    owner: 'Sync door: storages',
    credential: 'Hawk: a token of ours',
    cors: anyOrigin,
    caching: 'none',
  },
  {
    path: '/api',
    owner: 'our pages',
    credential: 'the cookie of a session, from our own pages',
    cors: 'none',
    caching: 'none',
  },
  {
    path: '/avatar',
    owner: 'our pages: the pictures of people',
    credential: 'none',
    cors: 'none; any site may show them',
    caching: 'an hour, ETag',
  },
  { path: '/assets', owner: 'our pages', credential: 'none', cors: 'none', caching: 'for ever, by build' },
  health('/__heartbeat__'),
  health('/__lbheartbeat__'),
  health('/__version__'),
  {
    path: '/__check__',
    owner: 'checks of the address',
    credential: 'a question that this server made, good once',
    cors: 'none',
    caching: 'none',
    anyHost: true,
  },
  {
    path: '/__metrics__',
    owner: 'metrics',
    credential: 'ESSAIM_METRICS_TOKEN',
    cors: 'none',
    caching: 'none',
  },
])

/** The page itself is the same for everybody: what it shows comes from `/api`. */
function page(path: string): TopLevelPath {
  return { path, owner: 'our pages', credential: 'none', cors: 'none', caching: 'none' }
}

function health(path: string): TopLevelPath {
  return { path, owner: 'health', credential: 'none', cors: anyOrigin, caching: 'none', anyHost: true }
}

/** What the command line and the pages know of a door. */
export interface DoorFacts extends Citizen {
  /** What an app password for it may do: change what is there, not share it further. Empty: it takes none. */
  appPasswordScopes: readonly Scope[]
}

export const doors: readonly DoorFacts[] = [
  { ...kinto, appPasswordScopes: [{ home: anyHome, path: 'kinto', bits: WRITE }] },
  { ...pages, appPasswordScopes: [] },
  { ...oauth, appPasswordScopes: [] },
  { ...sync, appPasswordScopes: [] },
  { ...fxa, appPasswordScopes: [] },
]

/** Everything that apps can ask for, by the names that they ask with. */
export const scopes = createRegistry(doors, [
  {
    name: 'app',
    title: { en: 'Keep its data here', fr: 'Garder ses données ici' },
    description: {
      en: 'It knows you again, uses one collection that you choose, and goes on while you are away.',
      fr: 'Elle vous reconnaît, utilise une collection que vous choisissez, et continue en votre absence.',
    },
    scopes: ['openid', 'kinto:pick:rw', 'offline_access'],
  },
])
