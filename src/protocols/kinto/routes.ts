/** Every endpoint of this door. */
import { accountRoutes } from './accounts.ts'
import { batchRoute } from './batch.ts'
import { bucketRoutes } from './buckets.ts'
import type { Route } from './call.ts'
import { collectionRoutes } from './collections.ts'
import { flushRoute } from './flush.ts'
import { groupRoutes } from './groups.ts'
import { apiRoute } from './openapi/index.ts'
import { openidRoute } from './openid.ts'
import { operationRoutes } from './operations.ts'
import { permissionsRoute } from './permissions.ts'
import { recordRoutes } from './records.ts'
import { rootRoute } from './root.ts'
import type { KintoSettings } from './settings.ts'

/** The endpoints that the settings let be. `openid`: pages may sign people in. */
export function routesOf({ flush, permissionsEndpoint }: KintoSettings, openid: boolean): Route[] {
  const routes = [
    rootRoute,
    batchRoute,
    ...bucketRoutes,
    ...groupRoutes,
    ...collectionRoutes,
    ...recordRoutes,
    ...accountRoutes,
    ...(permissionsEndpoint ? [permissionsRoute] : []),
    ...(flush === 'nobody' ? [] : [flushRoute]),
    ...(openid ? [openidRoute] : []),
    ...operationRoutes,
  ]
  return [...routes, apiRoute(routes)]
}
