/** Which new passwords are refused: short ones, and those that are tried first (OWASP ASVS 5.0, 6.2.1 and 6.2.4). */
import { commonPasswords } from './common-passwords.ts'

/** Characters that a password has at least. */
const minPassword = 8
/** Bytes that a password has at most: what is longer is no password but a way to keep the server busy. */
const maxPassword = 1024

/** Rows of keys and of the alphabet, along which people slide. */
const rows = ['abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm', 'azertyuiopqsdfghjklmwxcvbn']

export type Weakness = 'too-long' | 'too-short' | 'like-login' | 'common'

const sentences: Readonly<Record<Weakness, string>> = {
  'too-long': `longer than ${maxPassword} bytes`,
  'too-short': `shorter than ${minPassword} characters`,
  'like-login': 'too much like the login',
  common: 'one of those that are guessed first',
}

/** What is wrong with a new password, to follow “this password is”; undefined: nothing. */
export function checkPassword(password: string, login?: string): string | undefined {
  const found = weakness(password, login)
  return found && sentences[found]
}

/**
 * What is wrong with a new password; undefined: nothing. Of page passwords the server sees only what is derived from
 * them, so pages ask this in the browser: nothing here needs more than the language.
 */
export function weakness(password: string, login?: string): Weakness | undefined {
  if (new TextEncoder().encode(password).byteLength > maxPassword) return 'too-long'
  if (Array.from(password).length < minPassword) return 'too-short'
  const folded = password.toLowerCase()
  if (login !== undefined && isLogin(folded, login.toLowerCase())) return 'like-login'
  return isCommon(folded) ? 'common' : undefined
}

/** The login itself, forwards or backwards, perhaps with a few digits or signs behind. */
function isLogin(folded: string, login: string): boolean {
  const [word = ''] = /^.*?(?=[^\p{L}]{0,4}$)/u.exec(folded) ?? []
  const backwards = [...login].reverse().join('')
  return [folded, word].some((one) => one === login || one === backwards)
}

function isCommon(folded: string): boolean {
  // Dates and telephone numbers; letters and digits that repeat; slides.
  if (/^\d{8,11}$/.test(folded) || new Set(folded).size < 4) return true
  const reversed = [...folded].reverse().join('')
  if (rows.some((row) => row.includes(folded) || row.includes(reversed))) return true
  // Asked for a few times in a server's life: not worth keeping a set in memory.
  return new Set(commonPasswords.split(/\s+/)).has(folded)
}
