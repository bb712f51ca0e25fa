/**
 * Hawk (HTTP Holder-Of-Key), as Firefox's accounts and Sync use it: who makes a request proves it by an HMAC over the
 * request's method and address, and of its body where the header says so.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { sha256 } from './hash.ts'

/** What a header says. */
export interface HawkHeader {
  id: string
  /** Seconds since 1970, as sent. */
  ts: string
  nonce: string
  /** Base64. */
  mac: string
  /** Of the body (`payloadHash`), base64; empty: none. Part of what is proved; whoever takes a body compares it. */
  hash: string
  ext: string
}

/** What a request is, as its sender sees it: behind a proxy, the public address. */
export interface HawkTarget {
  /** In capitals. */
  method: string
  /** Path and query, as sent. */
  resource: string
  /** In lower case. */
  host: string
  port: number
}

const maxHeader = 4_096
const attribute = /([a-z]{2,5})="([ !#-[\]-~]*)" *(?:, *|$)/y
const members = new Set(['id', 'ts', 'nonce', 'mac', 'hash', 'ext'])

/** Reads an Authorization header; undefined for one that is no Hawk header, or not written as one is. */
export function readHawk(header: string): HawkHeader | undefined {
  if (header.length > maxHeader || !/^hawk /i.test(header)) return undefined
  const found: Record<string, string> = {}
  attribute.lastIndex = 5
  while (attribute.lastIndex < header.length) {
    const [, name, value] = attribute.exec(header) ?? []
    if (name === undefined || value === undefined || !members.has(name) || name in found) return undefined
    found[name] = value
  }
  const { id = '', ts = '', nonce = '', mac = '', hash = '', ext = '' } = found
  if (id === '' || nonce === '' || mac === '' || !/^\d{1,12}$/.test(ts)) return undefined
  return { id, ts, nonce, mac, hash, ext }
}

/** The MAC of a request under a key, in base64. */
export function hawkMac(
  key: string | Uint8Array,
  { ts, nonce, hash = '', ext = '' }: Pick<HawkHeader, 'ts' | 'nonce'> & Partial<HawkHeader>,
  { method, resource, host, port }: HawkTarget,
): string {
  const text = `hawk.1.header\n${ts}\n${nonce}\n${method}\n${resource}\n${host}\n${port}\n${hash}\n${ext}\n`
  return createHmac('sha256', fit(key)).update(text).digest('base64')
}

/** Node takes five times as long for a key of bytes as for a text or an object. */
const fit = (key: string | Uint8Array) => (typeof key === 'string' ? key : createSecretKey(key))

/** Whether a header was made with this key, for this request. */
export function isHawk(key: string | Uint8Array, header: HawkHeader, target: HawkTarget): boolean {
  const [given, made] = [Buffer.from(header.mac), Buffer.from(hawkMac(key, header, target))]
  return given.byteLength === made.byteLength && timingSafeEqual(given, made)
}

/** What a body is proved by: over its type, without parameters, and its bytes. Base64. */
export function payloadHash(contentType: string, body: Uint8Array): string {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase()
  return sha256(Buffer.concat([Buffer.from(`hawk.1.payload\n${type}\n`), body, Buffer.from('\n')])).toString(
    'base64',
  )
}

/** The header that proves a request, and its body where a `hash` of it is given. */
export function signHawk(
  { id, key }: { id: string; key: string | Uint8Array },
  { ts, nonce, hash }: { ts: number; nonce: string; hash?: string },
  target: HawkTarget,
): string {
  const header = { ts: String(ts), nonce, ...(hash === undefined ? {} : { hash }) }
  const proved = hash === undefined ? '' : `, hash="${hash}"`
  return `Hawk id="${id}", ts="${ts}", nonce="${nonce}"${proved}, mac="${hawkMac(key, header, target)}"`
}

/** What tells a client whose clock is wrong the time: `now` in milliseconds. */
export function staleChallenge(key: string | Uint8Array, now: number): string {
  const ts = Math.floor(now / 1_000)
  const tsm = createHmac('sha256', fit(key)).update(`hawk.1.ts\n${ts}\n`).digest('base64')
  return `Hawk ts="${ts}", tsm="${tsm}", error="Stale timestamp"`
}

export interface Replays {
  /** Notes a proved MAC; false if it was used before. */
  first(mac: string, now: number): boolean
}

/**
 * Remembers the MACs of requests, so that none is taken twice, for at least `time` milliseconds and at most twice that.
 * Past `most` of them the oldest are forgotten early: memory is bounded, whatever comes.
 */
export function createReplays({ time, most }: { time: number; most: number }): Replays {
  let present = new Set<number>()
  let before = new Set<number>()
  let turn = 0
  return {
    first(mac, now) {
      if (now >= turn || present.size >= most / 2) {
        before = now >= turn + time ? new Set() : present
        present = new Set()
        turn = now + time
      }
      // 48 bits: two requests of a minute that share them are one in hundreds of millions.
      const short = Buffer.from(mac, 'base64').readUIntBE(0, 6)
      if (present.has(short) || before.has(short)) return false
      present.add(short)
      return true
    },
  }
}
