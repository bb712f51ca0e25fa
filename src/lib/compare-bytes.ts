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
    if (x !== y) return x < 0xd800 || y < 0xd800 ? x - y : pointAt(a, i) - pointAt(b, i)
  }
  return a.length - b.length
}

/** The first `units` UTF-16 units of a text, or one more where that would cut a surrogate pair in two. */
export function cutText(text: string, units: number): string {
  if (text.length <= units) return text
  const inPair = isHigh(text.charCodeAt(units - 1)) && isLow(text.charCodeAt(units))
  return text.slice(0, inPair ? units + 1 : units)
}

/** The code point at `i`, of which `i` may be the second half. */
function pointAt(text: string, i: number): number {
  const second = i > 0 && isLow(text.charCodeAt(i)) && isHigh(text.charCodeAt(i - 1))
  return text.codePointAt(second ? i - 1 : i)!
}

const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number) => unit >= 0xdc00 && unit < 0xe000
