/** From the segments of a path to an endpoint: by their number, then one by one. */
import type { Handler, Method, Params, Route } from './call.ts'

/** An endpoint that was found. */
export interface Found {
  route: CompiledRoute
  params: Params
}

interface CompiledRoute extends Route {
  /** Literal segments; undefined where the path has a place. */
  literals: readonly (string | undefined)[]
  places: readonly (keyof Params | undefined)[]
  /** For `Allow` and preflights. */
  allow: string
}

export type Router = (segments: readonly string[], from: number) => Found | undefined

/** Compiles a table of routes. `find(segments, 1)` looks at the segments behind the first. */
export function createRouter(routes: readonly Route[]): Router {
  const byCount = new Map<number, CompiledRoute[]>()
  for (const route of routes) {
    const parts = route.path === '/' ? [''] : route.path.slice(1).split('/')
    const compiled = {
      ...route,
      literals: parts.map((part) => (part.startsWith('{') ? undefined : part)),
      places: parts.map((part) => (part.startsWith('{') ? (part.slice(1, -1) as keyof Params) : undefined)),
      allow: allowedMethods(route).join(', '),
    }
    const same = byCount.get(parts.length)
    if (same) same.push(compiled)
    else byCount.set(parts.length, [compiled])
  }
  return (segments, from) => {
    for (const route of byCount.get(segments.length - from) ?? []) {
      if (!fits(route, segments, from)) continue
      const params: Params = { bucket: '', group: '', collection: '', record: '', account: '' }
      for (let i = 0; i < route.places.length; i++) {
        const place = route.places[i]
        if (place !== undefined) params[place] = segments[from + i]!
      }
      return { route, params }
    }
    return undefined
  }
}

function fits({ literals }: CompiledRoute, segments: readonly string[], from: number): boolean {
  for (let i = 0; i < literals.length; i++) {
    const literal = literals[i]
    const segment = segments[from + i]!
    // An id is one segment that is not empty; `/` in it belongs to no endpoint.
    if (literal === undefined ? segment === '' || segment.includes('/') : literal !== segment) return false
  }
  return true
}

/** The handler of a method; HEAD is served by GET unless it has its own. */
export function handlerOf(route: Route, method: string): Handler | undefined {
  if (!Object.hasOwn(route.methods, method)) return method === 'HEAD' ? route.methods.GET : undefined
  return route.methods[method as Method]
}

/** The methods of an endpoint, OPTIONS included. */
function allowedMethods(route: Route): string[] {
  const methods = Object.keys(route.methods)
  if (methods.includes('GET') && !methods.includes('HEAD')) methods.push('HEAD')
  return [...methods, 'OPTIONS']
}
