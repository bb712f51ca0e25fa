/** The ways that the server takes, on a database that it knows nothing of yet: the worst it will ever do. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { freshDatabase } from '../../../test/support/postgres.ts'
import type { ListQuery } from '../../core/ports.ts'
import { type Filter, keyRanges } from '../../lib/filter/index.ts'
import { orderOf, selectionOf } from '../query.ts'
import { connect } from './connection.ts'
import { migrate } from './migrations.ts'
import { accessLookup, collectionLookup, recordLookup } from './points.ts'
import { changes } from './reads.ts'
import { countSql, keysSql, pageSql, scanSql, type Search } from './select.ts'
import { listed } from './shapes.ts'

/** Explains statements as they are planned without their values. */
async function explainer(t: TestContext) {
  const connection = await connect({ url: await freshDatabase(), statementTimeout: 10_000 })
  t.after(() => connection.close())
  await migrate(connection)
  return async (text: string): Promise<string> => {
    const count = Math.max(...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))
    await connection.run(`PREPARE explained AS ${text}`)
    const values = Array.from({ length: count }, () => 'NULL').join(', ')
    const { rows } = await connection.run(`EXPLAIN EXECUTE explained(${values})`)
    await connection.run('DEALLOCATE explained')
    return rows.map(([line]) => line as string).join('\n')
  }
}

const filter: Filter = { op: 'eq', field: 'status', value: 'open' }

function searchOf(query: Partial<ListQuery>, keys?: Search['keys']): Search {
  const whole = {
    filters: [],
    sort: [{ field: 'last_modified', descending: true }],
    deleted: false,
    ...query,
  }
  return {
    home: 1,
    selection: selectionOf(whole),
    order: orderOf(whole),
    keys,
    isExact: true,
    tombstones: false,
    now: 1,
  }
}

const wholeKey = /record_id on record.*\n\s+Index Cond: \(\(home_id = .*\) AND \(cid = .*\) AND \(id = /

test('single rows are found by the whole of their key', async (t) => {
  const explain = await explainer(t)
  for (const { text } of [collectionLookup, recordLookup, accessLookup]) {
    const plan = await explain(text)
    assert.doesNotMatch(plan, /Seq Scan|Hash|Merge|Join Filter/, plan)
  }
  assert.match(await explain(recordLookup.text), wholeKey)
})

test('a list by time or by id comes from its index in order', async (t) => {
  const explain = await explainer(t)
  const since: Filter = { op: 'gt', field: 'last_modified', value: 5 }
  const byId = { sort: [{ field: 'id', descending: false }] }
  for (const [query, index] of [
    [{}, 'record_modified'],
    [{ filters: [since] }, 'record_modified'],
    [byId, 'record_id'],
  ] as const) {
    for (const { text } of [
      pageSql(searchOf(query), 'a/b', 100, 1e6, listed),
      scanSql(searchOf(query), 1, 1_000),
    ]) {
      const plan = await explain(text)
      assert.ok(plan.includes(`${index} on record`), plan)
      assert.doesNotMatch(plan, /Sort|Seq Scan/, plan)
    }
  }
})

test('records that are named, or found by a declared index, are each found by the whole of their key', async (t) => {
  const explain = await explainer(t)
  const ranges = keyRanges(filter) ?? []
  const byKeys = searchOf({}, { field: 1, ranges })
  for (const search of [searchOf({ ids: ['a', 'b'] }), byKeys]) {
    for (const { text } of [pageSql(search, 'a/b', 100, 1e6, listed), countSql(search, 'a/b')]) {
      assert.match(await explain(text), wholeKey)
    }
  }
  const index = /field_key_pkey on field_key.*\n.*Index Cond: .*key >= w\.low.* AND .*key < w\.high/
  for (const { text } of [pageSql(byKeys, 'a/b', 100, 1e6, listed), keysSql(1, 1, 1, ranges, 100)]) {
    assert.match(await explain(text), index)
  }
})

test('changes come in the order of their numbers from the indexes that have it', async (t) => {
  const explain = await explainer(t)
  const plan = await explain(changes.text)
  for (const index of ['record_seq', 'collection_seq', 'access_seq'])
    assert.match(plan, new RegExp(`${index} on .*\\n\\s+Index Cond: \\(\\(home_id = .*\\) AND \\(seq > `))
  assert.doesNotMatch(plan, /Sort|Seq Scan/, plan)
})
