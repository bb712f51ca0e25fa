import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, link, mkdir, open, opendir, rename, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  type BlobEntry,
  BlobError,
  type BlobName,
  type BlobRange,
  type Blobs,
  type OpenBlob,
  type PutLimits,
} from '../core/ports.ts'

/** File calls that a test may replace, to meet a full disk or another process at the worst moment. */
export interface FileCalls {
  open: typeof open
  rename: typeof rename
}

/** Folders of which it is known that their names are on the disk; forgotten when there are too many. */
const maxKnownFolders = 4096

/**
 * Blobs as files of one directory, which is made (0700) when first needed:
 *
 *     <directory>/4e/4e0c91a5d2f7/9f/9f86d08…    home in 12 or more hexadecimal digits, hash
 *     <directory>/temporary/<random>             unfinished
 *
 * A body is written to a temporary file (0600), which is synced, renamed, and its folder synced, so a
 * name never stands for half a body. A body that is there already is replaced by its equal: this
 * costs no more than a comparison, renews `modified` in the same instant, and heals a damaged file.
 * Several processes may share the directory.
 */
export function createFileBlobs(directory: string, calls: FileCalls = { open, rename }): Blobs {
  const temporary = join(directory, 'temporary')
  const durable = new Set<string>()

  async function put(
    home: number,
    source: AsyncIterable<Uint8Array>,
    { maxBytes, hash: expected }: PutLimits,
  ): Promise<BlobName> {
    homeName(home)
    if (expected !== undefined) checkHash(expected)
    const { path, file } = await openTemporary()
    try {
      const name = await receive(file, source, maxBytes)
      if (expected !== undefined && name.hash !== expected) {
        throw new BlobError('mismatch', `the body has the hash ${name.hash}, not ${expected}`)
      }
      await file.datasync()
      await file.close()
      await adopt(path, home, name.hash)
      return name
    } catch (error) {
      await file.close().catch(() => {})
      await unlink(path).catch(() => {})
      throw orNoSpace(error)
    }
  }

  async function openTemporary(): Promise<{ path: string; file: FileHandle }> {
    const path = join(temporary, randomUUID())
    try {
      return { path, file: await calls.open(path, 'wx', 0o600) }
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw orNoSpace(error)
    }
    try {
      await mkdir(temporary, { recursive: true, mode: 0o700 })
      return { path, file: await calls.open(path, 'wx', 0o600) }
    } catch (error) {
      throw orNoSpace(error)
    }
  }

  /** Gives a synced temporary file its name, durably. */
  async function adopt(path: string, home: number, hash: string): Promise<void> {
    const folder = hashFolder(home, hash)
    for (let attempt = 1; ; attempt++) {
      try {
        await makeDurable(folder)
        await calls.rename(path, join(folder, hash))
        await syncFolder(folder)
        return
      } catch (error) {
        // A home that was removed since took the folder with it, and comes back with this body.
        durable.delete(folder)
        if (!isCode(error, 'ENOENT') || attempt === 3) throw error
      }
    }
  }

  /**
   * Makes a folder and syncs the folders that hold its name and its parents' names. Those that are
   * there already are synced too: another put may have made them a moment ago, and not synced yet.
   */
  async function makeDurable(folder: string): Promise<void> {
    if (durable.has(folder)) return
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const home = join(folder, '..')
    for (const parent of [home, join(home, '..'), directory]) await syncFolder(parent)
    if (durable.size >= maxKnownFolders) durable.clear()
    durable.add(folder)
  }

  async function syncFolder(folder: string): Promise<void> {
    const handle = await calls.open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  async function get(home: number, hash: string, range?: BlobRange): Promise<OpenBlob | undefined> {
    const path = pathOf(home, hash)
    const file = await ifThere(calls.open(path, 'r'))
    if (file === undefined) return undefined
    try {
      const { size } = await file.stat()
      const { start, length } = clip(size, range)
      if (length > 0) {
        return { size, start, length, stream: file.createReadStream({ start, end: start + length - 1 }) }
      }
      await file.close()
      return { size, start, length, stream: Readable.from([], { objectMode: false }) }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async function has(home: number, hash: string): Promise<boolean> {
    return (await ifThere(stat(pathOf(home, hash)))) !== undefined
  }

  async function remove(home: number, hash: string, putBefore: number): Promise<boolean> {
    const path = pathOf(home, hash)
    const found = await ifThere(stat(path))
    if (found === undefined || found.mtimeMs >= putBefore) return false
    // Between the look and the removal the same body may be put anew. A file that was moved aside can
    // be looked at in peace, and goes back when it is the new one (unless there is a newer one still).
    const aside = join(temporary, randomUUID())
    if ((await ifThere(calls.rename(path, aside).then(() => true))) === undefined) return false
    const fresh = (await stat(aside)).mtimeMs >= putBefore
    if (fresh) {
      await link(aside, path).catch((error: unknown) => {
        if (!isCode(error, 'EEXIST')) throw error
      })
      await syncFolder(hashFolder(home, hash))
    }
    await unlink(aside)
    return !fresh
  }

  async function* list(home: number): AsyncGenerator<BlobEntry> {
    const top = homeFolder(home)
    for await (const folder of namesIn(top)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue
      for await (const hash of namesIn(join(top, folder))) {
        if (!isHash(hash) || !hash.startsWith(folder)) continue
        const found = await ifThere(stat(join(top, folder, hash)))
        if (found?.isFile()) yield { hash, size: found.size, modified: Math.floor(found.mtimeMs) }
      }
    }
  }

  async function* homes(): AsyncGenerator<number> {
    for await (const folder of namesIn(directory)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue
      for await (const name of namesIn(join(directory, folder))) {
        const home = Number.parseInt(name, 16)
        if (Number.isSafeInteger(home) && homeName(home) === name && name.startsWith(folder)) yield home
      }
    }
  }

  async function removeHome(home: number): Promise<void> {
    const folder = homeFolder(home)
    const aside = join(temporary, randomUUID())
    await mkdir(temporary, { recursive: true, mode: 0o700 })
    // One rename, and the home is gone as a whole: a process killed here leaves a temporary folder.
    if ((await ifThere(calls.rename(folder, aside).then(() => true))) === undefined) return
    for (const known of durable) if (known.startsWith(folder)) durable.delete(known)
    await syncFolder(join(folder, '..'))
    await rm(aside, { recursive: true, force: true, maxRetries: 3 })
  }

  async function sweepTemporary(writtenBefore: number): Promise<number> {
    let removed = 0
    for await (const name of namesIn(temporary)) {
      const path = join(temporary, name)
      const found = await ifThere(stat(path))
      if (found === undefined || found.mtimeMs >= writtenBefore) continue
      await rm(path, { recursive: true, force: true })
      removed++
    }
    return removed
  }

  const homeFolder = (home: number) => {
    const name = homeName(home)
    return join(directory, name.slice(0, 2), name)
  }
  const hashFolder = (home: number, hash: string) => join(homeFolder(home), hash.slice(0, 2))
  const pathOf = (home: number, hash: string) => {
    checkHash(hash)
    return join(hashFolder(home, hash), hash)
  }

  return { put, get, has, remove, list, homes, removeHome, sweepTemporary }
}

/** Writes the source to the file; gives its hash and length. */
async function receive(
  file: FileHandle,
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<BlobName> {
  const hash = createHash('sha256')
  let size = 0
  let ours = false
  try {
    for await (const chunk of source) {
      ours = true
      size += chunk.byteLength
      if (size > maxBytes) throw new BlobError('too-large', `the body is larger than ${maxBytes} bytes`)
      hash.update(chunk)
      await writeAll(file, chunk)
      ours = false
    }
  } catch (error) {
    throw ours ? error : new BlobError('aborted', 'the body broke off', { cause: error })
  }
  return { hash: hash.digest('hex'), size }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength;) {
    offset += (await file.write(chunk, offset)).bytesWritten
  }
}

function clip(size: number, range: BlobRange | undefined): { start: number; length: number } {
  if (range === undefined) return { start: 0, length: size }
  const { start, end = Number.MAX_SAFE_INTEGER } = range
  if (
    !Number.isSafeInteger(start) ||
    !Number.isSafeInteger(end) ||
    start < 0 ||
    start >= size ||
    end < start
  ) {
    throw new BlobError('range', `no bytes ${start} to ${end} in a blob of ${size}`)
  }
  return { start, length: Math.min(end, size - 1) - start + 1 }
}

function homeName(home: number): string {
  if (!Number.isSafeInteger(home) || home < 0) throw new BlobError('malformed', `no home: ${home}`)
  return home.toString(16).padStart(12, '0')
}

const isHash = (text: string) => /^[0-9a-f]{64}$/.test(text)

function checkHash(hash: string): void {
  if (!isHash(hash)) throw new BlobError('malformed', 'a hash is 64 lower-case hexadecimal digits')
}

/** Names in a folder, read piece by piece; none when the folder is not there. */
async function* namesIn(folder: string): AsyncGenerator<string> {
  const opened = await ifThere(opendir(folder))
  if (opened === undefined) return
  for await (const entry of opened) yield entry.name
}

/** What the call gives, or undefined where a name on its path does not exist. */
async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function orNoSpace(error: unknown): unknown {
  return isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')
    ? new BlobError('no-space', 'no space is left for the body', { cause: error })
    : error
}
