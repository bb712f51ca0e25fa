import { CodedError } from '../coded-error.ts'
import { deepEqual } from './equal.ts'
import { setOwn } from './own.ts'
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
  /** more operations, copied data or nesting than allowed */
  | 'patch-too-large'

export interface PatchLimits {
  /** 1,000 unless given. */
  maxOperations?: number
  /** Sum over all `copy` operations, in rough bytes of JSON; 4 MiB unless given. */
  maxCopied?: number
  /** Nested containers of the result; 64 unless given. */
  maxDepth?: number
}

type Container = Json[] | JsonObject

/**
 * JSON Patch (RFC 6902), all six operations. `operations` is taken as it came from the parser and checked here.
 * Applies whole or not at all: neither argument is ever changed, the result may share parts with both.
 * Throws CodedError (`PatchErrorCode`) with `details.index`, where one operation is to blame.
 */
export function jsonPatch(document: Json, operations: Json, limits: PatchLimits = {}): Json {
  const { maxOperations = 1000, maxCopied = 4 * 1024 * 1024, maxDepth = MAX_JSON_DEPTH } = limits
  if (!Array.isArray(operations))
    throw new CodedError<PatchErrorCode>('patch-malformed', 'a JSON Patch is a list')
  if (operations.length > maxOperations) {
    throw new CodedError<PatchErrorCode>('patch-too-large', `more than ${maxOperations} operations`, {
      maxOperations,
    })
  }

  // The document hangs in a holder under the empty key, so that its root is a place like any other.
  const holder: JsonObject = { '': document }
  // Containers that this patch has made itself and may change; all others are copied first, once.
  const owned = new Set<Container>([holder])
  let budget = maxCopied
  let index = 0

  const fail = (code: PatchErrorCode, message: string): never => {
    throw new CodedError<PatchErrorCode>(code, `operation ${index}: ${message}`, { index })
  }

  /** The existing member, or a failure. */
  const read = (container: Container, token: string): Json => {
    if (Array.isArray(container)) {
      const item = container[arrayIndex(token)]
      return item === undefined ? fail('patch-path', 'no such array element') : item
    }
    return Object.hasOwn(container, token) ? container[token]! : fail('patch-path', 'no such member')
  }

  const find = (tokens: readonly string[]): Json => {
    let value: Json = holder
    for (const token of tokens)
      value = read(isContainer(value) ? value : fail('patch-path', 'not a container'), token)
    return value
  }

  /** The container that holds the last token, made ours and so writable. */
  const parentOf = (tokens: readonly string[]): Container => {
    let container: Container = holder
    for (const token of tokens.slice(0, -1)) {
      let child = read(container, token)
      if (!isContainer(child)) return fail('patch-path', 'not a container')
      if (!owned.has(child)) {
        child = Array.isArray(child) ? child.slice() : { ...child }
        owned.add(child)
        write(container, token, child)
      }
      container = child
    }
    return container
  }

  const spend = (value: Json, depthLeft: number): void => {
    if (typeof value === 'string') budget -= value.length
    budget -= 8
    if (budget < 0) fail('patch-too-large', 'too much copied or moved')
    if (!isContainer(value)) return
    if (depthLeft === 0) fail('patch-too-large', 'nested too deeply')
    if (Array.isArray(value)) for (const item of value) spend(item, depthLeft - 1)
    else {
      for (const key of Object.keys(value)) {
        budget -= key.length
        spend(value[key]!, depthLeft - 1)
      }
    }
  }

  const add = (tokens: readonly string[], value: Json): void => {
    const parent = parentOf(tokens)
    const token = tokens.at(-1)!
    if (!Array.isArray(parent)) return setOwn(parent, token, value)
    const at = token === '-' ? parent.length : arrayIndex(token)
    if (!(at <= parent.length)) fail('patch-path', 'no such array position')
    parent.splice(at, 0, value)
  }

  const remove = (tokens: readonly string[]): Json => {
    if (tokens.length === 1) fail('patch-path', 'the whole document cannot be removed')
    const parent = parentOf(tokens)
    const token = tokens.at(-1)!
    const value = read(parent, token)
    if (Array.isArray(parent)) parent.splice(arrayIndex(token), 1)
    else delete parent[token]
    return value
  }

  const tokensOf = (operation: JsonObject, member: 'path' | 'from'): string[] => {
    const pointer = Object.hasOwn(operation, member) ? operation[member] : undefined
    const tokens = typeof pointer === 'string' ? parsePointer(pointer) : undefined
    if (tokens === undefined) return fail('patch-malformed', `"${member}" is not a JSON Pointer`)
    // Whatever is addressed deeper can't be there, nor be put there.
    if (tokens.length > maxDepth) fail('patch-path', `"${member}" is too deep`)
    return ['', ...tokens]
  }

  const valueOf = (operation: JsonObject): Json =>
    Object.hasOwn(operation, 'value') ? operation['value']! : fail('patch-malformed', '"value" is missing')

  const apply = (operation: Json): void => {
    if (!isJsonObject(operation)) return fail('patch-malformed', 'an operation is an object')
    const path = tokensOf(operation, 'path')
    const depthLeft = maxDepth - (path.length - 1)
    switch (Object.hasOwn(operation, 'op') ? operation['op'] : undefined) {
      case 'add':
        return add(path, fitting(valueOf(operation), depthLeft))
      case 'replace': {
        const value = fitting(valueOf(operation), depthLeft)
        const parent = parentOf(path)
        read(parent, path.at(-1)!)
        return write(parent, path.at(-1)!, value)
      }
      case 'remove':
        remove(path)
        return
      case 'test':
        if (!deepEqual(find(path), valueOf(operation))) fail('patch-test', 'the value is another')
        return
      case 'copy': {
        const value = find(tokensOf(operation, 'from'))
        spend(value, depthLeft)
        return add(path, structuredCopy(value))
      }
      case 'move': {
        const from = tokensOf(operation, 'from')
        if (from.length <= path.length && from.every((token, i) => token === path[i])) {
          if (from.length < path.length) fail('patch-path', 'a value cannot move into itself')
          find(from)
          return
        }
        // Only a move downwards can make the document deeper; looking costs as much as copying.
        if (path.length > from.length) spend(find(from), depthLeft)
        return add(path, remove(from))
      }
      default:
        return fail('patch-malformed', 'unknown "op"')
    }
  }

  const fitting = (value: Json, depthLeft: number): Json =>
    isShallow(value, depthLeft) ? value : fail('patch-too-large', 'nested too deeply')

  for (; index < operations.length; index++) apply(operations[index]!)
  return holder['']!
}

function write(container: Container, token: string, value: Json): void {
  if (Array.isArray(container)) container[arrayIndex(token)] = value
  else setOwn(container, token, value)
}

/** An array index as RFC 6901 writes it (no sign, no leading zero), else NaN. */
function arrayIndex(token: string): number {
  return /^(?:0|[1-9]\d{0,9})$/.test(token) ? Number(token) : Number.NaN
}

function isContainer(value: Json): value is Container {
  return typeof value === 'object' && value !== null
}

function isShallow(value: Json, depthLeft: number): boolean {
  if (!isContainer(value)) return true
  if (depthLeft <= 0) return false
  return Array.isArray(value)
    ? value.every((item) => isShallow(item, depthLeft - 1))
    : Object.keys(value).every((key) => isShallow(value[key]!, depthLeft - 1))
}

/** A copy that shares no container with the original. */
function structuredCopy(value: Json): Json {
  if (!isContainer(value)) return value
  if (Array.isArray(value)) return value.map(structuredCopy)
  const copy: JsonObject = {}
  for (const key of Object.keys(value)) setOwn(copy, key, structuredCopy(value[key]!))
  return copy
}
