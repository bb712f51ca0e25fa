import { isUtf8 } from 'node:buffer'
import { CodedError } from '../coded-error.ts'
import type { Json } from './types.ts'

/** What `parseJson` refuses. */
export type JsonErrorCode = 'json-syntax' | 'json-utf8' | 'json-too-large' | 'json-too-deep' | 'json-number'

/** Containers inside one another: `[]` is 1 deep, `[[]]` 2, a scalar 0. */
export const MAX_JSON_DEPTH = 64

/** Length of text from which brackets are counted before parsing. */
const SCANNED_FROM = 16384

export interface JsonLimits {
  /** Length of the text in UTF-8 bytes. */
  maxBytes: number
  /** Nested containers; 64 unless given. */
  maxDepth?: number
}

/**
 * Parses JSON from outside (RFC 8259). Of duplicate keys the last wins; `__proto__` becomes an own property.
 * Integers beyond 2^53 become the nearest double.
 *
 * Throws CodedError: `json-too-large`, `json-utf8`, `json-syntax` (details: position where known),
 * `json-too-deep`, `json-number` (beyond the range of a double: it would be written back as null).
 */
export function parseJson(input: string | Uint8Array, limits: JsonLimits): Json {
  const text =
    typeof input === 'string' ? checkedText(input, limits.maxBytes) : decoded(input, limits.maxBytes)
  const maxDepth = limits.maxDepth ?? MAX_JSON_DEPTH
  // V8 would spend seconds and hundreds of MB on megabytes of brackets; on a small text it may find out afterwards.
  if (text.length > SCANNED_FROM && bracketDepth(text, maxDepth) > maxDepth) throw tooDeep()
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    // V8's message quotes the text, which may be private: only the position is passed on.
    const position = /position (\d+)/.exec((error as Error).message)?.[1]
    throw new CodedError<JsonErrorCode>(
      'json-syntax',
      position === undefined ? 'not valid JSON' : `not valid JSON at position ${position}`,
      position === undefined ? {} : { position: Number(position) },
    )
  }
  checkShape(value, maxDepth)
  return value
}

/** Throws CodedError `json-too-deep` or `json-number` if the value could not be stored and read back. */
function checkShape(value: Json, maxDepth: number): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CodedError<JsonErrorCode>('json-number', 'number out of range')
  } else if (typeof value === 'object' && value !== null) {
    if (maxDepth === 0) throw tooDeep()
    if (Array.isArray(value)) for (const item of value) checkShape(item, maxDepth - 1)
    else for (const key in value) checkShape(value[key]!, maxDepth - 1)
  }
}

function checkedText(text: string, maxBytes: number): string {
  // A UTF-16 unit is at most three bytes, so that most texts need no counting.
  if (text.length > maxBytes || (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes))
    throw tooLarge(maxBytes)
  return text
}

function decoded(bytes: Uint8Array, maxBytes: number): string {
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes)
  if (!isUtf8(bytes)) throw new CodedError<JsonErrorCode>('json-utf8', 'not valid UTF-8')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function tooDeep() {
  return new CodedError<JsonErrorCode>('json-too-deep', 'JSON nested too deeply')
}

function tooLarge(maxBytes: number) {
  return new CodedError<JsonErrorCode>('json-too-large', `JSON larger than ${maxBytes} bytes`, { maxBytes })
}

/** The deepest nesting of brackets outside strings, or the first one found above `enough`. */
function bracketDepth(text: string, enough: number): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        i = endOfString(text, i)
        break
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > deepest) deepest = depth
        if (depth > enough) return depth
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth--
    }
  }
  return deepest
}

/** The index of the quote that ends the string which begins at `start`; the end of the text if none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) return end
  }
  return text.length
}
