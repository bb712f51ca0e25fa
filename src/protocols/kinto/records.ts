/** `/buckets/{id}/collections/{id}/records` and the records in it. */
import type { Route } from './call.ts'
import { recordKind } from './kinds.ts'
import { objectMethods, listMethods } from './verbs/index.ts'

const list = '/buckets/{bucket}/collections/{collection}/records'

export const recordRoutes: readonly Route[] = [
  { path: list, methods: listMethods('records', recordKind) },
  { path: `${list}/{record}`, methods: objectMethods(recordKind) },
]
