/** The twelve recovery words: 128 bits as BIP-39 writes them, in English and French. */
import { random, toBase64url, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { hkdf, label, sha256 } from '../keys/primitives.ts'

export { KeysError }

export type WordsLanguage = 'en' | 'fr'

const count = 12
const languages: readonly WordsLanguage[] = ['en', 'fr']

/** Loaded when words are asked for. */
const lists: Readonly<Record<WordsLanguage, () => Promise<{ wordlist: readonly string[] }>>> = {
  en: () => import('@scure/bip39/wordlists/english.js'),
  fr: () => import('@scure/bip39/wordlists/french.js'),
}

/** As people may type a word: without accents, in lower case. No two words of a list are the same then. */
const plain = (word: string): string => word.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')

/** The four bits behind the entropy. */
const checksum = async (entropy: Bytes): Promise<number> => ((await sha256(entropy))[0] ?? 0) >> 4

/** 128 random bits. */
export const newEntropy = (): Bytes => random(16)

/** The twelve words of 16 bytes, as they are to be shown. Errors: `malformed`. */
export async function wordsOf(entropy: Bytes, language: WordsLanguage): Promise<string[]> {
  if (entropy.length !== 16) throw new KeysError('malformed', 'twelve words are 16 bytes')
  const { wordlist } = await lists[language]()
  const bits = [...entropy, (await checksum(entropy)) << 4]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
  return Array.from({ length: count }, (_, i) =>
    (wordlist[parseInt(bits.slice(i * 11, i * 11 + 11), 2)] ?? '').normalize('NFC'),
  )
}

/** The entropy of twelve indices; undefined if the checksum is not theirs. */
async function entropyOf(indices: readonly number[]): Promise<Bytes | undefined> {
  const bits = indices.map((index) => index.toString(2).padStart(11, '0')).join('')
  const entropy = Uint8Array.from({ length: 16 }, (_, i) => parseInt(bits.slice(i * 8, i * 8 + 8), 2))
  return (await checksum(entropy)) === parseInt(bits.slice(128), 2) ? entropy : undefined
}

/**
 * Reads words that a person typed: in either language, any case, with or without accents, with numbers, commas or
 * line breaks between. `language` is the one they were written in.
 * Errors: `words-count` (`details.count`), `words-unknown` (`details.word`, `details.index` from 0: the first one
 * that is not in the list which knows most of them), `words-checksum`.
 */
export async function parseWords(text: string): Promise<{ entropy: Bytes; language: WordsLanguage }> {
  // 12 words of 8 letters, numbered, on lines of their own: far below.
  const words = text.slice(0, 2000).match(/[\p{L}\p{M}]+/gu) ?? []
  if (text.length > 2000 || words.length !== count) {
    throw new KeysError('words-count', `there are ${count} words`, { count: words.length, wanted: count })
  }
  const readings = await Promise.all(
    languages.map(async (language) => {
      const { wordlist } = await lists[language]()
      const known = new Map(wordlist.map((word, index) => [plain(word), index]))
      return { language, indices: words.map((word) => known.get(plain(word)) ?? -1) }
    }),
  )
  for (const { language, indices } of readings) {
    const entropy = indices.includes(-1) ? undefined : await entropyOf(indices)
    if (entropy) return { entropy, language }
  }
  // Some words are in both lists: where all twelve are known, one is wrong or out of order.
  const unknown = readings.map(({ indices }) => indices.filter((index) => index === -1).length)
  const least = Math.min(...unknown)
  if (least === 0) throw new KeysError('words-checksum', 'a word is wrong or out of order')
  const index = readings[unknown.indexOf(least)]?.indices.indexOf(-1) ?? 0
  throw new KeysError('words-unknown', 'a word is in no list', { word: words[index] ?? '', index })
}

/** What is sent to sign in with the words: 32 bytes, base64url. The slot's secret is the entropy itself. */
export const wordsAuth = async (entropy: Bytes): Promise<string> =>
  toBase64url(await hkdf(entropy, label('words/auth')))
