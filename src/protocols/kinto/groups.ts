/** `/buckets/{id}/groups` and the groups in it: lists of principals that permissions can name. */
import type { Route } from './call.ts'
import { groupKind } from './kinds.ts'
import { objectMethods, listMethods } from './verbs/index.ts'

export const groupRoutes: readonly Route[] = [
  { path: '/buckets/{bucket}/groups', methods: listMethods('groups', groupKind) },
  { path: '/buckets/{bucket}/groups/{group}', methods: objectMethods(groupKind) },
]
