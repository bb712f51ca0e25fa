/** Faults of these pages: what went wrong and has no sentence of its own. They are told to who looks at the console. */

let leaving = false
// What is under way when the document is left ends with errors that nobody has to hear of.
for (const event of ['beforeunload', 'pagehide']) addEventListener(event, () => (leaving = true))
addEventListener('pageshow', () => (leaving = false))

export function reportFault(error: unknown): void {
  if (!leaving) console.error(error)
}
