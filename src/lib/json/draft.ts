import { CodedError } from '../coded-error.ts'
import type { PatchErrorCode } from './patch.ts'
import { setOwn } from './own.ts'
import type { Json, JsonObject } from './types.ts'

/**
 * A document under change, which leaves the one it was made from as it is: containers on the way to a change are
 * copied once, all others shared. Places are lists of reference tokens (RFC 6901), `[]` being the whole document.
 * All throw CodedError `patch-path` for a place that is not there.
 */
export interface Draft {
  /** The value at a place. */
  find(place: readonly string[]): Json
  /** Sets a member, or inserts into an array (`-`: at its end). */
  add(place: readonly string[], value: Json): void
  /** Sets what is there already. */
  replace(place: readonly string[], value: Json): void
  /** Takes a value out; never the whole document. */
  remove(place: readonly string[]): Json
  /** The document as it stands. */
  result(): Json
}

type Container = Json[] | JsonObject

export function createDraft(document: Json): Draft {
  // The document hangs in a holder under the empty key, so that its root is a place like any other.
  const holder: JsonObject = { '': document }
  // Containers made here, which may be changed.
  const owned = new Set<Container>([holder])

  const find = (place: readonly string[]): Json => {
    let value: Json = holder['']!
    for (const token of place) value = member(value, token)
    return value
  }

  /** What holds the last token, made ours, with that token. */
  const locate = (place: readonly string[]): [container: Container, token: string] => {
    if (place.length === 0) return [holder, '']
    let container: Container = holder
    let token = ''
    for (const next of place) {
      let child = member(container, token)
      if (!isContainer(child)) throw absent()
      if (!owned.has(child)) {
        child = Array.isArray(child) ? child.slice() : { ...child }
        owned.add(child)
        assign(container, token, child)
      }
      container = child
      token = next
    }
    return [container, token]
  }

  return {
    find,
    add(place, value) {
      const [container, token] = locate(place)
      if (!Array.isArray(container)) return setOwn(container, token, value)
      const at = token === '-' ? container.length : arrayIndex(token)
      if (!(at <= container.length)) throw absent()
      container.splice(at, 0, value)
    },
    replace(place, value) {
      const [container, token] = locate(place)
      member(container, token)
      assign(container, token, value)
    },
    remove(place) {
      const [container, token] = locate(place)
      if (container === holder) throw absent()
      const value = member(container, token)
      if (Array.isArray(container)) container.splice(arrayIndex(token), 1)
      else delete container[token]
      return value
    },
    result: () => holder['']!,
  }
}

function member(container: Json, token: string): Json {
  if (Array.isArray(container)) {
    const item = container[arrayIndex(token)]
    if (item !== undefined) return item
  } else if (isContainer(container) && Object.hasOwn(container, token)) return container[token]!
  throw absent()
}

function assign(container: Container, token: string, value: Json): void {
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

function absent() {
  return new CodedError<PatchErrorCode>('patch-path', 'nothing is there')
}
