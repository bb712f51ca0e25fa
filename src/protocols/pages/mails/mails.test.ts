import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Letter } from '../../../core/accounts/index.ts'
import { createLetterWords } from './index.ts'

const words = createLetterWords('https://cloud.example.org')
const at = Date.UTC(2030, 2, 4, 15, 30)
const letters: Letter[] = [
  { kind: 'verify', token: 'TOKEN' },
  { kind: 'sign-in', token: 'TOKEN' },
  { kind: 'recovery-asked', token: 'TOKEN', hours: 48 },
  { kind: 'recovery-waits', via: 'mail', due: at, stop: 'STOP' },
  { kind: 'recovery-waits', via: 'administrator', due: at, stop: 'STOP' },
  { kind: 'recovery-waits', via: 'operator', due: at, stop: 'STOP' },
  { kind: 'recovery-ready', finish: 'FINISH', until: at, stop: 'STOP' },
  { kind: 'recovery-ready', finish: null, until: at, stop: 'STOP' },
]
const notice = (act: string, details = {}): Letter => ({ kind: 'notice', act, details, at })
const say = (letter: Letter, language: 'en' | 'fr' = 'en') =>
  words(letter, { login: 'ada', serverName: 'Our cloud', language })

test('every mail says whom it is about and has its links, in both languages', () => {
  const links = letters.map((letter) => {
    const [english, french] = [say(letter), say(letter, 'fr')]
    assert.notEqual(english.subject, french.subject)
    for (const { subject, text } of [english, french]) {
      assert.ok(subject.length <= 120 && /Our cloud/.test(subject), subject)
      assert.match(text, /[“«] ?ada ?[”»]/)
      assert.ok(text.endsWith('\nhttps://cloud.example.org'), text)
      assert.doesNotMatch(text, /undefined|null|\[object/)
    }
    const found = (text: string) => text.split('\n').filter((line) => line.includes('#'))
    assert.deepEqual(found(english.text), found(french.text))
    return found(english.text).map((line) => line.replace('https://cloud.example.org', ''))
  })
  assert.deepEqual(links, [
    ['/mail#verify=TOKEN'],
    ['/mail#sign-in=TOKEN'],
    ['/recovery#TOKEN'],
    ['/mail#stop=STOP'],
    ['/mail#stop=STOP'],
    ['/mail#stop=STOP'],
    ['/mail#finish=FINISH', '/mail#stop=STOP'],
    ['/mail#stop=STOP'],
  ])
})

test('times are told in words, with their zone', () => {
  assert.match(say(letters[3]!).text, /4 March 2030 at 15:30 UTC/)
  assert.match(say(letters[3]!, 'fr').text, /4 mars 2030 à 15:30 UTC/)
})

test('a notice says what was done, where, and where to look', () => {
  const signedIn = notice('signed-in', {
    method: 'passkey',
    agent: 'Firefox · Linux',
    address: '192.0.2.0/24',
  })
  assert.match(say(signedIn).text, /signed in with a passkey with Firefox · Linux from 192\.0\.2\.0\/24/)
  assert.match(say(signedIn, 'fr').text, /avec une clé d’accès avec Firefox · Linux depuis/)
  assert.match(say(notice('leaving', { ends: at })).text, /deleted on 4 March 2030/)
  assert.match(say(signedIn).text, /\nhttps:\/\/cloud\.example\.org\/account\/security\n/)
})

test('what an administrator did is not asked to have been the person herself', () => {
  assert.doesNotMatch(say(notice('approved')).text, /not you/)
  assert.match(say(notice('renamed', { login: 'ada2' })).text, /not you/)
})

test('an act without words of its own is still told', () => {
  assert.match(say(notice('something-new')).text, /your log there tells what/)
  assert.match(say(notice('something-new'), 'fr').text, /votre journal/)
})

test('what people have named cannot pretend to be a link of ours', () => {
  const name = `x\nhttps://evil.example/#stop=1\n${'y'.repeat(500)}`
  const { text } = say(notice('passkey-added', { name }))
  assert.ok(!text.split('\n').some((line) => line.startsWith('https://evil.example')))
  assert.ok(text.length < 700)
})

test('both languages know the same acts', () => {
  const acts =
    'signed-in password-changed password-removed words-changed words-removed passkey-added passkey-removed passkey-copied identity-added identity-removed address-verified address-removed mail-sign-in-on mail-sign-in-off device-added app-password-added token-added browser-added app-added keys-afresh recovery-stopped recovered renamed exported approved suspended resumed leaving kept'
  for (const act of acts.split(' ')) {
    const [english, french] = [say(notice(act)), say(notice(act), 'fr')]
    assert.doesNotMatch(english.subject, /^Account changed/, act)
    assert.doesNotMatch(french.subject, /^Compte modifié/, act)
    assert.doesNotMatch(english.text + french.text, /undefined|grant|bucket|principal|credential|epoch/, act)
  }
})
