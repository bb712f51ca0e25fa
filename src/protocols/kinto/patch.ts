/** The three ways to PATCH an object, and what is answered (`Response-Behavior`). */
import { CodedError } from '../../lib/coded-error.ts'
import {
  deepEqual,
  getOwn,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonPatch,
  mergePatch,
  setOwn,
  shallowMerge,
} from '../../lib/json/index.ts'
import { jsonPatchType, mergePatchType, type Permissions, readObjectBody, readPermissions } from './body.ts'
import type { Headers } from './conditions.ts'
import { fault } from './errors.ts'

export type Behavior = 'full' | 'light' | 'diff'

/** What a request wants to change. */
export interface Patch {
  kind: 'shallow' | 'merge' | 'operations'
  data: JsonObject
  /** Given lists; undefined if the body has none. */
  permissions: Permissions | undefined
  operations: Json[]
}

/** An object as it is stored, as far as a patch may look at it. */
export interface Patchable {
  /** With `id` and `last_modified`. */
  data: JsonObject
  /** Lists of principals as clients write them. */
  permissions: ReadonlyMap<string, readonly string[]>
}

export interface Patched {
  data: JsonObject
  /** All lists, or those that the patch names (`partial`); undefined: they stay as they are. */
  permissions: { lists: Permissions; partial: boolean } | undefined
  /** What the client sent for each field: what it gets back depends on it. */
  sent: JsonObject
}

/** Reads a PATCH body of one of the three media types. Throws 400. */
export function readPatch(json: Json | undefined, type: string, permissionNames: readonly string[]): Patch {
  if (type === jsonPatchType) return readOperations(json)
  const { data, permissions } = readObjectBody(json, permissionNames)
  if (data === undefined && permissions === undefined)
    throw fault('body', 'data', 'Provide at least one of data or permissions')
  return {
    kind: type === mergePatchType ? 'merge' : 'shallow',
    data: data ?? {},
    permissions,
    operations: [],
  }
}

export const allowedOps = ['test', 'add', 'remove', 'replace', 'move', 'copy']

function readOperations(json: Json | undefined): Patch {
  if (!Array.isArray(json)) throw fault('body', '', 'A JSON Patch should be a list of operations')
  const operations = json.map((operation, index) => {
    if (!isJsonObject(operation)) throw fault('body', String(index), 'An operation should be a JSON object')
    const op = getOwn(operation, 'op')
    if (typeof op !== 'string' || !allowedOps.includes(op))
      throw fault('body', `${index}.op`, `should be one of ${allowedOps.join(', ')}`)
    for (const member of ['path', 'from'] as const) {
      const pointer = getOwn(operation, member)
      if (pointer === undefined && member === 'from') continue
      if (typeof pointer !== 'string' || !/^\/(data|permissions)(\/|$)/.test(pointer))
        throw fault('body', `${index}.${member}`, 'should be a JSON pointer below /data or /permissions')
    }
    // COMPAT kinto.js: principals are keys whose value is themselves, so that an operation need not give it.
    const [, principal] = /^\/permissions\/[^/]+\/([^/]+)$/.exec(String(operation['path'])) ?? []
    if (principal === undefined || (op !== 'add' && op !== 'replace' && op !== 'test')) return operation
    return { ...operation, value: principal.replaceAll('~1', '/').replaceAll('~0', '~') }
  })
  return { kind: 'operations', data: {}, permissions: undefined, operations }
}

/** Whether a patch looks at or changes permissions. */
export function touchesPermissions(patch: Patch): boolean {
  if (patch.kind !== 'operations') return patch.permissions !== undefined
  return patch.operations.some(
    (operation) =>
      isJsonObject(operation) &&
      [operation['path'], operation['from']].some(
        (pointer) => typeof pointer === 'string' && pointer.startsWith('/permissions'),
      ),
  )
}

/** Applies a patch. A pure function. Throws 400 where it does not fit. */
export function applyPatch(patch: Patch, stored: Patchable, permissionNames: readonly string[]): Patched {
  if (patch.kind === 'operations') return applyOperations(patch, stored, permissionNames)
  const { data: sent, permissions } = patch
  if (patch.kind === 'shallow') {
    const lists = permissions && new Map([...permissions].filter(([, list]) => list !== null))
    return {
      data: shallowMerge(stored.data, sent),
      permissions: lists && lists.size > 0 ? { lists, partial: true } : undefined,
      sent,
    }
  }
  return {
    data: mergePatch(stored.data, sent) as JsonObject,
    permissions:
      permissions && permissions.size > 0
        ? { lists: new Map([...stored.permissions, ...permissions]), partial: false }
        : undefined,
    sent,
  }
}

function applyOperations(patch: Patch, stored: Patchable, permissionNames: readonly string[]): Patched {
  const permissions: JsonObject = {}
  for (const name of permissionNames) {
    const members: JsonObject = {}
    for (const principal of stored.permissions.get(name) ?? []) setOwn(members, principal, principal)
    setOwn(permissions, name, members)
  }
  const after = jsonPatched({ data: stored.data, permissions }, patch.operations)
  const data = getOwn(after, 'data')
  if (!isJsonObject(data)) throw fault('body', 'data', 'data should be a JSON object')
  if (!touchesPermissions(patch)) return { data, permissions: undefined, sent: data }
  const given = getOwn(after, 'permissions') ?? {}
  if (!isJsonObject(given)) throw fault('body', 'permissions', 'permissions should be a JSON object')
  const lists: JsonObject = {}
  for (const name of Object.keys(given)) {
    const members = given[name]!
    // A list is as good as an object of principals.
    setOwn(lists, name, isJsonObject(members) ? Object.keys(members) : members)
  }
  return {
    data,
    permissions: { lists: readPermissions(lists, permissionNames), partial: false },
    sent: data,
  }
}

function jsonPatched(document: JsonObject, operations: Json[]): JsonObject {
  try {
    return jsonPatch(document, operations) as JsonObject
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    throw fault('body', null, `JSON Patch operation failed: ${error.message}`)
  }
}

/** Reads `Response-Behavior`. Throws 400. */
export function readBehavior(headers: Headers): Behavior {
  const value = headers['response-behavior']
  if (value === undefined || value === 'full' || value === 'light' || value === 'diff') return value ?? 'full'
  throw fault('header', 'Response-Behavior', 'Response-Behavior should be one of full, light, diff')
}

/**
 * What a PATCH answers: all of it (undefined), the fields that changed (`light`), or those that are not as the client
 * sent them (`diff`). Fields that were removed can't be shown.
 */
export function partialAnswer(
  behavior: Behavior,
  before: JsonObject,
  sent: JsonObject,
  after: JsonObject,
): JsonObject | undefined {
  if (behavior === 'full') return undefined
  const shown: JsonObject = {}
  for (const field of Object.keys(sent)) {
    const now = getOwn(after, field)
    if (now === undefined || deepEqual(getOwn(before, field), now)) continue
    if (behavior === 'light' || !deepEqual(getOwn(sent, field), now)) setOwn(shown, field, now)
  }
  return shown
}
