import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyJson, anyKey } from './arbitrary.ts'
import { deepEqual } from './equal.ts'
import { setOwn } from './own.ts'
import { jsonPatch } from './patch.ts'
import { parsePointer, printPointer } from './pointer.ts'
import type { Json, JsonObject } from './types.ts'

const one = (document: Json, operation: JsonObject) => jsonPatch(document, [operation])
const nested = (depth: number): Json => (depth === 1 ? [] : [nested(depth - 1)])

test('the examples of RFC 6902, appendix A, come out', () => {
  const examples: [Json, Json, Json][] = [
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    [{ foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    [{ baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    [{ foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    [{ baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
    [
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }], { foo: 'bar', baz: 'qux' }],
    [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
  ]
  for (const [document, operations, result] of examples)
    assert.deepEqual(jsonPatch(document, operations), result)
})

test('the whole document can be replaced, copied and tested, not removed', () => {
  assert.deepEqual(one({ a: 1 }, { op: 'add', path: '', value: [1] }), [1])
  assert.deepEqual(one({ a: 1 }, { op: 'replace', path: '', value: null }), null)
  assert.deepEqual(one({ a: 1 }, { op: 'copy', from: '', path: '/b' }), { a: 1, b: { a: 1 } })
  assert.deepEqual(one({ a: { b: 1 } }, { op: 'move', from: '/a', path: '' }), { b: 1 })
  assert.deepEqual(one({ a: 1 }, { op: 'test', path: '', value: { a: 1 } }), { a: 1 })
  assert.throws(() => one({ a: 1 }, { op: 'remove', path: '' }), { code: 'patch-path' })
})

test('an add sets a member that is there, and a null is a value', () => {
  assert.deepEqual(one({ a: 1 }, { op: 'add', path: '/a', value: null }), { a: null })
  assert.deepEqual(one({ a: null }, { op: 'test', path: '/a', value: null }), { a: null })
  assert.deepEqual(one({ a: null }, { op: 'remove', path: '/a' }), {})
  assert.deepEqual(one([1], { op: 'add', path: '/1', value: 2 }), [1, 2])
})

test('a failing operation is named, and nothing of the patch is done', () => {
  const document = { list: [1, { a: 1 }], text: 'x' }
  const before = structuredClone(document)
  const failing: [JsonObject, string][] = [
    [{ op: 'remove', path: '/no' }, 'patch-path'],
    [{ op: 'replace', path: '/no', value: 1 }, 'patch-path'],
    [{ op: 'add', path: '/no/a', value: 1 }, 'patch-path'],
    [{ op: 'add', path: '/text/a', value: 1 }, 'patch-path'],
    [{ op: 'add', path: '/list/3', value: 1 }, 'patch-path'],
    [{ op: 'add', path: '/list/01', value: 1 }, 'patch-path'],
    [{ op: 'add', path: '/list/-1', value: 1 }, 'patch-path'],
    [{ op: 'add', path: '/list/length', value: 1 }, 'patch-path'],
    [{ op: 'remove', path: '/list/-' }, 'patch-path'],
    [{ op: 'replace', path: '/list/-', value: 1 }, 'patch-path'],
    [{ op: 'copy', from: '/no', path: '/a' }, 'patch-path'],
    [{ op: 'move', from: '/list/-', path: '/a' }, 'patch-path'],
    [{ op: 'move', from: '/list', path: '/list/1/b' }, 'patch-path'],
    [{ op: 'move', from: '/no', path: '/no' }, 'patch-path'],
    [{ op: 'test', path: '/text', value: 'y' }, 'patch-test'],
    [{ op: 'test', path: '/list/0', value: '1' }, 'patch-test'],
    [{ op: 'test', path: '/toString', value: null }, 'patch-path'],
    [{ op: 'add', path: '/a' }, 'patch-malformed'],
    [{ op: 'test', path: '/text' }, 'patch-malformed'],
    [{ op: 'add', path: 'a', value: 1 }, 'patch-malformed'],
    [{ op: 'add', path: 1, value: 1 }, 'patch-malformed'],
    [{ op: 'add', value: 1 }, 'patch-malformed'],
    [{ op: 'copy', path: '/a' }, 'patch-malformed'],
    [{ op: 'toString', path: '/a' }, 'patch-malformed'],
    [{ path: '/a' }, 'patch-malformed'],
  ]
  for (const [operation, code] of failing) {
    const operations = [
      { op: 'add', path: '/list/1/b', value: 2 },
      { op: 'remove', path: '/list/0' },
    ]
    // Put where the first operation has already been done, and the second not.
    assert.throws(
      () => jsonPatch(document, [operations[0]!, operation, operations[1]!]),
      (error: Error & { code: string; details: { index: number } }) => {
        assert.equal(error.code, code, JSON.stringify(operation))
        assert.equal(error.details.index, 1)
        return true
      },
    )
    assert.deepEqual(document, before)
  }
  for (const operations of [{}, null, 'x', 1])
    assert.throws(() => jsonPatch({}, operations), { code: 'patch-malformed' })
  for (const operation of [null, 'x', []])
    assert.throws(() => jsonPatch({}, [operation]), { code: 'patch-malformed' })
})

test('a copied value and a given one are changed apart from their originals', () => {
  const operations: Json = [
    { op: 'copy', from: '/a', path: '/b' },
    { op: 'add', path: '/b/x/-', value: 2 },
    { op: 'add', path: '/c', value: { y: [] } },
    { op: 'add', path: '/c/y/-', value: 3 },
    { op: 'copy', from: '/c', path: '/d' },
    { op: 'add', path: '/c/y/-', value: 4 },
  ]
  const before = structuredClone(operations)
  const document = { a: { x: [1] } }
  assert.deepEqual(jsonPatch(document, operations), {
    a: { x: [1] },
    b: { x: [1, 2] },
    c: { y: [3, 4] },
    d: { y: [3] },
  })
  assert.deepEqual(operations, before)
  assert.deepEqual(document, { a: { x: [1] } })
})

test('prototype names are members like others', () => {
  const result = jsonPatch({}, [
    { op: 'add', path: '/__proto__', value: { polluted: 1 } },
    { op: 'add', path: '/__proto__/more', value: 1 },
    { op: 'copy', from: '/__proto__', path: '/constructor' },
  ])
  assert.equal(
    JSON.stringify(result),
    '{"__proto__":{"polluted":1,"more":1},"constructor":{"polluted":1,"more":1}}',
  )
  assert.throws(() => one({}, { op: 'add', path: '/__proto__/polluted', value: 1 }), { code: 'patch-path' })
  assert.throws(() => one({}, { op: 'add', path: '/constructor/prototype/polluted', value: 1 }), {
    code: 'patch-path',
  })
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
})

test('operations, copies and nesting are bounded', () => {
  const add: Json = { op: 'add', path: '/a', value: 1 }
  assert.throws(
    () =>
      jsonPatch(
        {},
        Array.from({ length: 1001 }, () => add),
      ),
    { code: 'patch-too-large' },
  )
  assert.doesNotThrow(() =>
    jsonPatch(
      {},
      Array.from({ length: 1000 }, () => add),
    ),
  )

  const doubling = Array.from({ length: 40 }, () => ({ op: 'copy', from: '', path: '/-' }))
  assert.throws(() => jsonPatch(['x'.repeat(100)], doubling), { code: 'patch-too-large' })

  const big = { a: Array.from({ length: 300_000 }, () => 1), b: {} }
  for (const operation of [
    { op: 'copy', from: '/a', path: '/b' },
    { op: 'test', path: '/a', value: big.a },
  ]) {
    assert.throws(
      () =>
        jsonPatch(
          big,
          Array.from({ length: 5 }, () => operation),
        ),
      { code: 'patch-too-large' },
    )
  }

  assert.throws(() => one({}, { op: 'add', path: '/a', value: nested(64) }), { code: 'patch-too-large' })
  assert.deepEqual(one({}, { op: 'add', path: '/a', value: nested(63) }), { a: nested(63) })
  const down = { a: nested(40), b: { c: { d: {} } } }
  assert.doesNotThrow(() => jsonPatch(down, [{ op: 'move', from: '/a', path: '/b/c/d/e' }]))
  assert.throws(() => jsonPatch(down, [{ op: 'move', from: '/a', path: '/b/c/d/e' }], { maxDepth: 43 }), {
    code: 'patch-too-large',
  })
  assert.throws(() => one({}, { op: 'add', path: '/a'.repeat(65), value: 1 }), { code: 'patch-path' })
})

/** RFC 6902 read plainly: on a copy of everything, by assignment. */
function plainPatch(document: Json, operations: JsonObject[]): Json {
  const holder = { root: structuredClone(document) }
  const parse = (pointer: Json | undefined) => ['root', ...parsePointer(pointer as string)!]
  const parent = (tokens: string[]): Json[] | JsonObject => {
    let value: Json = holder
    for (const token of tokens.slice(0, -1)) {
      assert.ok(
        typeof value === 'object' && value !== null && Object.hasOwn(value, token) && token !== 'length',
      )
      value = (value as JsonObject)[token]!
    }
    assert.ok(typeof value === 'object' && value !== null)
    return value
  }
  const get = (tokens: string[]): Json => {
    const [container, token] = [parent(tokens), tokens.at(-1)!]
    assert.ok(Object.hasOwn(container, token) && !(Array.isArray(container) && token === 'length'))
    return (container as JsonObject)[token]!
  }
  const add = (tokens: string[], value: Json) => {
    const [container, token] = [parent(tokens), tokens.at(-1)!]
    if (!Array.isArray(container)) return setOwn(container, token, structuredClone(value))
    assert.match(token, /^(-|0|[1-9]\d*)$/)
    const at = token === '-' ? container.length : Number(token)
    assert.ok(at <= container.length)
    container.splice(at, 0, structuredClone(value))
  }
  const remove = (tokens: string[]) => {
    const value = get(tokens)
    const [container, token] = [parent(tokens), tokens.at(-1)!]
    if (Array.isArray(container)) container.splice(Number(token), 1)
    else delete container[token]
    return value
  }
  for (const { op, path, from, value } of operations) {
    const tokens = parse(path)
    if (op === 'test') assert.ok(deepEqual(get(tokens), value))
    else if (op === 'add') add(tokens, value!)
    else if (op === 'copy') add(tokens, get(parse(from)))
    else if (op === 'move') {
      const source = parse(from)
      assert.ok(source.length >= tokens.length || source.some((token, i) => token !== tokens[i]))
      if (deepEqual(source, tokens)) get(source)
      else add(tokens, remove(source))
    } else {
      assert.ok(op === 'replace' || tokens.length > 1)
      remove(tokens)
      if (op === 'replace') setOwnOrInsert(parent(tokens), tokens.at(-1)!, structuredClone(value!))
    }
  }
  return holder.root
}

function setOwnOrInsert(container: Json[] | JsonObject, token: string, value: Json): void {
  if (Array.isArray(container)) container.splice(Number(token), 0, value)
  else setOwn(container, token, value)
}

test('patches do what a plain reading of the RFC does, or fail where it fails', () => {
  const anyToken = fc.oneof(fc.constantFrom('0', '1', '-', 'a', 'b', ''), anyKey)
  const anyPointer = fc.array(anyToken, { maxLength: 3 }).map(printPointer)
  const anyOperation = fc.record({
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
    path: anyPointer,
    from: anyPointer,
    value: anyJson,
  })
  fc.assert(
    fc.property(anyJson, fc.array(anyOperation, { maxLength: 4 }), (document, operations) => {
      const before = JSON.stringify([document, operations])
      let expected: Json | undefined
      try {
        expected = plainPatch(document, operations)
      } catch {
        assert.throws(() => jsonPatch(document, operations), { code: /^patch-/ })
        return
      } finally {
        assert.equal(JSON.stringify([document, operations]), before)
      }
      assert.ok(deepEqual(jsonPatch(document, operations), expected))
      assert.equal(JSON.stringify([document, operations]), before)
    }),
    { numRuns: 3000 },
  )
})

test('any JSON at all is a patch or a coded error', () => {
  fc.assert(
    fc.property(anyJson, anyJson, (document, operations) => {
      try {
        jsonPatch(document, operations)
      } catch (error) {
        assert.match((error as { code: string }).code, /^patch-/)
      }
    }),
  )
})
