import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entropyToMnemonic } from '@scure/bip39'
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as french } from '@scure/bip39/wordlists/french.js'
import fc from 'fast-check'
import { KeysError } from '../errors.ts'
import { newEntropy, parseWords, wordsOf } from './index.ts'

const entropies = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new Uint8Array(bytes))

test('the words are those that another implementation writes, and are read back', async () => {
  await fc.assert(
    fc.asyncProperty(entropies, async (entropy) => {
      for (const [language, list] of [
        ['en', english],
        ['fr', french],
      ] as const) {
        const words = await wordsOf(entropy, language)
        assert.equal(words.join(' ').normalize('NFKD'), entropyToMnemonic(entropy, list).normalize('NFKD'))
        assert.deepEqual(await parseWords(words.join(' ')), { entropy, language })
      }
    }),
  )
})

test('words are read without accents, in capitals, numbered and on lines', async () => {
  const entropy = newEntropy()
  const words = await wordsOf(entropy, 'fr')
  const typed = words.map(
    (word, i) => `${i + 1}. ${word.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase()},`,
  )
  assert.deepEqual((await parseWords(typed.join('\r\n'))).entropy, entropy)
  assert.deepEqual((await parseWords(`  ${words.join(' - ').normalize('NFD')} `)).entropy, entropy)
})

test('no two words of a list are the same without accents', () => {
  for (const list of [english, french]) {
    const plain = new Set(list.map((word) => word.normalize('NFKD').replace(/\p{M}/gu, '')))
    assert.equal(plain.size, 2048)
    for (const word of plain) assert.match(word, /^[a-z]+$/)
  }
})

test('the word that is in no list is named, in the language of the others', async () => {
  const words = await wordsOf(newEntropy(), 'fr')
  words[7] = 'abeillé'
  words[9] = 'zzz'
  await assert.rejects(parseWords(words.join(' ')), {
    code: 'words-unknown',
    details: { word: 'zzz', index: 9 },
  })
})

test('two words in each other’s place are found out, as far as four bits can', async () => {
  const text = `${'abandon '.repeat(10)}about abandon`
  await assert.rejects(parseWords(text), { code: 'words-checksum' })
})

test('any text is twelve words or refused with a code', async () => {
  const near = fc.array(fc.constantFrom(...english.slice(0, 5), ...french.slice(0, 5), 'x', 'É'), {
    minLength: 11,
    maxLength: 13,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        near.map((words) => words.join(' ')),
      ),
      async (text) => {
        try {
          await parseWords(text)
        } catch (error) {
          assert.ok(error instanceof KeysError && error.code.startsWith('words-'), String(error))
        }
      },
    ),
  )
  await assert.rejects(parseWords('abandon '.repeat(300)), { code: 'words-count' })
})
