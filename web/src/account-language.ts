/** The language that a signed-in person has chosen holds for her mails as well. */
import { callBare } from './api.ts'
import { state } from './session.ts'
import type { Language } from './words/language.ts'

export async function rememberLanguage(language: Language): Promise<void> {
  if (!state().me) return
  // The page speaks it already; that the server could not note it is no reason to complain.
  await callBare('PUT', '/me/language', { language }).catch(() => undefined)
}
