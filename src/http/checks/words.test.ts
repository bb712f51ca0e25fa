import assert from 'node:assert/strict'
import { test } from 'node:test'
import { say, words } from './words.ts'

const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].toSorted()

test('every sentence is there in both languages, and names the same things in them', () => {
  for (const [code, { en, fr }] of Object.entries(words)) {
    assert.ok(en.length > 10 && fr.length > 10, code)
    assert.notEqual(en, fr, code)
    assert.deepEqual(places(fr), places(en), code)
    const settings = (text: string) => [...new Set(text.match(/ESSAIM_[A-Z_]+/g))].toSorted()
    assert.deepEqual(settings(fr), settings(en), code)
  }
})

test('a value stands where its name was', () => {
  const finding = { code: 'certificate-good', values: { host: 'a.example', days: 30 } } as const
  assert.equal(say(finding, 'en'), 'The certificate of a.example is good for 30 more days.')
})
