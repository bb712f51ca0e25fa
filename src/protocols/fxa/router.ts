/** Which handler answers at which path, and what it asks of who comes. */
import { type Credential, type Handler, type OpenHandler, usualBody } from './call.ts'

export interface RouteOptions {
  /** Bytes of a body, at most `maxBody`; `usualBody` unless given. */
  limit?: number
}

/** A route, with the parameters of the path that was asked for. */
export interface Found {
  credential: Credential
  handler: OpenHandler | Handler
  limit: number
  params: Record<string, string>
}

export interface Router {
  /**
   * Puts a handler at a path below `/fxa`, where `:name` stands for one segment. With `none` a request may still prove
   * who makes it: then the handler is told.
   */
  route(method: string, path: string, credential: 'none', handler: OpenHandler, options?: RouteOptions): void
  route(
    method: string,
    path: string,
    credential: Exclude<Credential, 'none'>,
    handler: Handler,
    options?: RouteOptions,
  ): void
  /** What answers; the allowed methods where the path has others; undefined where it has none. */
  find(method: string, path: string): Found | readonly string[] | undefined
}

interface Entry {
  segments: readonly string[]
  methods: Map<string, Omit<Found, 'params'>>
}

export function createRouter(): Router {
  const plain = new Map<string, Entry>()
  const named: Entry[] = []

  function entryAt(path: string): Entry {
    const segments = path.split('/')
    const known = plain.get(path) ?? named.find((one) => one.segments.join('/') === path)
    if (known) return known
    const entry: Entry = { segments, methods: new Map() }
    if (path.includes(':')) named.push(entry)
    else plain.set(path, entry)
    return entry
  }

  return {
    route(
      method: string,
      path: string,
      credential: Credential,
      handler: OpenHandler | Handler,
      { limit = usualBody }: RouteOptions = {},
    ) {
      const { methods } = entryAt(path)
      if (methods.has(method)) throw new TypeError(`${method} ${path} is answered twice`)
      methods.set(method, { credential, handler, limit })
    },

    find(method, path) {
      const segments = path.split('/')
      const entry = plain.get(path) ?? named.find((one) => matches(one.segments, segments))
      if (!entry) return undefined
      const found = entry.methods.get(method)
      if (!found) return [...entry.methods.keys()]
      const params: Record<string, string> = {}
      for (const [at, name] of entry.segments.entries())
        if (name.startsWith(':')) params[name.slice(1)] = decoded(segments[at]!)
      return { ...found, params }
    },
  }
}

const matches = (route: readonly string[], asked: readonly string[]): boolean =>
  route.length === asked.length &&
  route.every((name, at) => name === asked[at] || (name.startsWith(':') && asked[at] !== ''))

/** A segment that is no UTF-8 stays as it is, and names nothing. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
