/** The pages about the person herself. */
import type { Route, Routes } from '../routes.ts'

/** `/` of somebody who is signed in. */
export const homeRoute: Route = { tag: 'essaim-home', load: () => import('./home.ts'), signedIn: true }

export const accountRoutes: Routes = {}
