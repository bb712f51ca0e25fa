/** What runs on another thread, with a connection of its own: sweeps, checkpoints, copies. */
import { parentPort, workerData } from 'node:worker_threads'
import { isStoreError, type StoreErrorCode } from '../errors.ts'
import { type Connection, nodeDriver } from './driver.ts'
import { copyInto } from './migrations.ts'
import { forgetPerson, type ForgetTask, namesPerson } from './forget.ts'
import { openConnection } from './open.ts'
import { sweepPiece, type SweepTask } from './sweep.ts'

export type Task =
  | ({ kind: 'sweep' } & SweepTask)
  /** PASSIVE goes on beside others; RESTART needs the write token, and lets the log begin anew. */
  | { kind: 'checkpoint'; mode: 'PASSIVE' | 'RESTART' }
  | { kind: 'copy'; file: string }
  /** The first says whether there is anything to forget, and needs no write token. */
  | ({ kind: 'names' | 'forget' } & ForgetTask)

export type Answer = { result: unknown } | { code: StoreErrorCode; message: string }

/** Pages that the worker keeps in memory. */
const cacheBytes = 1024 * 1024
/** Milliseconds that a checkpoint waits for readers, while nobody can write. */
const checkpointPatience = 100

const path = workerData as string
let connection: Connection | undefined

parentPort?.on('message', (task: Task) => {
  let answer: Answer
  try {
    connection ??= openConnection(nodeDriver, path, { cacheBytes, patience: checkpointPatience })
    answer = { result: perform(connection, task) }
  } catch (error) {
    answer = isStoreError(error)
      ? { code: error.code, message: error.message }
      : { code: 'store-failed', message: String(error) }
  }
  parentPort?.postMessage(answer)
})

parentPort?.on('close', () => connection?.close())

function perform(database: Connection, task: Task): unknown {
  switch (task.kind) {
    case 'sweep':
      return sweepPiece(database, task)
    case 'checkpoint':
      return database.prepare(`PRAGMA wal_checkpoint(${task.mode})`).get()
    case 'copy':
      return copyInto(database, task.file)
    case 'names':
      return namesPerson(database, task)
    case 'forget':
      return forgetPerson(database, task)
  }
}
