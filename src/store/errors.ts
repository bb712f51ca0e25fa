import { CodedError } from '../lib/coded-error.ts'

/**
 * Why a store could not do what it was asked, whatever the request was about.
 * - `store-full`: the disk or its quota is full. Nothing was written; works again when there is room.
 * - `store-busy`: more waits than the store takes in, or a lock was not to be had in time. Try later.
 * - `store-unavailable`: the database can't be reached. Try later.
 * - `store-unknown`: the connection broke during the commit: it may have been done or not.
 * - `store-timeout`: a session took longer than it may and was rolled back.
 * - `store-locked`: another process holds the data.
 * - `store-newer`: the data was written by a newer version of the program.
 * - `store-closed`: the store has been closed.
 * - `store-failed`: anything else the database says; `cause` is its error.
 */
export type StoreErrorCode =
  | 'store-full'
  | 'store-busy'
  | 'store-unavailable'
  | 'store-unknown'
  | 'store-timeout'
  | 'store-locked'
  | 'store-newer'
  | 'store-closed'
  | 'store-failed'

/** An error of the store itself, as opposed to a refusal of what was asked. */
export function storeError(
  code: StoreErrorCode,
  message: string,
  cause?: unknown,
): CodedError<StoreErrorCode> {
  const error = new CodedError(code, message)
  if (cause !== undefined) error.cause = cause
  return error
}

/** Whether an error was made by `storeError`. */
export function isStoreError(error: unknown): error is CodedError<StoreErrorCode> {
  return error instanceof CodedError && error.code.startsWith('store-')
}
