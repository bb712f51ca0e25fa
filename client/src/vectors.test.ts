import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as french } from '@scure/bip39/wordlists/french.js'
import { type Bytes, fromBase64url, lp, pad, padded, toBase64url, unpad } from './bytes/index.ts'
import { KeysError } from './errors.ts'
import { openBundle, openPaired } from './keys/account-key.ts'
import { signedBytes } from './keys/bundle.ts'
import { hpkeOpen, hpkeSeal } from './keys/hpke.ts'
import { syncKey } from './keys/keyring.ts'
import { pairingId, pairingWith, parsePairingCode } from './keys/pairing.ts'
import { hkdf, hmac, hmacKey, rawPublic, seal, unseal, x25519Pair } from './keys/primitives.ts'
import { deviceSecret, prfInput, slotSecret } from './keys/secrets.ts'
import type {
  Bundle,
  Keyring,
  PairingAnswer,
  PairingOffer,
  SlotSecret,
  StretchParameters,
} from './keys/types.ts'
import { stretchPassword } from './password/index.ts'
import { blindId, type Envelope, openRecord, sealRecord } from './records/index.ts'
import { parseWords, wordsAuth, wordsOf } from './words/index.ts'

type Kind = 'password' | 'passkey' | 'words'
interface Place {
  key: string
  collection: string
  record: string
  number: number
}
interface Change {
  path: (string | number)[]
  value: unknown
}
interface Vectors {
  hkdf: { secret: string; label: string; out: string }[]
  lp: { parts: string[]; out: string }[]
  padding: { length: number; padded: number }[]
  pad: { plain: string; out: string }[]
  unpadRefused: string[]
  rfc9180: {
    vectors: (Record<'skRm' | 'pkRm' | 'skEm' | 'enc' | 'info' | 'aad' | 'pt' | 'ct', string> & {
      psk?: string
      pskId?: string
    })[]
  }
  xchacha: { aead: Record<'key' | 'nonce' | 'aad' | 'pt' | 'ct', string> }
  slots: { kind: Kind; secret: string; pk: string; identity: string; idmac: string }[]
  prf: { input: string }
  password: {
    password: string
    login: string
    parameters: StretchParameters
    secret: string
    auth: string
    pk: string
  }[]
  passwordRefused: { parameters: StretchParameters; code: string }[]
  words: {
    lists: { en: string; fr: string }
    phrases: { entropy: string; indices: number[]; en: string; fr: string; auth: string; pk: string }[]
    refused: { text: string; code: string; count?: number; word?: string; index?: number }[]
  }
  records: {
    sealed: (Place & { json: string; envelope: Envelope })[]
    refused: (Place & { name: string; envelope: Envelope; code: string })[]
    blindIds: { key: string; natural: string; id: string }[]
  }
  sync: { key: string; made: number; k: string; kid: string }
  secrets: Record<string, { kind: Kind | 'device'; secret?: string; privateKey?: string; macKey?: string }>
  bundles: Record<string, { opens: string[]; signed: string; keyring: Keyring; bundle: Bundle }>
  refused: {
    name: string
    bundle: string
    changes: Change[]
    secret: string
    account: string
    memory?: string
    code: string
  }[]
  pairing: {
    code: string
    typed: string[]
    malformed: string[]
    id: string
    privateKey: string
    offer: PairingOffer
    answer: PairingAnswer
    bundle: string
    offersRefused: { name: string; offer: PairingOffer }[]
    answersRefused: { name: string; answer: PairingAnswer }[]
  }
}

const file = new URL('../../docs/vectors/e2e-v1.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors

const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'hex'))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const coded = (code: string) => (error: unknown) => error instanceof KeysError && error.code === code

const bundleOf = (name: string) => (vectors.bundles[name] ?? assert.fail(name)).bundle

async function secretOf(name: string): Promise<SlotSecret> {
  const { kind, secret = '', privateKey = '', macKey = '' } = vectors.secrets[name] ?? assert.fail(name)
  if (kind !== 'device') return slotSecret(kind, hex(secret))
  return deviceSecret({ pair: await x25519Pair(hex(privateKey)), mac: await hmacKey(hex(macKey)) })
}

function changedBundle(name: string, changes: readonly Change[]): unknown {
  const bundle = structuredClone(bundleOf(name))
  for (const { path, value } of changes) {
    const above = path.slice(0, -1).reduce<unknown>((at, step) => (at as never)[step], bundle)
    Object.assign(above as object, { [path.at(-1) ?? '']: value })
  }
  return bundle
}

test('keys are derived, lists encoded and plaintexts padded as published', async () => {
  for (const { secret, label, out } of vectors.hkdf) {
    assert.equal(toHex(await hkdf(hex(secret), label, out.length / 2)), out)
  }
  for (const { parts, out } of vectors.lp) assert.equal(toHex(lp(...parts)), out)
  for (const { length, padded: wanted } of vectors.padding) assert.equal(padded(length), wanted)
  for (const { plain, out } of vectors.pad) {
    assert.equal(toHex(pad(hex(plain))), out)
    assert.equal(toHex(unpad(hex(out))), plain)
  }
  for (const refused of vectors.unpadRefused) assert.throws(() => unpad(hex(refused)), coded('malformed'))
})

test('HPKE gives the answers of RFC 9180, A.2.1 and A.2.2', async () => {
  for (const { skRm, pkRm, skEm, enc, info, aad, pt, ct, psk, pskId } of vectors.rfc9180.vectors) {
    const bound = {
      info: hex(info),
      aad: hex(aad),
      ...(psk && pskId && { psk: { key: hex(psk), id: hex(pskId) } }),
    }
    const sealed = await hpkeSeal(hex(pkRm), bound, hex(pt), await x25519Pair(hex(skEm)))
    assert.deepEqual([toHex(sealed.enc), toHex(sealed.ct)], [enc, ct])
    const pair = await x25519Pair(hex(skRm))
    assert.equal(toHex(await hpkeOpen(pair, bound, sealed, 'damaged')), pt)
  }
})

test('XChaCha20-Poly1305 gives the answer of its draft', () => {
  const { key, nonce, aad, pt, ct } = vectors.xchacha.aead
  assert.equal(toHex(seal(hex(key), hex(aad), hex(pt), hex(nonce)).c), ct)
  assert.equal(toHex(unseal(hex(key), hex(aad), hex(nonce), hex(ct), 'damaged')), pt)
})

test('slots have the public keys and the word for the identity that their secrets give', async () => {
  for (const { kind, secret, pk, identity, idmac } of vectors.slots) {
    const made = await slotSecret(kind, hex(secret))
    assert.equal(toHex(fromBase64url(made.pk)), pk)
    assert.equal(toHex(await hmac(made.mac, hex(identity))), idmac)
  }
  assert.equal(toHex(prfInput), vectors.prf.input)
})

test('a password is stretched as published, whatever form its letters have', async () => {
  for (const { password, login, parameters, secret, auth, pk } of vectors.password) {
    const stretched = await stretchPassword({ password, login, parameters })
    assert.deepEqual([toHex(stretched.secret), stretched.auth], [secret, auth])
    assert.equal((await slotSecret('password', stretched.secret)).pk, pk)
  }
})

test('parameters below the floor, past the bound or of another form are refused', async () => {
  for (const { parameters, code } of vectors.passwordRefused) {
    await assert.rejects(stretchPassword({ password: 'x', login: 'x', parameters }), coded(code))
  }
})

test('the words are those of BIP-39, and both languages stand for the same bytes', async () => {
  const published = (list: readonly string[]) =>
    createHash('sha256')
      .update(`${list.map((word) => word.normalize('NFKD')).join('\n')}\n`)
      .digest('hex')
  assert.deepEqual({ en: published(english), fr: published(french) }, vectors.words.lists)
  for (const { entropy, indices, en, fr, auth, pk } of vectors.words.phrases) {
    assert.deepEqual(
      en.split(' ').map((word) => english.indexOf(word)),
      indices,
    )
    assert.equal((await wordsOf(hex(entropy), 'en')).join(' '), en)
    assert.equal((await wordsOf(hex(entropy), 'fr')).join(' '), fr)
    for (const [language, text] of [
      ['en', en],
      ['fr', fr],
    ] as const) {
      assert.deepEqual(await parseWords(text), { entropy: hex(entropy), language })
    }
    assert.equal(await wordsAuth(hex(entropy)), auth)
    assert.equal((await slotSecret('words', hex(entropy))).pk, pk)
  }
  for (const { text, code, count, word, index } of vectors.words.refused) {
    await assert.rejects(parseWords(text), (error: unknown) => {
      assert.ok(error instanceof KeysError)
      assert.deepEqual([error.code, error.details['word'], error.details['index']], [code, word, index])
      if (count !== undefined) assert.equal(error.details['count'], count)
      return true
    })
  }
})

test('each secret opens its bundles, with the keyring that is in them', async () => {
  for (const { opens, signed, keyring, bundle } of Object.values(vectors.bundles)) {
    assert.equal(toHex(await signedBytes(bundle)), signed)
    for (const name of opens) {
      const { account } = bundle
      const keys = await openBundle(JSON.stringify(bundle), await secretOf(name), { account, memory: bundle })
      assert.deepEqual(keys.keyring, keyring)
      assert.deepEqual(keys.bundle, bundle)
    }
  }
})

test('a bundle that is changed, exchanged or older is refused with the published code', async (t) => {
  for (const { name, bundle, changes, secret, account, memory, code } of vectors.refused) {
    await t.test(name, async () => {
      const known = memory === undefined ? undefined : bundleOf(memory)
      const opening = openBundle(changedBundle(bundle, changes), await secretOf(secret), {
        account,
        memory: known,
      })
      await assert.rejects(opening, coded(code))
    })
  }
})

test('a pairing meets, answers and refuses as published', async () => {
  const { code, typed, malformed, id, privateKey, offer, answer, bundle, ...refused } = vectors.pairing
  for (const text of typed) assert.equal(parsePairingCode(text), code)
  for (const text of malformed) assert.throws(() => parsePairingCode(text), coded('code-malformed'))
  assert.equal(toHex(fromBase64url(await pairingId(code))), id)
  const pair = await x25519Pair(hex(privateKey))
  const pairing = await pairingWith(code, pair)
  assert.deepEqual([pairing.id, pairing.offer], [toBase64url(hex(id)), offer])
  assert.equal(toBase64url(await rawPublic(pair.publicKey)), offer.pk)
  const old = await openBundle(bundleOf(bundle), await secretOf('words'), {
    account: bundleOf(bundle).account,
  })
  for (const { offer: other } of refused.offersRefused) {
    await assert.rejects(old.admit(code, other), coded('pairing-refused'))
  }
  for (const { answer: other } of refused.answersRefused) {
    await assert.rejects(pairing.open(other), coded('pairing-refused'))
  }
  const opened = await openPaired(bundleOf(bundle), await pairing.open(answer))
  assert.deepEqual(opened.keyring, old.keyring)
})

test('records are sealed for their place alone, and natural keys become blind ids', async () => {
  for (const { key, json, envelope, ...where } of vectors.records.sealed) {
    const place = { ...where, key: hex(key) }
    assert.deepEqual(sealRecord(place, JSON.parse(json), fromBase64url(envelope.n)), envelope)
    assert.deepEqual(openRecord(place, envelope), JSON.parse(json))
  }
  for (const { name, key, envelope, code, ...where } of vectors.records.refused) {
    assert.throws(() => openRecord({ ...where, key: hex(key) }, envelope), coded(code), name)
  }
  for (const { key, natural, id } of vectors.records.blindIds) {
    assert.equal(await blindId(hex(key), natural), id)
  }
})

test('the key for Firefox is the scoped key of its Sync', async () => {
  const { key, made, k, kid } = vectors.sync
  assert.deepEqual(await syncKey({ sync: { key, made } }), { k, kid })
})
