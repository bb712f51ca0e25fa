/**
 * Order of two texts by their UTF-8 bytes, which is the order of code points, not JavaScript's order of UTF-16 units
 * (that puts U+1F600 before U+FFFD). A lone surrogate counts as its own code point. Negative, 0 or positive.
 */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    // Below the surrogates a unit is a code point, and every other code point is greater.
    if (x !== y) return x < 0xd800 || y < 0xd800 ? x - y : pointsAt(a, b, i)
  }
  return a.length - b.length
}

/** The first `units` UTF-16 units of a text, or one more where that would cut a surrogate pair in two. */
export function cutText(text: string, units: number): string {
  if (text.length <= units) return text
  const inPair = isHigh(text.charCodeAt(units - 1)) && isLow(text.charCodeAt(units))
  return text.slice(0, inPair ? units + 1 : units)
}

/** Compares the code points of two texts that are equal up to the unit `i`, where both have a surrogate or more. */
function pointsAt(a: string, b: string, i: number): number {
  // A half before it makes a pair in the one, perhaps, and stands alone in the other.
  const paired = i > 0 && isHigh(a.charCodeAt(i - 1)) && (isLow(a.charCodeAt(i)) || isLow(b.charCodeAt(i)))
  const from = paired ? i - 1 : i
  return a.codePointAt(from)! - b.codePointAt(from)!
}

const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number) => unit >= 0xdc00 && unit < 0xe000
