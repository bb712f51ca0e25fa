/** Reference tokens of a JSON Pointer (RFC 6901), unescaped; undefined if the text is none. `''` is the whole document: []. */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === '') return []
  if (pointer[0] !== '/' || /~(?![01])/.test(pointer)) return undefined
  const tokens = pointer.slice(1).split('/')
  return pointer.includes('~') ? tokens.map(unescapeToken) : tokens
}

/** The JSON Pointer of these reference tokens. */
export function printPointer(tokens: readonly string[]): string {
  return tokens.map((token) => '/' + token.replaceAll('~', '~0').replaceAll('/', '~1')).join('')
}

function unescapeToken(token: string): string {
  // In this order, or `~01` would become `/`.
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}
