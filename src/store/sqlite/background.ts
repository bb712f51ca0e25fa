/** The worker thread, seen from the main one: made when it is first needed, one task at a time. */
import { Worker } from 'node:worker_threads'
import { storeError } from '../errors.ts'
import type { Answer, Task } from './worker.ts'

/** The worker's file, beside this one in the sources and at its own place in the bundle. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './store/sqlite/worker.js',
  import.meta.url,
)

export interface Background {
  /**
   * Has a task done when its turn comes. `around` is called then, and calls what has it done: so
   * that the write token is not held while the task waits behind another.
   * Rejects with the store error that the task met with, or `store-failed` when the thread died.
   */
  run<T>(task: Task, around?: (perform: () => Promise<T>) => Promise<T>): Promise<T>
  /** Waits for what was asked for and ends the thread. */
  close(): Promise<void>
}

export function createBackground(path: string): Background {
  let worker: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false

  function start(): Worker {
    const started = new Worker(workerFile, { workerData: path })
    started.once('exit', () => {
      if (worker === started) worker = undefined
    })
    // So that a death between two tasks is not the process's: the next one starts another.
    started.on('error', () => {})
    return started
  }

  function perform<T>(task: Task): Promise<T> {
    const thread = (worker ??= start())
    return new Promise((resolve, reject) => {
      const onMessage = (answer: Answer) => {
        end()
        if ('result' in answer) resolve(answer.result as T)
        else reject(storeError(answer.code, answer.message))
      }
      const onError = (error: unknown) => {
        end()
        reject(storeError('store-failed', 'the worker thread failed', error))
      }
      const onExit = () => onError(undefined)
      const end = () => {
        thread.off('message', onMessage).off('error', onError).off('exit', onExit)
        thread.unref()
      }
      thread.on('message', onMessage).on('error', onError).on('exit', onExit)
      thread.ref()
      thread.postMessage(task)
    })
  }

  return {
    run(task, around = (act) => act()) {
      if (isClosed) return Promise.reject(storeError('store-closed', 'the store is closed'))
      const done = last.then(() => around(() => perform(task)))
      last = done.catch(() => undefined)
      return done
    },
    async close() {
      isClosed = true
      await last
      await worker?.terminate()
    },
  }
}
