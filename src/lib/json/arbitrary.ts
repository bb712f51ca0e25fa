import fc from 'fast-check'
import { setOwn } from './own.ts'
import type { Json, JsonObject } from './types.ts'

/*
 * JSON for property tests: drawn from few characters, so that equal, prefixed and nearly equal values are common, with
 * what breaks naive code among them (prototype names, NUL, both sides of the surrogates, lone surrogates, -0, 2^53).
 */

const CHARACTERS = [
  'a',
  'b',
  'B',
  '.',
  '*',
  '/',
  '~',
  '\0',
  'é',
  'σ',
  'ς',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{1f600}',
]

/** Text that is valid Unicode. */
export const anyText = fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 5 })

/** Text that may hold lone surrogates, as JSON may. */
export const anyString = fc.oneof(
  { weight: 4, arbitrary: anyText },
  fc.string({ unit: fc.constantFrom(...CHARACTERS, '\ud83d', '\ude00'), maxLength: 5 }),
)

export const anyNumber = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.5, 5e-324, 2 ** 53, 2 ** 53 + 2, -(2 ** 63), 1.7976931348623157e308),
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

export const anyKey = fc.oneof(
  fc.constantFrom('a', 'b', 'a.b', 'b.a', '', '__proto__', 'constructor', 'toString', 'length'),
  anyString,
)

export const anyScalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(null, true, false, ''),
  anyNumber,
  anyString,
)

/** Any JSON value, of up to three nested containers. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'json' },
    anyScalar,
    fc.array(tie('json'), { maxLength: 4, depthIdentifier: 'json' }),
    objectOf(tie('json')),
  ),
})).json

/** A JSON object of such values. */
export const anyObject: fc.Arbitrary<JsonObject> = objectOf(anyJson)

function objectOf(value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  return fc.array(fc.tuple(anyKey, value), { maxLength: 4, depthIdentifier: 'json' }).map((members) => {
    const object: JsonObject = {}
    for (const [key, member] of members) setOwn(object, key, member)
    return object
  })
}
