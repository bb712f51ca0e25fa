/** Any JSON value, as `JSON.parse` returns it. */
export type Json = null | boolean | number | string | Json[] | JsonObject

/** A JSON object. Its keys are the sender's: read them with `Object.hasOwn` where the name is not a constant. */
export type JsonObject = { [key: string]: Json }

/** True for `{}`-like values: neither null, nor an array, nor a scalar. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
