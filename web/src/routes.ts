/** Which element shows which address. Each is loaded when it is needed. */
import { accountRoutes, homeRoute } from './account/routes.ts'
import { adminRoutes } from './admin/routes.ts'
import { appRoutes } from './apps/routes.ts'
import { firefoxPath, firefoxRoutes } from './firefox/routes.ts'
import { state } from './session.ts'

export interface Route {
  /** The element's name. */
  tag: string
  /** Defines it. */
  load: () => Promise<unknown>
  /** Only for somebody who is signed in; others come to the sign-in page, and then here. */
  signedIn?: true
}

export type Routes = Readonly<Record<string, Route>>

const signIn: Route = { tag: 'essaim-sign-in', load: () => import('./pages/sign-in.ts') }

const routes: Routes = {
  '/': signIn,
  '/sign-in': signIn,
  '/sign-up': { tag: 'essaim-sign-up', load: () => import('./pages/sign-up.ts') },
  '/invitation': { tag: 'essaim-sign-up', load: () => import('./pages/sign-up.ts') },
  '/recovery': { tag: 'essaim-recovery', load: () => import('./pages/recovery.ts') },
  '/pair': { tag: 'essaim-pair', load: () => import('./pages/pair.ts') },
  '/mail': { tag: 'essaim-mail', load: () => import('./pages/mail.ts') },
  '/firefox': { tag: 'essaim-connect', load: () => import('./firefox/connect.ts') },
  '/setup': { tag: 'essaim-setup', load: () => import('./pages/setup.ts') },
  ...accountRoutes,
  ...appRoutes,
  ...adminRoutes,
  ...firefoxRoutes,
}

/** The path of the present page: for addresses that Firefox opens, the one that they stand for. */
export const pagePath = (): string => firefoxPath(location) ?? location.pathname

/** The page of a path, for whoever is signed in or not; undefined: there is none. */
export function routeOf(path: string): Route | undefined {
  const signedIn = state().me?.state === 'active'
  if ((path === '/' || path === '/sign-in') && signedIn) return homeRoute
  const route = routes[path]
  return route?.signedIn && !signedIn ? signIn : route
}

/** Whether it is an address of these pages, so that a link to it needs no new document. */
export const isOurs = (path: string): boolean => path in routes
