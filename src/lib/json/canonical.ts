import { isJsonObject, type Json } from './types.ts'

/** One text for all equal values (`deepEqual`): JSON without spaces, keys sorted by UTF-16 units, as in RFC 8785. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`).join(',')}}`
}
