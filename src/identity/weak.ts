/** Which new passwords are refused: short ones, and those that are tried first (OWASP ASVS 5.0, 6.2.1 and 6.2.4). */
import { commonPasswords } from './common-passwords.ts'

/** Characters that a password has at least. */
const minPassword = 8
/** Bytes that a password has at most: what is longer is no password but a way to keep the server busy. */
const maxPassword = 1024

/** Rows of keys and of the alphabet, along which people slide. */
const rows = ['abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm', 'azertyuiopqsdfghjklmwxcvbn']

/** What is wrong with a new password, to follow “this password is”; undefined: nothing. */
export function checkPassword(password: string, login?: string): string | undefined {
  if (Buffer.byteLength(password) > maxPassword) return `longer than ${maxPassword} bytes`
  if (Array.from(password).length < minPassword) return `shorter than ${minPassword} characters`
  const folded = password.toLowerCase()
  if (login !== undefined && isLogin(folded, login.toLowerCase())) return 'too much like the login'
  return isCommon(folded) ? 'one of those that are guessed first' : undefined
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
