/** The verbs of lists and objects, the same for all kinds. */
import type { Route } from '../call.ts'
import type { Kind } from '../kinds.ts'
import type { ListName } from '../place.ts'
import { deleteObjects } from './delete-list.ts'
import { deleteObject } from './delete.ts'
import { getObject } from './get.ts'
import { listObjects } from './list.ts'
import { patchObject } from './patch.ts'
import { postObject } from './post.ts'
import { putObject } from './put.ts'

/** What a list inside a bucket answers. */
export function listMethods(name: ListName, kind: Kind): Route['methods'] {
  const list = listObjects(name)
  return { HEAD: list, GET: list, POST: postObject(kind), DELETE: deleteObjects(name) }
}

/** What an object answers. */
export function objectMethods(kind: Kind): Route['methods'] {
  return {
    GET: getObject(kind),
    PUT: putObject(kind),
    PATCH: patchObject(kind),
    DELETE: deleteObject(kind),
  }
}
