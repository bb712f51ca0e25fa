import type { Json, JsonObject } from './types.ts'

/**
 * Sets an own property, whatever its name: a plain assignment to `__proto__` would change the prototype,
 * and one to any inherited name depends on the prototype not being frozen.
 */
export function setOwn(object: JsonObject, key: string, value: Json): void {
  if (key in Object.prototype) {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else {
    object[key] = value
  }
}

/** The own property of that name, or undefined: inherited names (`constructor`, `toString`) are not there. */
export function getOwn(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
