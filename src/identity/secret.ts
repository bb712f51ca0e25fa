/** The key file: what seals secrets in the database is kept apart from it, and may grow while servers run. */
import {
  chownSync,
  closeSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CodedError } from '../lib/coded-error.ts'
import { type KeyRing, type LiveRing, liveRing, nextKeyFile } from '../lib/sealed.ts'

/** Bytes of a key file: thousands of generations. */
const maxBytes = 1_048_576

/** How often, and at which distance in milliseconds, a rotation waits for that of another process. */
const lockAttempts = 250
const lockPause = 20

export interface KeyFile {
  /** The keys in force: what is added to the file, here or by another process, is in it at once when it is needed. */
  readonly ring: KeyRing
  /**
   * Looks whether the file has grown since it was read; costs a few microseconds when it was not touched. A file that
   * is damaged, or has lost what is in use, is told to `onError` once and changes nothing.
   */
  look(): boolean
  /**
   * Adds a generation and returns its number: it is on the disk before anything is sealed under it, the file is whole at
   * every moment, and two rotations at one time give two generations. Errors: CodedError `key-file`, with what to do.
   */
  rotate(): Promise<number>
}

export interface KeyFileOptions {
  /** Takes a lock that ends with the process; throws CodedError `store-locked` while another one has it. */
  lock(path: string): { release(): void }
  onError(error: unknown): void
}

/**
 * Reads the key file, and makes it where there is none (mode 0600, durable before it is used).
 * Throws CodedError `key-file` if others may read it or it is damaged.
 */
export function openKeyFile(path: string, { lock, onError }: KeyFileOptions): KeyFile {
  const first = read(path) ?? make(path)
  // What a link points to is replaced, not the link.
  const file = realpathSync(path)
  let seen = stamp(file)
  const ring: LiveRing = liveRing(first, () => void look())

  function look(): boolean {
    try {
      const found = stamp(file)
      if (found === seen) return false
      seen = found
      return ring.replace(read(file) ?? '')
    } catch (error) {
      onError(error)
      return false
    }
  }

  async function rotate(): Promise<number> {
    const held = await exclusively(file, lock)
    try {
      const text = read(file) ?? ''
      ring.replace(text)
      const next = nextKeyFile(text)
      if (Buffer.byteLength(next) > maxBytes) throw new CodedError('key-file', `${file} is full`)
      replaceFile(file, next)
      ring.replace(next)
      seen = stamp(file)
      return ring.current
    } catch (error) {
      throw unwritable(error, file)
    } finally {
      held.release()
    }
  }

  return { ring, look, rotate }
}

/** What differs when the file does: its place on the disk, its size, its time. */
function stamp(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file)
    return `${ino} ${size} ${mtimeMs}`
  } catch {
    return 'gone'
  }
}

function read(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) return undefined
  if ((found.mode & 0o077) !== 0)
    throw new CodedError('key-file', `others can read the secret key: run chmod 600 ${file}`)
  if (found.size > maxBytes) throw new CodedError('key-file', `${file} is no key file`)
  return readFileSync(file, 'utf8')
}

function make(file: string): string {
  const text = nextKeyFile()
  const temporary = `${file}.${process.pid}`
  writeDurably(temporary, text)
  try {
    // Never over a key that another process made in the meantime: what that one sealed would be lost.
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return read(file)!
  } finally {
    unlinkSync(temporary)
  }
  syncFolder(file)
  return text
}

/** Puts a new text in the place of the old one; only under the lock, since the temporary file has one name. */
function replaceFile(file: string, text: string): void {
  const temporary = `${file}.new`
  rmSync(temporary, { force: true })
  writeDurably(temporary, text, statSync(file))
  renameSync(temporary, file)
  syncFolder(file)
}

/** `as` is the file whose owner the new one gets, where root runs the command for the server's user. */
function writeDurably(file: string, text: string, as?: Stats): void {
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    if (as && process.getuid?.() === 0) fchownSync(descriptor, as.uid, as.gid)
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

async function exclusively(file: string, lock: KeyFileOptions['lock']): Promise<{ release(): void }> {
  const path = `${file}.lock`
  for (let attempt = 1; ; attempt++) {
    try {
      const held = lock(path)
      const { uid, gid } = statSync(file)
      if (process.getuid?.() === 0) chownSync(path, uid, gid)
      return held
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'store-locked') throw unwritable(error, file)
      if (attempt === lockAttempts)
        throw new CodedError('key-file', `another process is changing ${file}; try again`)
    }
    await wait(lockPause)
  }
}

/** Why the file could not be replaced, in words that say what to do. */
function unwritable(error: unknown, file: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (!['EACCES', 'EPERM', 'EROFS', 'EBUSY'].includes(code)) return error
  return new CodedError(
    'key-file',
    `the key file cannot be replaced (${code}): let the user that runs the server write to ${dirname(file)}, and mount the folder rather than the file`,
  )
}
