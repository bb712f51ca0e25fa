/** The known answers of docs/encryption.md with nothing but Node's own cryptography and the server's Argon2. */
import assert from 'node:assert/strict'
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  verify,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { hashRaw } from '@node-rs/argon2'
import { pageDefaults } from '../../src/core/accounts/credentials.ts'

interface Slot {
  id: string
  kind: 'password' | 'passkey' | 'words' | 'passphrase' | 'device'
  label?: string
  params?: Record<string, string>
  created: number
  pk: string
  idmac: string
  sealed: { enc: string; ct: string }
}
interface Bundle {
  account: string
  revision: number
  epoch: number
  identity: string
  slots: Slot[]
  keyring: { n: string; c: string }
  signature: string
}
interface Vectors {
  hkdf: { secret: string; label: string; out: string }[]
  lp: { parts: string[]; out: string }[]
  prf: { text: string; input: string }
  secrets: Record<string, { kind: string; secret?: string; privateKey?: string; macKey?: string }>
  bundles: Record<string, { opens: string[]; amk: string; signed: string; bundle: Bundle }>
  refused: {
    name: string
    bundle: string
    changes: { path: (string | number)[]; value: unknown }[]
    code: string
  }[]
  password: {
    password: string
    login: string
    parameters: { salt: string; memory: number; passes: number; lanes: number }
    normalized: string
    mixedSalt: string
    secret: string
    auth: string
  }[]
  passwordRefused: { parameters: { memory: number; passes: number; lanes: number }; code: string }[]
  words: { phrases: { entropy: string; auth: string; pk: string }[] }
  pairing: { code: string; id: string; macKey: string; offer: { pk: string; mac: string } }
  sync: { key: string; made: number; k: string; kid: string }
}

/** What came later, in a file of its own. */
interface PassphraseVectors extends Pick<Vectors, 'hkdf' | 'secrets' | 'bundles' | 'refused'> {
  passphrase: {
    passphrase: string
    account: string
    parameters: { salt: string; memory: number; passes: number; lanes: number }
    normalized: string
    mixedSalt: string
    secret: string
    pk: string
  }[]
}

const read = <Found>(name: string) =>
  JSON.parse(readFileSync(new URL(`../../docs/vectors/${name}`, import.meta.url), 'utf8')) as Found
const vectors = read<Vectors>('e2e-v1.json')
const later = read<PassphraseVectors>('e2e-v1-passphrase.json')

const hex = (text: string) => Buffer.from(text, 'hex')
const b64 = (text: string) => Buffer.from(text, 'base64url')
const label = (name: string) => `essaim/e2e/v1/${name}`
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest()
const hmac = (key: Buffer, bytes: Buffer | string) => createHmac('sha256', key).update(bytes).digest()
const hkdf = (secret: Buffer, info: string, length = 32) =>
  Buffer.from(hkdfSync('sha256', secret, '', info, length))

function lp(...parts: (Buffer | string | number)[]): Buffer {
  const bytes = parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(String(part))))
  return Buffer.concat(bytes.flatMap((part) => [Buffer.of(part.length >> 8, part.length & 255), part]))
}

// Keys as RFC 8410 writes them: behind a fixed head.
const x25519Secret = (key: Buffer) =>
  createPrivateKey({
    key: Buffer.concat([hex('302e020100300506032b656e04220420'), key]),
    format: 'der',
    type: 'pkcs8',
  })
const publicKey = (oid: '6e' | '70', key: Buffer) =>
  createPublicKey({
    key: Buffer.concat([hex(`302a300506032b65${oid}032100`), key]),
    format: 'der',
    type: 'spki',
  })
const rawPublic = (key: KeyObject) => b64(createPublicKey(key).export({ format: 'jwk' }).x ?? '')

/** Private key and key of idmac of a slot's secret. */
function slotKeys({ kind, secret, privateKey, macKey }: Vectors['secrets'][string]) {
  if (privateKey && macKey) return { pair: x25519Secret(hex(privateKey)), vouch: hex(macKey) }
  const name = label(`slot/${kind === 'words' ? 'recovery' : kind}`)
  const bytes = hex(secret ?? '')
  return { pair: x25519Secret(hkdf(bytes, name)), vouch: hkdf(bytes, `${name}/mac`) }
}

/** HPKE in base mode (RFC 9180): X25519, HKDF-SHA256, ChaCha20Poly1305. */
function hpkeOpen(pair: KeyObject, enc: Buffer, info: string, aad: Buffer, sealed: Buffer): Buffer {
  const kem = Buffer.concat([Buffer.from('KEM'), hex('0020')])
  const suite = Buffer.concat([Buffer.from('HPKE'), hex('002000010003')])
  const extract = (id: Buffer, salt: Buffer, name: string, secret: Buffer) =>
    hmac(salt, Buffer.concat([Buffer.from('HPKE-v1'), id, Buffer.from(name), secret]))
  // No output is longer than one block.
  const expand = (id: Buffer, prk: Buffer, name: string, context: Buffer, length: number) =>
    hmac(
      prk,
      Buffer.concat([
        Buffer.of(0, length),
        Buffer.from('HPKE-v1'),
        id,
        Buffer.from(name),
        context,
        Buffer.of(1),
      ]),
    ).subarray(0, length)
  const none = Buffer.alloc(0)
  const dh = diffieHellman({ privateKey: pair, publicKey: publicKey('6e', enc) })
  const prk = extract(kem, none, 'eae_prk', dh)
  const shared = expand(kem, prk, 'shared_secret', Buffer.concat([enc, rawPublic(pair)]), 32)
  const context = Buffer.concat([
    Buffer.of(0),
    extract(suite, none, 'psk_id_hash', none),
    extract(suite, none, 'info_hash', Buffer.from(info)),
  ])
  const secret = extract(suite, shared, 'secret', none)
  const nonce = expand(suite, secret, 'base_nonce', context, 12)
  const key = expand(suite, secret, 'key', context, 32)
  const cipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 })
  cipher.setAAD(aad, { plaintextLength: sealed.length - 16 })
  cipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
}

function signedBytes(bundle: Bundle): Buffer {
  const slots = bundle.slots.map((slot) =>
    lp(
      slot.id,
      slot.kind,
      slot.label ?? '',
      lp(
        ...Object.entries(slot.params ?? {})
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .flat(),
      ),
      slot.created,
      b64(slot.pk),
      b64(slot.idmac),
      b64(slot.sealed.enc),
      b64(slot.sealed.ct),
    ),
  )
  return lp(
    label('bundle'),
    bundle.account,
    bundle.revision,
    bundle.epoch,
    b64(bundle.identity),
    sha256(Buffer.concat(slots)),
    sha256(Buffer.concat([b64(bundle.keyring.n), b64(bundle.keyring.c)])),
  )
}

const isSigned = (bundle: Bundle) =>
  verify(null, signedBytes(bundle), publicKey('70', b64(bundle.identity)), b64(bundle.signature))

test('every derived key is HKDF-SHA-256 of its label, and lists have one encoding', () => {
  for (const { secret, label: info, out } of [...vectors.hkdf, ...later.hkdf]) {
    assert.equal(hkdf(hex(secret), info, out.length / 2).toString('hex'), out, info)
  }
  for (const { parts, out } of vectors.lp) assert.equal(lp(...parts).toString('hex'), out)
  assert.equal(sha256(Buffer.from(vectors.prf.text)).toString('hex'), vectors.prf.input)
})

test('bundles are signed by their identity, and each secret opens its slot in each of them', () => {
  const all = [vectors, later].flatMap(({ bundles, secrets }) =>
    Object.values(bundles).map((one) => ({ ...one, secrets })),
  )
  for (const { opens, amk, signed, bundle, secrets } of all) {
    assert.equal(signedBytes(bundle).toString('hex'), signed)
    assert.ok(isSigned(bundle))
    for (const name of opens) {
      const { pair, vouch } = slotKeys(secrets[name] ?? assert.fail(name))
      const pk = rawPublic(pair).toString('base64url')
      const slot = bundle.slots.find((other) => other.pk === pk) ?? assert.fail(name)
      assert.equal(hmac(vouch, b64(bundle.identity)).toString('base64url'), slot.idmac)
      const aad = lp(bundle.account, bundle.epoch, slot.id, slot.kind, b64(bundle.identity))
      const opened = hpkeOpen(pair, b64(slot.sealed.enc), label('slot/seal'), aad, b64(slot.sealed.ct))
      assert.equal(opened.toString('hex'), amk)
    }
  }
})

test('a bundle that a host has changed has no valid signature', () => {
  const changed = [vectors, later].flatMap(({ refused, bundles }) =>
    refused.filter(({ code }) => code === 'signature').map((one) => ({ ...one, bundles })),
  )
  assert.ok(changed.length > 10)
  for (const { name, bundle: of, changes, bundles } of changed) {
    const bundle = structuredClone(bundles[of]?.bundle ?? assert.fail(of))
    for (const { path, value } of changes) {
      const above = path.slice(0, -1).reduce<unknown>((at, step) => (at as never)[step], bundle)
      Object.assign(above as object, { [path.at(-1) ?? '']: value })
    }
    assert.equal(isSigned(bundle), false, name)
  }
})

test('what a password and words send comes from Argon2id and HKDF with the mixed salt', async () => {
  for (const { password, login, parameters, normalized, mixedSalt, secret, auth } of vectors.password) {
    const plain = Buffer.from(password.normalize('NFKC'))
    assert.equal(plain.toString('hex'), normalized)
    const salt = sha256(lp(label('password-salt'), b64(parameters.salt), login.toLowerCase())).subarray(0, 16)
    assert.equal(salt.toString('hex'), mixedSalt)
    const stretched = await hashRaw(plain, {
      salt,
      memoryCost: parameters.memory,
      timeCost: parameters.passes,
      parallelism: parameters.lanes,
      outputLen: 32,
    })
    assert.equal(stretched.toString('hex'), secret)
    assert.equal(hkdf(stretched, label('password/auth')).toString('base64url'), auth)
  }
  for (const { entropy, auth, pk } of vectors.words.phrases) {
    assert.equal(hkdf(hex(entropy), label('words/auth')).toString('base64url'), auth)
    assert.equal(rawPublic(slotKeys({ kind: 'words', secret: entropy }).pair).toString('base64url'), pk)
  }
})

test('what a passphrase unlocks with comes from Argon2id with a salt that the account is in', async () => {
  for (const { passphrase, account, parameters, ...wanted } of later.passphrase) {
    const plain = Buffer.from(passphrase.normalize('NFKC'))
    assert.equal(plain.toString('hex'), wanted.normalized)
    const salt = sha256(lp(label('passphrase-salt'), b64(parameters.salt), account)).subarray(0, 16)
    assert.equal(salt.toString('hex'), wanted.mixedSalt)
    const secret = await hashRaw(plain, {
      salt,
      memoryCost: parameters.memory,
      timeCost: parameters.passes,
      parallelism: parameters.lanes,
      outputLen: 32,
    })
    assert.equal(secret.toString('hex'), wanted.secret)
    const { pair } = slotKeys({ kind: 'passphrase', secret: wanted.secret })
    assert.equal(rawPublic(pair).toString('base64url'), wanted.pk)
  }
})

test('a browser accepts what the server asks it to stretch a new password with', () => {
  const bounds = (code: string, name: 'memory' | 'passes' | 'lanes') =>
    vectors.passwordRefused
      .filter((refused) => refused.code === code)
      .map((refused) => refused.parameters[name])
  for (const name of ['memory', 'passes', 'lanes'] as const) {
    assert.ok(pageDefaults[name] > Math.min(...bounds('parameters-too-weak', name)), name)
    assert.ok(pageDefaults[name] < Math.max(...bounds('parameters-too-strong', name)), name)
  }
})

test('the meeting place of a pairing and its proof come from the code', () => {
  const { code, id, macKey, offer } = vectors.pairing
  assert.equal(hkdf(Buffer.from(code), label('pair/id'), 16).toString('hex'), id)
  assert.equal(hkdf(Buffer.from(code), label('pair/mac')).toString('hex'), macKey)
  assert.equal(hmac(hex(macKey), b64(offer.pk)).toString('base64url'), offer.mac)
})

test('the key that Firefox gets is the scoped key of its Sync', () => {
  const { key, made, k, kid } = vectors.sync
  assert.equal(hkdf(b64(key), 'identity.mozilla.com/picl/v1/oldsync', 64).toString('base64url'), k)
  assert.equal(`${made}-${sha256(b64(key)).subarray(0, 16).toString('base64url')}`, kid)
})
