/** Who is signed in, and what the server says of itself: asked once, and again after what changes it. */
import { answerWith, callBare } from './api.ts'
import type { Me, State } from './contract.ts'
import { followLanguage } from './words/language.ts'

let known: State | undefined

/** Told after `state()` changed. */
export const sessionChanged = new EventTarget()
function tell(): void {
  sessionChanged.dispatchEvent(new Event('change'))
}

/** What is known; `load` has to have been waited for. */
export function state(): State {
  if (!known) throw new Error('the state was not loaded')
  return known
}

/** Who is signed in. For pages that nobody else reaches (see `needs` in routes.ts). */
export function me(): Me {
  const { me: found } = state()
  if (!found) throw new Error('nobody is signed in')
  return found
}

/** Asks the server. Errors: `ApiError`. */
export async function load(): Promise<State> {
  known = await callBare<State>('GET', '/state')
  if (known.me?.language) followLanguage(known.me.language)
  tell()
  return known
}

/** After an answer that tells who is signed in now. The page follows. */
export function setMe(found: Me | null): void {
  takeMe(found)
  announceMe()
}

/** The same in two steps, for what has to be done before the page follows. */
export function takeMe(found: Me | null): void {
  known = { ...state(), me: found }
  if (found?.language) followLanguage(found.language)
}
export const announceMe = (): void => tell()

/** Asks for the present person again, after a change. */
export async function reloadMe(): Promise<Me> {
  const found = await callBare<Me>('GET', '/me')
  setMe(found)
  return found
}

/** Whether the last proof still holds, with a little to spare. */
export const isFresh = (): boolean => (known?.me?.freshUntil ?? 0) > Date.now() + 5_000

answerWith({
  prove: async () => (await import('./proof.ts')).prove(),
  signedOut: () => {
    if (known?.me) setMe(null)
  },
})
