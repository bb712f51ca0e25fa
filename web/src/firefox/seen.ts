/** Which Firefox somebody reads a page in, as far as it says so itself. */

/** `computer`, `android` and `ios`: Firefox there; `other`: no Firefox. */
export type Kind = 'computer' | 'android' | 'ios' | 'other'

/** `agent` is what the browser calls itself. */
export function kindOf(agent: string): Kind {
  // COMPAT Firefox for iOS: on an iPad it says that it is a Mac.
  if (/ FxiOS\//.test(agent)) return 'ios'
  if (!/ Firefox\/\d/.test(agent) || / (?:Seamonkey|PaleMoon)\//i.test(agent)) return 'other'
  return /\bAndroid\b/.test(agent) ? 'android' : 'computer'
}
