import { CodedError } from '../coded-error.ts'

export type TextErrorCode = 'text-nul' | 'text-surrogate'

/** True if the text can be an id, a path segment or a key in every store: no NUL, no lone surrogate. */
export function isPlainText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Throws CodedError `text-nul` or `text-surrogate` unless `isPlainText`. `what` names the thing in the message. */
export function assertPlainText(text: string, what = 'id'): void {
  if (text.includes('\0')) throw new CodedError<TextErrorCode>('text-nul', `${what} contains a NUL character`)
  if (!text.isWellFormed())
    throw new CodedError<TextErrorCode>('text-surrogate', `${what} is not valid Unicode`)
}
