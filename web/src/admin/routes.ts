/** The pages of the administration. */
import type { Routes } from '../routes.ts'

export const adminRoutes: Routes = {}
