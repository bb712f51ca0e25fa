import assert from 'node:assert/strict'
import { test } from 'node:test'
import { programName } from './onepw.ts'

test('a program is named by what it calls itself, not by what it passes itself off as', () => {
  for (const [agent, name] of [
    ['Mozilla/5.0 (Mobile; Firefox Accounts; rv:1.0) PyFxA/0.9.0 python-requests/2.34.2', 'PyFxA'],
    [
      'Mozilla/5.0 (Mobile; Firefox Accounts; rv:1.0) firefox-sync-client/1.10.0golang/1.19',
      'firefox-sync-client',
    ],
    ['curl/8.1', 'curl'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Gecko'],
    ['Mozilla/5.0', null],
    ['', null],
    ['no name at all', null],
    [`${'a'.repeat(41)}/1`, null],
    [`${'('.repeat(300)}`, null],
  ] as const)
    assert.equal(programName(agent), name, agent)
})
