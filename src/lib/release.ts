/** Which release this is, for `/__version__` and the command line. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

export const release = { name: 'essaim', version, source: '', commit: '' }
