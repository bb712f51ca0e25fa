/** What each endpoint of the door does, method by method, in the words of OpenAPI. */
import type { Json, JsonObject } from '../../../lib/json/index.ts'
import { jsonPatchType, mergePatchType } from '../body.ts'
import type { Method } from '../call.ts'
import { bucketKind, collectionKind, groupKind, recordKind } from '../kinds.ts'
import { openidRoute } from '../openid.ts'
import type { KintoSettings } from '../settings.ts'
import { errorName, headerRefs, ref, schemaRef, titleOf } from './components.ts'

/** Operations by path and method; those of GET are HEAD's too unless that has its own. */
export type Operations = Readonly<Record<string, Readonly<Partial<Record<Method, JsonObject>>>>>

const json = (schema: JsonObject, example?: Json): JsonObject => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
})

const parameterRefs = (...names: string[]) => names.map((name) => ref('parameters', name))

const answer = (description: string, schema: JsonObject, ...headers: string[]): JsonObject => ({
  description,
  content: json(schema),
  ...(headers.length > 0 && { headers: headerRefs(headers) }),
})

const bare = (description: string, ...headers: string[]): JsonObject => ({
  description,
  ...(headers.length > 0 && { headers: headerRefs(headers) }),
})

const unchanged = bare('Unchanged since the revision of If-None-Match.', 'ETag', 'Last-Modified')

/** What every request that somebody makes may be answered with. */
const usual = [400, 401, 403, 404, 406, 412, 429, 500, 503]
const writing = [...usual, 405, 413, 415, 507]

const errors = (statuses: readonly number[]): JsonObject =>
  Object.fromEntries(statuses.map((status) => [status, ref('responses', errorName(status))]))

interface Resource {
  name: string
  list: string
  /** An object's data, a change of it. */
  example: JsonObject
  change: JsonObject
  /** Whether its permissions can be given. */
  shared: boolean
}

const bucket = '/buckets/{bucket}'
const resources: readonly Resource[] = [
  {
    name: bucketKind.name,
    list: '/buckets',
    example: { title: 'Our blog' },
    change: { title: 'The blog' },
    shared: true,
  },
  {
    name: groupKind.name,
    list: `${bucket}/groups`,
    example: { members: ['account:nina'] },
    change: { members: ['account:nina', 'account:ravi'] },
    shared: true,
  },
  {
    name: collectionKind.name,
    list: `${bucket}/collections`,
    example: { cache_expires: 60 },
    change: { cache_expires: 0 },
    shared: true,
  },
  {
    name: recordKind.name,
    list: `${bucket}/collections/{collection}/records`,
    example: { title: 'Lorient', stars: 4 },
    change: { stars: 5 },
    shared: true,
  },
  {
    name: 'account',
    list: '/accounts',
    example: { password: 'seven grey herons by the quay' },
    change: { colour: 'green' },
    shared: false,
  },
]

const listParameters = ['limit', 'token', 'sort', 'fields', 'since', 'before', 'to', 'filters']
const conditions = ['ifMatch', 'ifNoneMatch']

/** The two endpoints of a resource: its list and its objects. */
function operationsOf({ name, list, example, change, shared }: Resource): Operations {
  const title = titleOf(name)
  const tags = [`${title}s`]
  const own = schemaRef(title)
  const sent = { data: example, ...(shared && { permissions: { read: ['account:ravi'] } }) }
  const patch = { data: change }
  const body = (content: JsonObject, required: boolean): JsonObject => ({ content, required })
  const id = (verb: string) => `${verb}_${name}`
  const written = ['ETag', 'Last-Modified']
  const read = [...written, 'Cache-Control']
  // The login of an account that is made by POST is its id.
  const posted = shared ? sent : { data: { id: 'ravi', ...example } }
  return {
    [list]: {
      HEAD: {
        operationId: `count_${name}s`,
        summary: `Count the ${name}s that filters find`,
        tags,
        parameters: parameterRefs(...listParameters, ...conditions),
        responses: {
          200: bare('The count is in the headers.', ...read, 'Total-Objects', 'Total-Records', 'Alert'),
          304: unchanged,
          ...errors(usual),
        },
      },
      GET: {
        operationId: `list_${name}s`,
        summary: `List the ${name}s that filters find`,
        tags,
        parameters: parameterRefs(...listParameters, ...conditions),
        responses: {
          200: answer('A page of them.', schemaRef(`${title}List`), ...read, 'Next-Page', 'Alert'),
          304: unchanged,
          ...errors(usual),
        },
      },
      POST: {
        operationId: id('create'),
        summary: `Make a ${name}; one that is there already is the answer`,
        tags,
        parameters: parameterRefs(...conditions),
        requestBody: body(json(schemaRef(`${title}Body`), posted), !shared),
        responses: {
          200: answer('It was there already.', own, ...written),
          201: answer('It was made.', own, ...written),
          ...errors(writing),
        },
      },
      DELETE: {
        operationId: `delete_${name}s`,
        summary: `Delete the ${name}s that filters find`,
        tags,
        parameters: parameterRefs(...listParameters, 'ifMatch'),
        responses: {
          200: answer('What was deleted.', schemaRef('DeletedList'), ...written, 'Next-Page'),
          ...errors([...usual, 405, 507]),
        },
      },
    },
    [`${list}/{${name}}`]: {
      GET: {
        operationId: id('get'),
        summary: `Read a ${name}`,
        tags,
        parameters: parameterRefs('fields', ...conditions),
        responses: {
          200: answer('The object.', own, ...read),
          304: unchanged,
          ...errors(usual),
        },
      },
      PUT: {
        operationId: id('put'),
        summary: `Make a ${name}, or put another in its place`,
        tags,
        parameters: parameterRefs(...conditions),
        requestBody: body(json(schemaRef(`${title}Body`), sent), !shared),
        responses: {
          200: answer('It was replaced.', own, ...written),
          201: answer('It was made.', own, ...written),
          ...errors(writing),
        },
      },
      PATCH: {
        operationId: id('patch'),
        summary: `Change some of a ${name}`,
        tags,
        parameters: parameterRefs('responseBehavior', ...conditions),
        requestBody: body(
          {
            ...json(schemaRef(`${title}Body`), patch),
            [mergePatchType]: { schema: schemaRef('MergePatch'), example: patch },
            [jsonPatchType]: {
              schema: schemaRef('JsonPatch'),
              example: [{ op: 'add', path: '/data/colour', value: 'blue' }],
            },
          },
          true,
        ),
        responses: {
          200: answer('All of the object, or what Response-Behavior asks for.', own, ...written),
          ...errors(writing),
        },
      },
      DELETE: {
        operationId: id('delete'),
        summary: `Delete a ${name}, with everything in it`,
        tags,
        parameters: parameterRefs(...(shared ? ['lastModified'] : []), 'ifMatch'),
        responses: {
          200: answer('Its tombstone.', schemaRef('Deleted'), ...written),
          ...errors([...usual, 405, 507]),
        },
      },
    },
  }
}

const service = (summary: string, operationId: string, responses: JsonObject): JsonObject => ({
  operationId,
  summary,
  tags: ['Service'],
  security: [],
  responses: { ...responses, ...errors([400, 500]) },
})

const facts = (description: string) => answer(description, schemaRef('Facts'))

const permissionParameters = ['limit', 'token', 'permissionSort', 'permissionFields', 'permissionFilters']

/** What is not a list of objects. */
function others({ batchLimit }: KintoSettings): Operations {
  return {
    '/': {
      GET: {
        operationId: 'server_info',
        summary: 'What this server is and can do, and who is asking',
        tags: ['Service'],
        responses: {
          200: answer('Settings, capabilities, and the user.', schemaRef('Root'), 'Cache-Control'),
          ...errors([400, 401, 429, 500, 503]),
        },
      },
    },
    '/batch': {
      POST: {
        operationId: 'batch',
        summary: `Up to ${batchLimit} requests in one transaction`,
        description:
          'What answers 4xx leaves its neighbours alone; a 5xx takes all of it back and is the answer of the whole. Requests inherit the headers of the batch.',
        tags: ['Batch'],
        requestBody: {
          required: true,
          content: json(schemaRef('Batch'), {
            defaults: { method: 'PUT' },
            requests: [
              { path: '/buckets/blog/collections/notes/records/first', body: { data: { title: 'Lorient' } } },
              { method: 'GET', path: '/buckets/blog/collections/notes/records?_limit=10' },
            ],
          }),
        },
        responses: {
          200: answer('The answers, in the order of the requests.', schemaRef('BatchAnswer')),
          ...errors([400, 401, 406, 413, 415, 429, 500, 503]),
        },
      },
    },
    '/permissions': {
      HEAD: {
        operationId: 'count_permissions',
        summary: 'Count what the user may do',
        tags: ['Permissions'],
        parameters: parameterRefs(...permissionParameters),
        responses: {
          200: bare('The count is in the headers.', 'ETag', 'Total-Objects', 'Total-Records'),
          ...errors([400, 401, 403, 406, 429, 500, 503]),
        },
      },
      GET: {
        operationId: 'list_permissions',
        summary: 'What the user may do, and where',
        tags: ['Permissions'],
        parameters: parameterRefs(...permissionParameters),
        responses: {
          200: answer('A page of entries.', schemaRef('PermissionList'), 'ETag', 'Next-Page'),
          ...errors([400, 401, 403, 406, 429, 500, 503]),
        },
      },
    },
    '/__flush__': {
      POST: {
        operationId: 'flush',
        summary: 'Remove everything that was made through this API',
        tags: ['Service'],
        responses: { 202: facts('It is empty.'), ...errors([400, 401, 403, 429, 500, 503]) },
      },
    },
    [openidRoute.path]: {
      GET: {
        operationId: 'sign_in',
        summary: 'Where a page sends a browser to sign in',
        description: 'The person answers at a page of this server; a token comes back behind `callback`.',
        tags: ['Sign-in'],
        security: [],
        parameters: parameterRefs('callback', 'scope'),
        responses: {
          307: bare('To the page that asks her.', 'Location', 'Cache-Control'),
          ...errors([400, 429, 500, 503]),
        },
      },
    },
    '/__heartbeat__': {
      GET: service('Whether the parts of the server work', 'heartbeat', {
        200: facts('All of them do.'),
        503: { ...facts('One does not.'), headers: headerRefs(['Retry-After']) },
      }),
    },
    '/__lbheartbeat__': {
      GET: service('Whether the server answers', 'lbheartbeat', { 200: facts('It does.') }),
    },
    '/__version__': {
      GET: service('Which version this is', 'version', { 200: facts('Name, version, source, commit.') }),
    },
    '/__metrics__': {
      GET: {
        ...service("Numbers, for who has the operator's token", 'metrics', {
          200: {
            description: 'In the text format of Prometheus.',
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
          ...errors([404]),
        }),
        security: [{ operator: [] }],
      },
    },
    '/contribute.json': {
      GET: service('Where the project is described', 'contribute', {
        200: facts('Name, licence, keywords.'),
      }),
    },
    '/__api__': {
      GET: service('This document', 'get_openapi_spec', { 200: facts('OpenAPI 3.1.') }),
    },
  }
}

/** What is said of every endpoint that settings may let be. */
export function describedOperations(settings: KintoSettings): Operations {
  return Object.assign({}, ...resources.map(operationsOf), others(settings))
}
