/** Options that stand in files: KEY=value lines, and secrets in a file of their own. */
import { readFileSync } from 'node:fs'
import { OptionError } from './options.ts'

/** The text of a file, or undefined if there is none. */
export type Files = (path: string) => string | undefined

/** Reads files from disk; throws an OptionError for one that is there and cannot be read. */
export const filesOnDisk: Files = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new OptionError(`cannot be read from ${path} (${code})`)
  }
}

/**
 * KEY=value lines, as systemd's EnvironmentFile has them: `#` begins a comment line, quotes around a value are
 * dropped. A line that is none, sets a key that `keys` does not match, or sets one twice goes to `wrong`.
 */
export function readKeyValues(
  content: string,
  keys: RegExp,
  wrong: (line: number, what: string) => void,
): Map<string, string> {
  const found = new Map<string, string>()
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const [, key, value = ''] = /^\s*([A-Z][A-Z0-9_]*)\s*=(.*)$/.exec(line) ?? []
    if (key === undefined || !keys.test(key)) wrong(index + 1, 'sets no option')
    else if (found.has(key)) wrong(index + 1, `sets ${key} again`)
    else found.set(key, /^(["'])(.*)\1$/.exec(value.trim())?.[2] ?? value.trim())
  }
  return found
}

/**
 * A secret stands in the option itself, or in the file that NAME_FILE names; an earlier source wins over a later.
 * Throws an OptionError if one source gives both, or if there is no such file.
 */
export function readSecret(
  name: string,
  sources: readonly ReadonlyMap<string, string>[],
  files: Files,
): string | undefined {
  for (const source of sources) {
    const value = source.get(name)
    const file = source.get(`${name}_FILE`)
    if (value && file) throw new OptionError(`and ${name}_FILE are both given`)
    if (file) {
      const content = files(file)
      if (content === undefined) throw new OptionError(`has no file ${file}, which ${name}_FILE names`)
      return content.replace(/\r?\n$/, '')
    }
    if (value !== undefined) return value
  }
  return undefined
}
