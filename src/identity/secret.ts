/** The key file: what seals secrets in the database is kept apart from it. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { CodedError } from '../lib/coded-error.ts'
import { nextKeyFile, parseKeyFile } from '../lib/sealed.ts'
import type { KeyRing } from '../lib/sealed.ts'

/** Bytes of a key file: thousands of generations. */
const maxBytes = 1_048_576

/**
 * Reads the key file, and makes it where there is none (mode 0600, durable before it is used).
 * Throws CodedError `key-file` if others may read it or it is damaged.
 */
export function loadKeys(file: string): KeyRing {
  return read(file) ?? make(file)
}

function read(file: string): KeyRing | undefined {
  let text: string
  try {
    const { mode, size } = statSync(file)
    if ((mode & 0o077) !== 0)
      throw new CodedError('key-file', `others can read the secret key: run chmod 600 ${file}`)
    if (size > maxBytes) throw new CodedError('key-file', `${file} is no key file`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return parseKeyFile(text)
}

function make(file: string): KeyRing {
  const text = nextKeyFile()
  const temporary = `${file}.${process.pid}`
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  try {
    // Never over a key that another process made in the meantime: what that one sealed would be lost.
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return read(file)!
  } finally {
    unlinkSync(temporary)
  }
  const folder = openSync(dirname(file), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
  return parseKeyFile(text)
}
