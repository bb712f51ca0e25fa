/** One string of a source file: adjacent parts that `+` joins are one, `…` stands for what is computed. */
export interface Literal {
  readonly text: string
  readonly line: number
}

/** Code after which a `/` begins a regular expression rather than divides. */
const beforeRegex = /(^|[(,=:[!&|?{};+\-*%<>~^\n]|\b(return|typeof|case|in|of|void|await|yield))\s*$/

/** Escapes are of no interest to whoever reads the literals; a line continuation and `\n` are space. */
const unescape = (text: string) =>
  text.replace(/\\([\s\S])/g, (_, char: string) => (/[nrt\n]/.test(char) ? ' ' : char))

/** The string and template literals of TypeScript source, outside of comments and regular expressions. */
export function literalsOf(source: string): Literal[] {
  let found: Literal[] = []
  const nested: Literal[] = [] // those within a template's `${…}`
  let code = '' // what stood between the last literal and here
  let at = 0
  const lineAt = (index: number) => source.slice(0, index).split('\n').length

  const add = (text: string, start: number) => {
    const last = found.at(-1)
    // Whatever is computed between two parts of a sum becomes one placeholder.
    const joined = last !== undefined && /^\s*\)*\s*\+/.test(code)
    if (joined) {
      const between = /^[\s+()]*$/.test(code) ? '' : '…'
      found[found.length - 1] = { text: last.text + between + text, line: last.line }
    } else found.push({ text, line: lineAt(start) })
    code = ''
  }

  /** Reads from behind the opening quote to behind the closing one. */
  const quoted = (quote: string): string => {
    const start = at
    while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1
    at += 1
    return unescape(source.slice(start, at - 1))
  }

  /** A template: the literals within its `${…}` are found too, as literals of their own. */
  const template = (): string => {
    let text = ''
    let start = at
    while (at < source.length && source[at] !== '`') {
      if (source[at] === '\\') at += 2
      else if (source.startsWith('${', at)) {
        text += `${unescape(source.slice(start, at))}…`
        at += 2
        const outer = { code, found }
        code = ''
        found = []
        scan('}')
        nested.push(...found)
        code = outer.code
        found = outer.found
        start = at
      } else at += 1
    }
    text += unescape(source.slice(start, at))
    at += 1
    return text
  }

  /** Reads code up to `end` at its own depth of braces, and behind it. */
  const scan = (end: string | undefined): void => {
    let depth = 0
    while (at < source.length) {
      const char = source[at] ?? ''
      const start = at
      if (char === end && depth === 0) return void (at += 1)
      if (source.startsWith('//', at)) at = (source.indexOf('\n', at) + 1 || source.length + 1) - 1
      else if (source.startsWith('/*', at)) at = (source.indexOf('*/', at) + 1 || source.length) + 1
      else if (char === '/' && beforeRegex.test(code)) at += regexLength(source.slice(at))
      else if (char === "'" || char === '"') {
        at += 1
        add(quoted(char), start)
      } else if (char === '`') {
        at += 1
        add(template(), start)
      } else {
        if (char === '{') depth += 1
        if (char === '}') depth -= 1
        code += char
        at += 1
      }
    }
  }
  scan(undefined)
  return [...found, ...nested]
}

/** Length of the regular expression that the text begins with. */
const regexLength = (text: string) =>
  /^\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/.exec(text)?.[0].length ?? 1
