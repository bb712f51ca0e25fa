/** The pages about the person herself. */
import type { Route, Routes } from '../routes.ts'

const page = (tag: string, load: () => Promise<unknown>): Route => ({ tag, load, signedIn: true })

/** `/` of somebody who is signed in. */
export const homeRoute: Route = page('essaim-home', () => import('./home.ts'))

export const accountRoutes: Routes = {
  '/account/devices': page('essaim-devices', () => import('./devices.ts')),
  '/account/browsers': page('essaim-browsers', () => import('../firefox/browsers.ts')),
  '/account/security': page('essaim-security', () => import('./security.ts')),
  '/account/data': page('essaim-data', () => import('./data.ts')),
  '/account/profile': page('essaim-profile', () => import('./profile.ts')),
  '/account/operator': page('essaim-operator', () => import('./operator.ts')),
}
