/** What is wrong with a new password, by the server's own rules, asked here because the server never sees one. */

export type Weakness = 'too-long' | 'too-short' | 'like-login' | 'common'

interface Rules {
  weakness(password: string, login?: string): Weakness | undefined
}

// A file of its own beside the pages: the list of what is guessed first is long, and most people make one account.
let rules: Promise<Rules> | undefined

/** Undefined: nothing is wrong with it. */
export async function weaknessOf(password: string, login: string): Promise<Weakness | undefined> {
  rules ??= import(new URL('./weak.js', import.meta.url).href) as Promise<Rules>
  return (await rules).weakness(password, login)
}
