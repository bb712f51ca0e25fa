/** Asks the person to prove that it is she. */
export async function prove(): Promise<boolean> {
  return false
}
