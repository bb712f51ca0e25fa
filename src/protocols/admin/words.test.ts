import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languageOf, setupWords } from './words.ts'

test('the page speaks the preferred language of those it knows', () => {
  assert.equal(languageOf('fr-CA,fr;q=0.8,en;q=0.5'), 'fr')
  assert.equal(languageOf('de,en;q=0.9,fr;q=0.8'), 'en')
  assert.equal(languageOf('de, fr;q=0.2'), 'fr')
  assert.equal(languageOf('fr;q=0, en;q=0.1'), 'en')
  assert.equal(languageOf(undefined), 'en')
  assert.equal(languageOf(',;=;q=q'), 'en')
})

test('both languages say the same things', () => {
  assert.deepEqual(Object.keys(setupWords.fr), Object.keys(setupWords.en))
  assert.deepEqual(Object.keys(setupWords.fr.reasons), Object.keys(setupWords.en.reasons))
})
