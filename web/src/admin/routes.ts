/** The pages of the administration. */
import type { Route, Routes } from '../routes.ts'

const page = (tag: string, load: () => Promise<unknown>): Route => ({ tag, load, signedIn: true })

export const adminRoutes: Routes = {
  '/admin/people': page('essaim-people', () => import('./people.ts')),
  '/admin/invitations': page('essaim-invitations', () => import('./invitations.ts')),
  '/admin/providers': page('essaim-providers', () => import('./providers.ts')),
  '/admin/settings': page('essaim-settings', () => import('./settings.ts')),
  '/admin/server': page('essaim-server', () => import('./server.ts')),
  '/admin/log': page('essaim-server-log', () => import('./log.ts')),
}
