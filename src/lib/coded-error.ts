/**
 * An error that callers can act on: `code` is stable and machine-readable, `message` is for people,
 * `details` carries small facts (an index, a position), never contents or secrets.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: Code, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'CodedError'
    this.code = code
    this.details = details
  }
}
