/** Cookies of our pages (RFC 6265bis): all with the `__Host-` prefix, none readable by scripts. */

/** The session, the browser's own mark, and what a sign-in with another provider has to remember. */
export const cookieNames = {
  session: '__Host-essaim',
  browser: '__Host-essaim-browser',
  flow: '__Host-essaim-flow',
} as const

/** Characters of a Cookie header that are looked at, and of one value. */
const maxHeader = 8_192
const maxValue = 4_096

/** Seconds that a browser's own mark is kept. */
export const browserCookie = 400 * 86_400

/** The value of one cookie; undefined where it is missing, given twice or too long. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > maxHeader) return undefined
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  const [value] = values
  return values.length === 1 && value !== '' && value!.length <= maxValue ? value : undefined
}

/** A Set-Cookie header's value; `seconds` is how long the browser keeps it, 0 takes it away. */
export const setCookie = (name: string, value: string, seconds: number): string =>
  `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`
