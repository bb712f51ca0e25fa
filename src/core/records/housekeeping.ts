/** What runs beside requests: sweeps of rows and of blobs. Every round is small and gives way. */
import type { BlobEntry, Blobs, Clock, Store } from '../ports.ts'
import { blobGrace, orphans } from '../ports.ts'

export interface Housekeeping {
  start(): void
  /** Ends what runs and waits for it. */
  stop(): Promise<void>
  /** One pass over rows until nothing is left to do. */
  sweepRows(): Promise<void>
  /** One pass over all blobs: rows without references, then files without rows. */
  sweepBlobs(): Promise<void>
}

/** Milliseconds between two passes over rows, and over blobs. */
const rowsEvery = 30_000
const blobsEvery = 3_600_000
/** Files that are looked at in one go. */
const piece = 500

export function createHousekeeping(options: {
  store: Store
  blobs: Blobs
  clock: Clock
  onError(error: unknown): void
}): Housekeeping {
  const { store, blobs, clock, onError } = options
  const stopped = new AbortController()
  const running = new Set<Promise<void>>()

  async function sweepRows(): Promise<void> {
    while (!stopped.signal.aborted && (await store.sweep()).more) await pause()
  }

  async function sweepBlobs(): Promise<void> {
    const before = clock.now() - blobGrace
    for (;;) {
      const rows = await store.zeroBlobs(before, piece)
      let forgotten = 0
      for (const { home, hash } of rows) if (await store.forgetBlob(home, hash)) forgotten++
      // Where all were named again meanwhile, the next pass goes on.
      if (rows.length < piece || forgotten === 0 || stopped.signal.aborted) break
      await pause()
    }
    for await (const home of blobs.homes()) {
      if (stopped.signal.aborted) return
      if (!(await store.home(home))) await blobs.removeHome(home)
      else await sweepFiles(home, before)
    }
  }

  async function sweepFiles(home: number, before: number): Promise<void> {
    let files: BlobEntry[] = []
    const flush = async () => {
      const named = new Set<string>()
      for (const { hash } of files) if (await store.blob(home, hash)) named.add(hash)
      for (const { hash } of orphans(files, named, before)) await blobs.remove(home, hash, before)
      files = []
    }
    for await (const file of blobs.list(home)) {
      files.push(file)
      if (files.length >= piece) await flush()
      if (stopped.signal.aborted) return
    }
    await flush()
  }

  function every(ms: number, pass: () => Promise<void>): void {
    let busy = false
    const timer = setInterval(() => {
      if (busy) return
      busy = true
      const run = pass()
        .catch(onError)
        .finally(() => {
          busy = false
          running.delete(run)
        })
      running.add(run)
    }, ms).unref()
    stopped.signal.addEventListener('abort', () => clearInterval(timer))
  }

  return {
    start() {
      every(rowsEvery, sweepRows)
      every(blobsEvery, sweepBlobs)
    },
    async stop() {
      stopped.abort()
      await Promise.all(running)
    },
    sweepRows,
    sweepBlobs,
  }
}

const pause = () => new Promise((resolve) => setImmediate(resolve))
