import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { endpoints } from '../../../../test/support/routes.ts'
import { kintoUnderTest, type KintoUnderTest } from '../../../../test/support/kinto-door.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../lib/json/index.ts'
import { errno } from '../errors.ts'
import { routesOf } from '../routes.ts'
import type { KintoSettings } from '../settings.ts'
import { describeApi } from './index.ts'
import { describedOperations } from './operations.ts'

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete']

const settings = {
  projectName: 'essaim',
  projectDocs: 'https://docs.example/',
  publicUrl: 'https://cloud.example',
  readonly: false,
  eos: undefined,
  batchLimit: 25,
  paginateBy: undefined,
  maxFetch: 10_000,
  flush: 'owner',
  permissionsEndpoint: true,
} as KintoSettings

const everything = (changed: Partial<KintoSettings> = {}) => {
  const all = { ...settings, ...changed }
  return describeApi(all, routesOf(all, true), '1.0.0')
}

interface Operation {
  path: string
  method: string
  operation: JsonObject
  parameters: JsonObject[]
}

function at(document: JsonObject, pointer: string): Json | undefined {
  return pointer
    .slice(2)
    .split('/')
    .reduce<Json | undefined>((value, key) => (isJsonObject(value) ? value[key] : undefined), document)
}

function follow(document: JsonObject, value: Json | undefined): JsonObject {
  const found = isJsonObject(value) && typeof value['$ref'] === 'string' ? at(document, value['$ref']) : value
  assert.ok(isJsonObject(found), `${JSON.stringify(value)} leads nowhere`)
  return found
}

function operationsIn(document: JsonObject): Operation[] {
  return Object.entries(document['paths'] as Record<string, JsonObject>).flatMap(([path, item]) =>
    methods
      .filter((method) => method in item)
      .map((method) => {
        const operation = item[method] as JsonObject
        const listed = [
          ...((item['parameters'] as Json[]) ?? []),
          ...((operation['parameters'] as Json[]) ?? []),
        ]
        return { path, method, operation, parameters: listed.map((one) => follow(document, one)) }
      }),
  )
}

function eachObject(value: Json | undefined, visit: (object: JsonObject) => void): void {
  if (Array.isArray(value)) for (const one of value) eachObject(one, visit)
  if (!isJsonObject(value)) return
  visit(value)
  for (const one of Object.values(value)) eachObject(one, visit)
}

const named = (operations: readonly Pick<Operation, 'path' | 'method'>[]) =>
  operations.map(({ path, method }) => `${method} ${path}`).sort()

/** What is wrong with a value by a schema, as far as the document uses the words of JSON Schema. */
function wrongs(document: JsonObject, given: Json, value: Json | undefined, where = ''): string[] {
  const schema = follow(document, given)
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  const types = ([] as Json[]).concat(schema['type'] ?? [])
  const fits = types.some((one) => one === type || (one === 'integer' && Number.isInteger(value)))
  if (types.length > 0 && !fits) return [`${where} is ${type} and not ${types.join()}`]
  const found: string[] = []
  if ('const' in schema && schema['const'] !== value) found.push(`${where} is not the constant`)
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value as Json))
    found.push(`${where} is not listed`)
  if (typeof schema['pattern'] === 'string' && !new RegExp(schema['pattern'], 'u').test(String(value)))
    found.push(`${where} does not match`)
  if (
    Array.isArray(schema['anyOf']) &&
    schema['anyOf'].every((one) => wrongs(document, one, value).length > 0)
  )
    found.push(`${where} is none of the choices`)
  if (Array.isArray(value) && schema['items'] !== undefined)
    for (const [i, one] of value.entries())
      found.push(...wrongs(document, schema['items'], one, `${where}/${i}`))
  if (!isJsonObject(value)) return found
  for (const name of (schema['required'] as string[]) ?? [])
    if (!(name in value)) found.push(`${where}/${name} is missing`)
  const properties = (schema['properties'] ?? {}) as JsonObject
  for (const [name, one] of Object.entries(value)) {
    const own = properties[name] ?? schema['additionalProperties']
    if (own === false) found.push(`${where}/${name} is too much`)
    else if (isJsonObject(own)) found.push(...wrongs(document, own, one, `${where}/${name}`))
  }
  return found
}

describe('the OpenAPI document', () => {
  test('has every endpoint and method that the door answers, and no other', () => {
    const answered = endpoints.flatMap(({ path, methods: names }) =>
      names.map((method) => ({ path, method: method.toLowerCase() })),
    )
    const document = describeApi(
      { ...settings, flush: 'nobody' },
      routesOf({ ...settings, flush: 'nobody' }, true),
      '1.0.0',
    )
    assert.deepEqual(named(operationsIn(document)), named(answered))
  })

  test('describes nothing that no settings let be', () => {
    const described = Object.entries(describedOperations(settings)).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toLowerCase()} ${path}`),
    )
    const told = new Set(named(operationsIn(everything())))
    assert.deepEqual(
      described.filter((one) => !told.has(one)),
      [],
    )
    assert.ok(told.has('post /__flush__'))
  })

  test('leaves out what the settings rule out', () => {
    const reading = everything({ readonly: true, permissionsEndpoint: false, flush: 'nobody' })
    const told = operationsIn(reading)
    assert.deepEqual(new Set(told.map(({ method }) => method)), new Set(['get', 'head']))
    const paths = new Set(told.map(({ path }) => path))
    for (const absent of ['/batch', '/permissions', '/__flush__']) assert.ok(!paths.has(absent), absent)
    assert.ok(paths.has('/openid/essaim/login'))
    const without = describeApi(settings, routesOf(settings, false), '1.0.0')
    assert.ok(!operationsIn(without).some(({ path }) => path.startsWith('/openid')))
  })

  test('says when a server may have ended', () => {
    const eos = { at: 0, text: '2030-01-01', url: 'https://cloud.example/', message: null }
    const ended = (document: JsonObject) =>
      operationsIn(document).filter(({ operation }) => '410' in (operation['responses'] as JsonObject)).length
    assert.equal(ended(everything()), 0)
    assert.ok(ended(everything({ eos })) > 20)
  })

  test('is OpenAPI 3.1 in its structure', () => {
    const document = everything()
    assert.match(String(document['openapi']), /^3\.1\.\d+$/)
    const { title, version } = document['info'] as JsonObject
    assert.deepEqual([title, version], ['essaim', '1.0.0'])
    assert.deepEqual(document['servers'], [{ url: 'https://cloud.example/v1' }])
    const used = new Set<string>()
    eachObject(document, ({ $ref }) => {
      if ($ref === undefined) return
      assert.ok(isJsonObject(at(document, String($ref))), `${String($ref)} leads nowhere`)
      used.add(String($ref))
    })
    const { securitySchemes, ...sections } = document['components'] as Record<string, JsonObject>
    for (const [section, parts] of Object.entries(sections))
      for (const name of Object.keys(parts))
        if (name !== 'Error410')
          assert.ok(used.has(`#/components/${section}/${name}`), `${section} ${name} is unused`)
    const tags = new Set((document['tags'] as JsonObject[]).map(({ name }) => name))
    const ids = new Set<unknown>()
    for (const { path, method, operation, parameters } of operationsIn(document)) {
      const where = `${method} ${path}`
      const { operationId, summary, responses, security, requestBody } = operation
      assert.ok(typeof operationId === 'string' && !ids.has(operationId), where)
      ids.add(operationId)
      assert.ok(typeof summary === 'string' && summary !== '', where)
      assert.ok(
        (operation['tags'] as Json[]).every((tag) => tags.has(tag)),
        where,
      )
      const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const inPath = parameters.filter((one) => one['in'] === 'path')
      assert.deepEqual(
        inPath.map(({ name }) => name),
        places,
        where,
      )
      assert.ok(
        inPath.every(({ required }) => required === true),
        where,
      )
      const keys = parameters.map((one) => `${String(one['in'])} ${String(one['name'])}`)
      assert.equal(new Set(keys).size, keys.length, where)
      assert.ok(
        parameters.every(({ schema }) => isJsonObject(schema)),
        where,
      )
      const answers = Object.entries(responses as JsonObject)
      assert.ok(
        answers.some(([status]) => /^[23]\d\d$/.test(status)),
        where,
      )
      for (const [status, response] of answers) {
        assert.match(status, /^[1-5]\d\d$/, where)
        assert.equal(typeof follow(document, response)['description'], 'string', where)
      }
      for (const one of (security ?? []) as JsonObject[])
        for (const scheme of Object.keys(one)) assert.ok(scheme in securitySchemes!, where)
      assert.equal(
        requestBody !== undefined,
        ['post', 'put', 'patch'].includes(method) && path !== '/__flush__',
        where,
      )
    }
  })

  test('knows every cause of an error', () => {
    assert.deepEqual(
      at(everything(), '#/components/schemas/Error/properties/errno/enum'),
      Object.values(errno),
    )
  })

  test('is answered to anybody and every page, without and with a name, and is the same text', async (t) => {
    const { ask } = await kintoUnderTest(t)
    const told = await ask('GET', '/__api__', { headers: { origin: 'https://viewer.example' } })
    assert.deepEqual([told.status, told.headers['content-type']], [200, 'application/json'])
    assert.equal(told.headers['access-control-allow-origin'], '*')
    assert.equal((await ask('GET', '/__api__', { as: 'olga' })).text, told.text)
    assert.equal((await ask('GET', '/__api__', { as: 'Bearer nothing' })).text, told.text)
    const head = await ask('HEAD', '/__api__')
    assert.deepEqual([head.status, head.text], [200, ''])
    assert.equal(head.headers['content-length'], String(Buffer.byteLength(told.text)))
    assert.equal((await ask('OPTIONS', '/__api__')).headers['allow'], 'GET, HEAD, OPTIONS')
    assert.equal((await ask('PUT', '/__api__', { body: {} })).status, 405)
  })
})

/** Objects are made before they are read and changed, and those go last that hold others. */
const turns = ['put', 'get', 'head', 'post', 'patch', 'delete']

function inTurn(operations: readonly Operation[]): Operation[] {
  const depth = ({ method, path }: Operation) => path.split('/').length * (method === 'delete' ? -1 : 1)
  return operations.toSorted(
    (a, b) => turns.indexOf(a.method) - turns.indexOf(b.method) || depth(a) - depth(b),
  )
}

describe('the examples of the OpenAPI document', () => {
  test('are taken by the server, whose answers are as they are described', async (t) => {
    const under = await kintoUnderTest(t, {
      KINTO_ACCOUNT_WRITE_PRINCIPALS: 'account:olga',
    })
    const document = (await under.ask('GET', '/__api__')).json as JsonObject
    let asked = 0
    for (const one of inTurn(operationsIn(document))) asked += await tryExamples(under, document, one)
    assert.ok(asked > 150, String(asked))
    assert.deepEqual(under.errors, [])
  })
})

const pathOf = ({ path, parameters }: Operation) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parameters.find((one) => one['name'] === name)?.['example'])),
  )

/** Sends the examples of an operation one by one; how many there were. */
async function tryExamples({ ask }: KintoUnderTest, document: JsonObject, one: Operation): Promise<number> {
  const { method, operation, parameters } = one
  const { requestBody } = operation
  const content = isJsonObject(requestBody) ? (requestBody['content'] as Record<string, JsonObject>) : {}
  let asked = 0
  const send = async (
    query: string,
    headers: Record<string, string>,
    type?: string,
    refused: number[] = [],
  ) => {
    asked++
    const body = type === undefined ? undefined : content[type]!['example']
    const where = `${method} ${pathOf(one)}${query} ${JSON.stringify(headers)} ${type ?? ''}`
    if (type !== undefined) assert.deepEqual(wrongs(document, content[type]!['schema']!, body), [], where)
    const { status, json, text } = await ask(method.toUpperCase(), pathOf(one) + query, {
      as: 'olga',
      ...(body !== undefined && { body }),
      headers: { ...headers, ...(type !== undefined && { 'content-type': type }) },
    })
    // Numbers are for operators.
    const fine = status < 300 || refused.includes(status) || (one.path === '/__metrics__' && status === 404)
    assert.ok(fine, `${where}: ${status} ${text}`)
    const response = (operation['responses'] as JsonObject)[status]
    assert.ok(response !== undefined, `${where}: ${status} is not described`)
    const described = follow(document, response)['content'] as Record<string, JsonObject> | undefined
    if (text !== '')
      assert.deepEqual(wrongs(document, described!['application/json']!['schema']!, json), [], where)
  }
  const types = Object.keys(content)
  const type = types[0]
  for (const { in: place, name, example, schema } of parameters) {
    if (example === undefined || place === 'path') continue
    if (place === 'header') {
      const conditional = String(name).startsWith('If-')
      for (const value of ((schema as JsonObject)['enum'] as string[]) ?? [example])
        await send('', { [String(name).toLowerCase()]: String(value) }, type, conditional ? [412] : [])
    } else if (method !== 'delete' || name === 'filters') {
      const given = (isJsonObject(example) ? example : { [String(name)]: String(example) }) as Record<
        string,
        string
      >
      await send(`?${new URLSearchParams(given).toString()}`, {}, type)
    }
  }
  // The account of the owner stays: the list of all is not tried.
  if (method === 'delete' && one.path === '/accounts') return asked
  if (types.length === 0) await send('', {})
  for (const each of types) await send('', {}, each)
  return asked
}
