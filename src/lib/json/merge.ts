import { getOwn, setOwn } from './own.ts'
import { isJsonObject, type Json, type JsonObject } from './types.ts'

/** Top-level members of `patch` over those of `target`; neither is changed. A null stays a null. */
export function shallowMerge(target: JsonObject, patch: JsonObject): JsonObject {
  return { ...target, ...patch }
}

/**
 * JSON Merge Patch (RFC 7396): null removes, objects merge, all else replaces. Neither argument is changed;
 * the result may share parts with both. Recursion is as deep as the patch, which `parseJson` bounds.
 */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const result: JsonObject = isJsonObject(target) ? { ...target } : {}
  for (const key of Object.keys(patch)) {
    const value = patch[key]!
    if (value === null) delete result[key]
    else setOwn(result, key, mergePatch(getOwn(result, key), value))
  }
  return result
}
