/** `/buckets/{id}/collections` and the collections in it. */
import type { Route } from './call.ts'
import { collectionKind } from './kinds.ts'
import { objectMethods, listMethods } from './verbs/index.ts'

export const collectionRoutes: readonly Route[] = [
  { path: '/buckets/{bucket}/collections', methods: listMethods('collections', collectionKind) },
  { path: '/buckets/{bucket}/collections/{collection}', methods: objectMethods(collectionKind) },
]
