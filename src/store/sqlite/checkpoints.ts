/** Moves the write-ahead log into the database, on the worker's thread, before it grows long. */
import type { Background } from './background.ts'
import type { Connection } from './driver.ts'
import type { WriteToken } from './token.ts'

/** Pages of 4 KiB in the log that are not in the database yet: a checkpoint beside others' work. */
const passivePages = 4_096
/** Pages in the log at all: it has to begin anew, for which writers wait. */
const restartPages = 16_384
/** Pages after which a checkpoint that readers hindered is tried again. */
const retryPages = 1_024

export interface Checkpoints {
  /** To be called after every commit: looks how long the log is. Never throws: the commit is done. */
  written(): void
}

export function createCheckpoints(parts: {
  connection: Connection
  background: Background
  token: WriteToken
  onError(error: unknown): void
}): Checkpoints {
  const { connection, background, token, onError } = parts
  const state = connection.prepare('PRAGMA wal_checkpoint(NOOP)')
  let isRunning = false
  let tried = 0

  async function alone<T>(perform: () => Promise<T>): Promise<T> {
    await token.take()
    try {
      return await perform()
    } finally {
      token.free()
    }
  }

  function look(): number[] {
    try {
      return (state.get() ?? []) as number[]
    } catch (error) {
      onError(error)
      return []
    }
  }

  return {
    written() {
      if (isRunning) return
      const [, pages = 0, moved = 0] = look()
      // The log has begun anew.
      if (pages < tried) tried = 0
      const isLong = pages >= restartPages
      if (!isLong && pages - moved < passivePages) return
      if (tried > 0 && pages - tried < retryPages) return
      isRunning = true
      tried = pages
      const done = isLong
        ? background.run({ kind: 'checkpoint', mode: 'RESTART' }, alone)
        : background.run({ kind: 'checkpoint', mode: 'PASSIVE' })
      done.catch(onError).finally(() => (isRunning = false))
    },
  }
}
