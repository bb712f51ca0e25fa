/** Which release this is, for `/__version__` and the command line. */
import { readFileSync } from 'node:fs'

const { version: number } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as {
  version: string
}

export const release = { name: 'essaim', version: number, source: '', commit: '' }
