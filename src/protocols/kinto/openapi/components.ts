/** What operations of the OpenAPI document share: schemas, parameters, headers and errors, from the door's own tables. */
import type { Json, JsonObject } from '../../../lib/json/index.ts'
import { loginPattern, maxLogin } from '../account.ts'
import { batchMethods } from '../batch-body.ts'
import { maxPrincipalLength, maxPrincipals } from '../body.ts'
import { errno } from '../errors.ts'
import {
  bucketKind,
  collectionKind,
  groupKind,
  idPattern,
  type Kind,
  maxIdLength,
  recordKind,
} from '../kinds.ts'
import { allowedOps, type Behavior } from '../patch.ts'
import { permissionFields } from '../permissions.ts'
import { maxFilters, operators } from '../query.ts'
import type { KintoSettings } from '../settings.ts'

export const ref = (section: string, name: string): JsonObject => ({
  $ref: `#/components/${section}/${name}`,
})
export const schemaRef = (name: string) => ref('schemas', name)

/** The kinds as schemas are called. */
export const titleOf = (name: string) => name[0]!.toUpperCase() + name.slice(1)

const kinds: readonly Kind[] = [bucketKind, groupKind, collectionKind, recordKind]

/** What is in a kind's data beside what anybody puts there. */
const ownFields: Readonly<Record<string, JsonObject>> = {
  group: {
    members: {
      type: 'array',
      items: schemaRef('Principal'),
      description: 'Who is in it. Empty unless given.',
    },
  },
  collection: {
    cache_expires: {
      type: 'integer',
      minimum: 0,
      maximum: 1e9,
      description: 'Seconds that caches may keep what anonymous requests get of its records.',
    },
  },
  account: {
    password: { type: 'string', description: 'Written only: no answer holds it.', writeOnly: true },
  },
}

const time = {
  type: 'integer',
  minimum: 0,
  description: 'The revision, which is a time in milliseconds since 1970. No two in a list are the same.',
}

const idSchema = { type: 'string', maxLength: maxIdLength, pattern: idPattern.source }
const loginSchema = { type: 'string', maxLength: maxLogin, pattern: loginPattern.source }

/** Schemas of one kind: its data, an answer, a body, a list. */
function schemasOf(name: string, permissionNames: readonly string[]): JsonObject {
  const title = titleOf(name)
  const id = name === 'account' ? loginSchema : idSchema
  const principals = { type: 'array', items: schemaRef('Principal'), maxItems: maxPrincipals }
  const permissions = {
    type: 'object',
    properties: Object.fromEntries(permissionNames.map((one) => [one, principals])),
    additionalProperties: false,
  }
  const data = {
    type: 'object',
    properties: { id, last_modified: time, ...ownFields[name] },
    additionalProperties: true,
  }
  return {
    [`${title}Data`]: data,
    [title]: {
      type: 'object',
      required: ['data'],
      properties: {
        data: schemaRef(`${title}Data`),
        permissions: {
          ...(name === 'account' ? { type: 'object', additionalProperties: principals } : permissions),
          description: 'Who may do what with it. Empty for who may not write it.',
        },
      },
    },
    [`${title}List`]: {
      type: 'object',
      required: ['data'],
      properties: {
        data: { type: 'array', items: { anyOf: [schemaRef('Tombstone'), schemaRef(`${title}Data`)] } },
      },
    },
    [`${title}Body`]: {
      type: 'object',
      properties: {
        data: schemaRef(`${title}Data`),
        ...(permissionNames.length > 0 && { permissions }),
      },
      additionalProperties: false,
      ...(name === 'account' && { required: ['data'] }),
    },
  }
}

const open = { type: 'object', additionalProperties: true }

function schemas({ batchLimit }: KintoSettings): JsonObject {
  const request = {
    type: 'object',
    properties: {
      method: { type: 'string', enum: batchMethods, default: 'GET' },
      path: { type: 'string', pattern: '^/', description: 'With or without /v1, with its query.' },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      body: { type: ['object', 'array'] },
    },
    additionalProperties: false,
  }
  return {
    Principal: {
      type: 'string',
      minLength: 1,
      maxLength: maxPrincipalLength,
      description:
        '`account:LOGIN`, the path of a group (`/buckets/B/groups/G`), `system.Authenticated` or `system.Everyone`.',
    },
    Tombstone: {
      type: 'object',
      required: ['id', 'last_modified', 'deleted'],
      properties: { id: { type: 'string' }, last_modified: time, deleted: { const: true } },
    },
    Deleted: { type: 'object', required: ['data'], properties: { data: schemaRef('Tombstone') } },
    DeletedList: {
      type: 'object',
      required: ['data'],
      properties: { data: { type: 'array', items: schemaRef('Tombstone') } },
    },
    ...Object.assign({}, ...kinds.map(({ name, permissionNames }) => schemasOf(name, permissionNames))),
    ...schemasOf('account', []),
    JsonPatch: {
      type: 'array',
      description: 'RFC 6902, with paths below /data and /permissions.',
      items: {
        type: 'object',
        required: ['op', 'path'],
        properties: {
          op: { type: 'string', enum: allowedOps },
          path: { type: 'string', pattern: '^/(data|permissions)(/|$)' },
          from: { type: 'string', pattern: '^/(data|permissions)(/|$)' },
          value: {},
        },
      },
    },
    MergePatch: { ...open, description: 'RFC 7396 on `data` and `permissions`: null takes a field away.' },
    Batch: {
      type: 'object',
      required: ['requests'],
      properties: {
        requests: { type: 'array', maxItems: batchLimit, items: schemaRef('BatchRequest') },
        defaults: schemaRef('BatchRequest'),
      },
      additionalProperties: false,
    },
    BatchRequest: request,
    BatchAnswer: {
      type: 'object',
      required: ['responses'],
      properties: {
        responses: {
          type: 'array',
          items: {
            type: 'object',
            required: ['status', 'path', 'headers', 'body'],
            properties: {
              status: { type: 'integer' },
              path: { type: 'string' },
              headers: { type: 'object', additionalProperties: { type: 'string' } },
              body: { type: 'object' },
            },
          },
        },
      },
    },
    Root: {
      type: 'object',
      required: ['project_name', 'http_api_version', 'url', 'settings', 'capabilities'],
      properties: {
        project_name: { type: 'string' },
        project_version: { type: 'string' },
        http_api_version: { type: 'string' },
        project_docs: { type: 'string' },
        url: { type: 'string', format: 'uri' },
        eos: { type: 'string', description: 'The day on which this server ends.' },
        settings: open,
        user: {
          type: 'object',
          description: 'Who asks; absent for anonymous requests.',
          required: ['id', 'principals', 'bucket'],
          properties: {
            id: schemaRef('Principal'),
            principals: { type: 'array', items: schemaRef('Principal') },
            bucket: { type: 'string', description: 'The id of her default bucket.' },
          },
        },
        capabilities: { type: 'object', additionalProperties: open },
      },
    },
    PermissionList: {
      type: 'object',
      required: ['data'],
      properties: {
        data: {
          type: 'array',
          items: {
            type: 'object',
            properties: Object.fromEntries(
              [...permissionFields]
                .filter((field) => field !== 'last_modified')
                .map((field) => [
                  field,
                  field === 'permissions' ? { type: 'array', items: { type: 'string' } } : { type: 'string' },
                ]),
            ),
          },
        },
      },
    },
    Facts: open,
    Error: {
      type: 'object',
      required: ['code', 'errno', 'error', 'message'],
      properties: {
        code: { type: 'integer', description: 'The status.' },
        errno: {
          type: 'integer',
          enum: Object.values(errno),
          description: `The cause: ${Object.entries(errno)
            .map(([name, number]) => `${number} ${words(name)}`)
            .join(', ')}.`,
        },
        error: { type: 'string' },
        message: { type: 'string' },
        details: { description: 'What was wrong with each parameter, or the stored object of a 412.' },
      },
    },
  }
}

const words = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** Examples of what stands in braces in a path. */
const places = { bucket: 'blog', group: 'writers', collection: 'notes', record: 'first', account: 'nina' }

const behaviors: Behavior[] = ['full', 'light', 'diff']

const text = (description: string, example?: Json, schema: JsonObject = { type: 'string' }): JsonObject => ({
  description,
  schema,
  ...(example !== undefined && { example }),
})

const etag = { type: 'string', pattern: '^("[0-9]{1,16}"|\\*)$' }

/** Parameters by the names under which operations refer to them. */
function parameters({ paginateBy, maxFetch }: KintoSettings): JsonObject {
  const query = (name: string, rest: JsonObject) => ({ name, in: 'query', ...rest })
  const header = (name: string, rest: JsonObject) => ({ name, in: 'header', ...rest })
  const filters = (example: JsonObject) =>
    query('filters', {
      description: `Any other name is a filter: a field (dots go into objects), behind one of ${operators
        .filter((one) => one !== 'eq')
        .map((one) => `\`${one}_\``)
        .join(
          ', ',
        )} or nothing for equality. Values are JSON where they are JSON, else text. At most ${maxFilters}.`,
      style: 'form',
      explode: true,
      schema: { type: 'object', additionalProperties: { type: 'string' } },
      example,
    })
  const shown = paginateBy === undefined ? maxFetch : Math.min(paginateBy, maxFetch)
  return {
    ...Object.fromEntries(
      Object.entries(places).map(([name, example]) => [
        name,
        {
          name,
          in: 'path',
          required: true,
          schema: name === 'account' ? loginSchema : idSchema,
          example,
          ...(name === 'bucket' && { description: '`default` is the own bucket of whoever asks.' }),
        },
      ]),
    ),
    limit: query('_limit', {
      ...text(`Most objects in the answer, at most ${shown}, which is also meant without it.`, 10, {
        type: 'integer',
        minimum: 0,
      }),
    }),
    token: query('_token', text('Where the page begins: part of the address in `Next-Page`.')),
    sort: query('_sort', text('Fields, with `-` before those that descend.', '-last_modified')),
    permissionSort: query('_sort', text('Fields, with `-` before those that descend.', '-uri')),
    fields: query('_fields', text('Fields to show, with commas between them.', 'id,title')),
    permissionFields: query('_fields', text('Fields to show, with commas between them.', 'uri,permissions')),
    since: query(
      '_since',
      text('Only what changed after this revision, tombstones of what was deleted too.', '"1700000000000"'),
    ),
    before: query('_before', text('Only what changed before this revision.', '"1700000000000"')),
    to: query('_to', { ...text('As `_before`, which took its place.', '"1700000000000"'), deprecated: true }),
    filters: filters({ like_title: 'Lo*', min_stars: '3' }),
    permissionFilters: filters({ resource_name: 'collection' }),
    lastModified: query(
      'last_modified',
      text('The revision that the tombstone should have, if it is newer than the object.', '"1700000000000"'),
    ),
    ifMatch: header(
      'If-Match',
      text(
        'Only if this is the revision (or, with `*`, if there is one); else 412.',
        '"1700000000000"',
        etag,
      ),
    ),
    ifNoneMatch: header(
      'If-None-Match',
      text(
        'Reading: 304 at this revision. `*`: only if there is nothing yet; else 412.',
        '"1700000000000"',
        etag,
      ),
    ),
    responseBehavior: header(
      'Response-Behavior',
      text('All of the object, the fields that changed, or those that are not as they were sent.', 'light', {
        type: 'string',
        enum: behaviors,
        default: 'full',
      }),
    ),
    callback: {
      ...query(
        'callback',
        text(
          'The page to which the token is sent, behind its address: https, or http on the own device.',
          'https://app.example/#token=',
        ),
      ),
      required: true,
    },
    scope: query('scope', text('What is asked for; all of this door without a `kinto:` scope.', 'kinto:rw')),
  }
}

/** Headers of answers. */
const headers: JsonObject = {
  ETag: text('The revision, in double quotes.', '"1700000000000"'),
  'Last-Modified': text('The revision as HTTP writes times: seconds, so not good for conditions.'),
  'Total-Objects': text('How many objects the filters find, without tombstones.', 3, { type: 'integer' }),
  'Total-Records': { ...text('As Total-Objects.', 3, { type: 'integer' }), deprecated: true },
  'Next-Page': text('The address of the next page, if there is one.'),
  'Cache-Control': text('How long a cache may keep the answer.'),
  Location: text('Where to go on.'),
  Allow: text('The methods that the address knows.'),
  'Retry-After': text('Seconds after which trying again makes sense.', 30, { type: 'integer' }),
  Backoff: text('Seconds that the server asks to be left alone.', 30, { type: 'integer' }),
  Alert: text('JSON with code, message and url: the end of this server, or of something in it.'),
  'WWW-Authenticate': text('How to prove who asks, or what is wrong with the token (RFC 6750).'),
}

/** Errors by status, with the headers that they bring. */
const errors: Readonly<Record<number, readonly [description: string, ...headers: string[]]>> = {
  400: ['Something in the address, the headers or the body is wrong; `details` says what.'],
  401: ['Nobody is signed in, or the password or the token is not good.', 'WWW-Authenticate'],
  403: ['Whoever asks may not do that, or it is not there and she may not know.', 'WWW-Authenticate'],
  404: ['It is not there (110), or what it would be in is not (111).'],
  405: ['What it is in can only be read here.', 'Allow'],
  406: ['Only JSON is answered.'],
  410: ['This server has ended.', 'Alert'],
  412: ['The condition does not hold; `details.existing` is what is stored, if it may be seen.', 'ETag'],
  413: ['The body or the object is too large.'],
  415: ['The body has none of the media types.'],
  429: ['Too many tries with wrong passwords.', 'Retry-After'],
  500: ['Something went wrong in the server.'],
  503: ['The server cannot do this just now.', 'Retry-After'],
  507: ['There is no room left.'],
}

export const errorName = (status: number) => `Error${status}`

/** Answers' headers by reference. */
export const headerRefs = (names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, ref('headers', name)]))

/** The `components` of the document. */
export function components(settings: KintoSettings): JsonObject {
  return {
    schemas: schemas(settings),
    parameters: parameters(settings),
    headers,
    responses: Object.fromEntries(
      Object.entries(errors).map(([status, [description, ...names]]) => [
        errorName(Number(status)),
        {
          description,
          headers: headerRefs([...names, 'Backoff']),
          content: { 'application/json': { schema: schemaRef('Error') } },
        },
      ]),
    ),
    securitySchemes: {
      basic: {
        type: 'http',
        scheme: 'basic',
        description: "An account's login with its password or an app password.",
      },
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: "An app's access token, or a key that a person made for a script.",
      },
      operator: { type: 'http', scheme: 'bearer', description: "The operator's token for numbers." },
    },
  }
}
