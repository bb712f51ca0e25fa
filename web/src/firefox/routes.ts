/** The addresses that Firefox opens by itself: their paths are its own, and one page may have several of them. */
import type { Route, Routes } from '../routes.ts'

const settings: Route = { tag: 'essaim-firefox-settings', load: () => import('./settings.ts') }

export const firefoxRoutes: Routes = {
  '/authorization': { tag: 'essaim-firefox', load: () => import('./browser-sign-in.ts') },
  '/settings': settings,
  '/settings/clients': settings,
  '/settings/avatar/change': settings,
  '/connect_another_device': settings,
  '/oauth/success': { tag: 'essaim-firefox-arrived', load: () => import('./arrived.ts') },
  '/pair/supp': { tag: 'essaim-firefox-pair', load: () => import('./pair.ts') },
  // Who lets another device in says who she is first.
  '/pair/auth': { tag: 'essaim-firefox-pair', load: () => import('./pair.ts'), signedIn: true },
}

/** Others for the page where a browser is signed in. */
const signIns: readonly string[] = [
  '/signin',
  '/signup',
  '/force_auth',
  '/oauth',
  '/oauth/force_auth',
  '/post_verify/third_party_auth/set_password',
]

/** Which path of `firefoxRoutes` an address stands for; undefined: it is none that Firefox opens. */
export function firefoxPath({ pathname, search, hash }: Location): string | undefined {
  const asks = (name: string) => new RegExp(`[?#&]${name}=`).test(search + hash)
  if (pathname.startsWith('/oauth/success/')) return '/oauth/success'
  if (pathname === '/pair' && asks('(?:context|client_id|channel_id)')) return '/pair/supp'
  if (pathname === '/oauth' && asks('channel_id')) return '/pair/auth'
  return signIns.includes(pathname) || (pathname === '/' && asks('context')) ? '/authorization' : undefined
}
