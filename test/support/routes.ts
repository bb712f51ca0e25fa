/** The endpoints of the Kinto door, from its own table, with places to be filled in. */
import { routesOf } from '../../src/protocols/kinto/routes.ts'
import type { KintoSettings } from '../../src/protocols/kinto/settings.ts'

export interface Endpoint {
  /** With places in braces, behind `/v1`. */
  path: string
  methods: string[]
}

export type Ids = Readonly<Partial<Record<string, string>>>

const usual = { flush: 'nobody', permissionsEndpoint: true } as KintoSettings

/** As the server has them unless it is told otherwise. */
export const endpoints: readonly Endpoint[] = routesOf(usual, true).map(({ path, methods }) => {
  const names = Object.keys(methods)
  return { path, methods: names.includes('GET') && !names.includes('HEAD') ? [...names, 'HEAD'] : names }
})

/** The address of an endpoint with its places filled in, as they are given. */
export const fill = (path: string, ids: Ids): string =>
  `/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'x')}`

/** A body that the endpoint takes. */
export function bodyFor(method: string, path: string): string | undefined {
  if (method !== 'PUT' && method !== 'POST' && method !== 'PATCH') return undefined
  if (path === '/batch') return JSON.stringify({ requests: [{ path: '/' }] })
  return JSON.stringify({
    data: path.startsWith('/accounts') ? { password: 'a good and long one' } : { touched: true },
  })
}
