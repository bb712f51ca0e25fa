/** The pages about apps: what they ask, and what they were allowed. */
import type { Route, Routes } from '../routes.ts'

const consent: Route = { tag: 'essaim-consent', load: () => import('./consent.ts') }

export const appRoutes: Routes = {
  '/consent': consent,
  '/device': { tag: 'essaim-device', load: () => import('./device.ts') },
  '/account/apps': { tag: 'essaim-apps', load: () => import('./apps.ts'), signedIn: true },
}
