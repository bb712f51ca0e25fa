/** Where the program is installed: its package.json, and the files of its pages. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of package.json, above this file in the sources as in the bundle. */
export const root: string = find(import.meta.dirname)

function find(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const above = dirname(folder)
  if (above === folder) throw new Error('the installation has no package.json')
  return find(above)
}
