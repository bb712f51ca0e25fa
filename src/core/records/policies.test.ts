import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyOf } from './policies.ts'

test('a path has the policy of the longest beginning that is named, by segments', () => {
  const name = (path: string) => policyOf(path).name
  assert.deepEqual(['rs', 'rs/a/b', 'sync/tabs', 'xmpp/archive'].map(name), [
    'tree',
    'tree',
    'timeline',
    'log',
  ])
  assert.deepEqual(['rsx', 'rs%2Fa', 'kinto-history', 'archive'].map(name), ['list', 'list', 'list', 'list'])
  assert.equal(name('kinto/history'), 'log')
  assert.equal(name('kinto/collections/history/records'), 'list')
})

test('Kinto’s lists are made with their parents, all others by what is written to them', () => {
  assert.equal(policyOf('kinto/collections/c/records').madeByWrite, false)
  for (const path of ['', 'contacts/b', 'kinto/history', 'rs/a', 'sync/tabs', 'unheard/of'])
    assert.equal(policyOf(path).madeByWrite, true, path)
})

test('tombstones are shown by lists, hidden by trees and timelines, and logs have none', () => {
  assert.deepEqual(
    ['contacts/b', 'rs/a', 'sync/tabs', 'inbox/x'].map((path) => policyOf(path).tombstones),
    ['shown', 'hidden', 'hidden', 'none'],
  )
})
