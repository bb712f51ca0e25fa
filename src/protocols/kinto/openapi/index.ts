/** `/__api__`: the OpenAPI 3.1 document of this door, made from its own table of endpoints. */
import type { JsonObject } from '../../../lib/json/index.ts'
import type { Method, Route } from '../call.ts'
import type { KintoSettings } from '../settings.ts'
import { components, errorName, ref } from './components.ts'
import { describedOperations } from './operations.ts'

const order: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const description = `JSON objects in buckets and collections over HTTP, by the
[Kinto API](https://docs.kinto-storage.org/en/latest/api/1.x/). Each address also answers OPTIONS, for pages of other
origins. An address without the version is answered with 307.`

/** The document; `version` is the server's. What settings rule out is left out. */
export function describeApi(settings: KintoSettings, routes: readonly Route[], version: string): JsonObject {
  const operations = describedOperations(settings)
  const paths: [string, JsonObject][] = []
  for (const { path, methods, always } of routes) {
    const described = operations[path] ?? {}
    const item: [string, JsonObject][] = []
    for (const method of order) {
      const isRead = method === 'GET' || method === 'HEAD'
      if (!(method in methods || (method === 'HEAD' && 'GET' in methods)) || (settings.readonly && !isRead))
        continue
      const operation = described[method] ?? (method === 'HEAD' ? headOf(described.GET) : undefined)
      if (operation) item.push([method.toLowerCase(), always ? operation : ending(settings, operation)])
    }
    if (item.length > 0) paths.push([path, { ...placesOf(path), ...Object.fromEntries(item) }])
  }
  return {
    openapi: '3.1.0',
    info: { title: settings.projectName, version, description },
    ...(settings.projectDocs !== '' && { externalDocs: { url: settings.projectDocs } }),
    servers: [{ url: `${settings.publicUrl}/v1` }],
    security: [{ basic: [] }, { bearer: [] }, {}],
    tags: [
      'Service',
      'Batch',
      'Buckets',
      'Groups',
      'Collections',
      'Records',
      'Accounts',
      'Permissions',
      'Sign-in',
    ].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: components(settings),
  }
}

function placesOf(path: string): JsonObject {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ref('parameters', name))
  return names.length > 0 ? { parameters: names } : {}
}

/** HEAD where GET serves it: the same without a body. */
function headOf(get: JsonObject | undefined): JsonObject | undefined {
  if (!get) return undefined
  const responses = Object.entries(get['responses'] as Record<string, JsonObject>).map(
    ([status, response]) => {
      const { content: _content, ...rest } = response
      return [status, rest]
    },
  )
  return {
    ...get,
    operationId: `head_${String(get['operationId'])}`,
    responses: Object.fromEntries(responses) as JsonObject,
  }
}

/** With the answer that there is once a server has ended, where an end is set. */
function ending({ eos }: KintoSettings, operation: JsonObject): JsonObject {
  if (!eos) return operation
  const responses = { ...(operation['responses'] as JsonObject), 410: ref('responses', errorName(410)) }
  return { ...operation, responses }
}

/** The endpoint that describes `routes`, and itself. The text is made once, when somebody first asks. */
export function apiRoute(routes: readonly Route[]): Route {
  let body: string | undefined
  const route: Route = {
    path: '/__api__',
    methods: {
      GET({ settings, health }) {
        body ??= JSON.stringify(describeApi(settings, [...routes, route], health.version.version))
        return { status: 200, headers: [], body }
      },
    },
    anyone: true,
  }
  return route
}
