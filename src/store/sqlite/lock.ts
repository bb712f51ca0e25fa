/** The lock on the data folder: one process at a time. */
import { isStoreError, storeError } from '../errors.ts'
import { type Driver, nodeDriver } from './driver.ts'
import { makeFile } from './open.ts'

export interface DataLock {
  release(): void
}

/**
 * Takes the lock `path` (`<data>/lock`) for the life of the process or until `release`. The
 * operating system gives it back when the process ends, however that happens.
 * Throws `store-locked` when another process has it.
 */
export function takeDataLock(path: string, driver: Driver = nodeDriver): DataLock {
  makeFile(path)
  const connection = driver.open(path)
  try {
    connection.exec('PRAGMA busy_timeout = 0')
    connection.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    connection.close()
    if (!isStoreError(error) || error.code !== 'store-busy') throw error
    throw storeError('store-locked', 'another process uses this data', error)
  }
  return { release: () => connection.close() }
}
