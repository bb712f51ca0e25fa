import { CodedError } from '../coded-error.ts'
import { createDraft, type Draft } from './draft.ts'
import { deepEqual } from './equal.ts'
import { getOwn, setOwn } from './own.ts'
import { MAX_JSON_DEPTH } from './parse.ts'
import { parsePointer } from './pointer.ts'
import { isJsonObject, type Json, type JsonObject } from './types.ts'

/** What `jsonPatch` refuses; `details.index` is the failing operation's place in the list. */
export type PatchErrorCode =
  /** not a list of operations, unknown op, a member missing, or not a JSON Pointer */
  | 'patch-malformed'
  /** nothing at the path, or a place that cannot be written */
  | 'patch-path'
  /** a `test` found another value */
  | 'patch-test'
  /** more operations, visited data or nesting than allowed */
  | 'patch-too-large'

export interface PatchLimits {
  /** 1,000 unless given. */
  maxOperations?: number
  /** What `copy`, `move` and `test` may visit in all, in rough bytes of JSON; 4 MiB unless given. */
  maxVisited?: number
  /** Nested containers of the result; 64 unless given. */
  maxDepth?: number
}

/**
 * JSON Patch (RFC 6902), all six operations. `operations` is taken as it came from the parser and checked here.
 * Applies whole or not at all: neither argument is ever changed, the result may share parts with both.
 * Throws CodedError (`PatchErrorCode`), with `details.index` where one operation is to blame.
 */
export function jsonPatch(document: Json, operations: Json, limits: PatchLimits = {}): Json {
  const { maxOperations = 1000, maxVisited = 4 * 1024 * 1024, maxDepth = MAX_JSON_DEPTH } = limits
  if (!Array.isArray(operations)) throw failure('patch-malformed', 'a JSON Patch is a list')
  if (operations.length > maxOperations)
    throw failure('patch-too-large', `more than ${maxOperations} operations`)
  const draft = createDraft(document)
  const visit = visitor(maxVisited)
  operations.forEach((operation, index) => {
    try {
      apply(draft, operation, visit, maxDepth)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      throw new CodedError<PatchErrorCode>(
        error.code as PatchErrorCode,
        `operation ${index}: ${error.message}`,
        { index },
      )
    }
  })
  return draft.result()
}

/** Walks through a value that may have `depth` nested containers, at most, and throws when it has more. */
type Visit = (value: Json, depth: number) => void

function apply(draft: Draft, operation: Json, visit: Visit, maxDepth: number): void {
  if (!isJsonObject(operation)) throw failure('patch-malformed', 'an operation is an object')
  const path = place(operation, 'path', maxDepth)
  const depth = maxDepth - path.length
  const op = getOwn(operation, 'op')
  switch (op) {
    case 'add':
    case 'replace': {
      const value = given(operation)
      checkDepth(value, depth)
      draft[op](path, value)
      return
    }
    case 'remove':
      draft.remove(path)
      return
    case 'test': {
      const wanted = given(operation)
      const value = draft.find(path)
      visit(value, Infinity)
      if (!deepEqual(value, wanted)) throw failure('patch-test', 'the value is another')
      return
    }
    case 'copy': {
      const value = draft.find(place(operation, 'from', maxDepth))
      visit(value, depth)
      draft.add(path, copied(value))
      return
    }
    case 'move': {
      const from = place(operation, 'from', maxDepth)
      const value = draft.find(from)
      const inside = from.length <= path.length && from.every((token, i) => token === path[i])
      if (inside && from.length < path.length) throw failure('patch-path', 'a value cannot move into itself')
      if (inside) return
      // Only a move downwards can make the document deeper.
      if (path.length > from.length) visit(value, depth)
      draft.add(path, draft.remove(from))
      return
    }
    default:
      throw failure('patch-malformed', 'unknown "op"')
  }
}

function place(operation: JsonObject, member: 'path' | 'from', maxDepth: number): string[] {
  const pointer = getOwn(operation, member)
  const tokens = typeof pointer === 'string' ? parsePointer(pointer) : undefined
  if (tokens === undefined) throw failure('patch-malformed', `"${member}" is not a JSON Pointer`)
  // Nothing is deeper, and nothing may become so.
  if (tokens.length > maxDepth) throw failure('patch-path', `"${member}" is too deep`)
  return tokens
}

function given(operation: JsonObject): Json {
  const value = getOwn(operation, 'value')
  if (value === undefined) throw failure('patch-malformed', '"value" is missing')
  return value
}

/** A walk with a budget for the whole patch: values can be visited again and again by few bytes of patch. */
function visitor(budget: number): Visit {
  const visit: Visit = (value, depth) => {
    budget -= 4 + (typeof value === 'string' ? value.length : 0)
    if (budget < 0) throw failure('patch-too-large', 'too much to copy, move or test')
    if (typeof value !== 'object' || value === null) return
    if (depth === 0) throw failure('patch-too-large', 'nested too deeply')
    if (Array.isArray(value)) for (const item of value) visit(item, depth - 1)
    else {
      for (const key of Object.keys(value)) {
        budget -= key.length
        visit(value[key]!, depth - 1)
      }
    }
  }
  return visit
}

function checkDepth(value: Json, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth === 0) throw failure('patch-too-large', 'nested too deeply')
  for (const item of Array.isArray(value) ? value : Object.values(value)) checkDepth(item, depth - 1)
}

/** A copy that shares no container with the original, which may be changed later. */
function copied(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copied)
  const copy: JsonObject = {}
  for (const key of Object.keys(value)) setOwn(copy, key, copied(value[key]!))
  return copy
}

function failure(code: PatchErrorCode, message: string) {
  return new CodedError<PatchErrorCode>(code, message)
}
