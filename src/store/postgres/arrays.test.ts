import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { type ElementType, encodeArray } from './arrays.ts'
import { connect, type Connection } from './connection.ts'

async function open(t: TestContext): Promise<Connection> {
  const connection = await connect({ url: await freshDatabase(), statementTimeout: 10_000 })
  t.after(() => connection.close())
  return connection
}

const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''))
const values: Record<ElementType, fc.Arbitrary<unknown>> = {
  bigint: fc.maxSafeInteger(),
  text,
  boolean: fc.boolean(),
  bytea: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
}

for (const [type, value] of Object.entries(values) as [ElementType, fc.Arbitrary<unknown>][]) {
  test(`arrays of ${type} arrive as they are`, async (t) => {
    const connection = await open(t)
    const list = fc.array(fc.option(value), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(list, async (sent) => {
        const statement = { name: type, text: `SELECT * FROM unnest($1::${type}[])` }
        const { rows } = await connection.query(statement, [encodeArray(type, sent)])
        assert.deepEqual(
          rows.map(([cell]) => cell),
          sent,
        )
      }),
      { numRuns: 50 },
    )
  })
}
