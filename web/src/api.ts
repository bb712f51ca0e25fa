/** Calls of the server's API. What goes wrong is an `ApiError`, and `sentenceOf` says it in the person's language. */
import { KeysError } from '@essaim/client'
import { baseWords } from './words/base/index.ts'

/** An answer that is no success. `cancelled`: the person closed the dialog that asked for a proof. */
export class ApiError extends Error {
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  /** Seconds to wait, where the server says so. */
  readonly retryAfter: number | undefined

  constructor(code: string, details: Readonly<Record<string, unknown>> = {}) {
    super(code)
    this.name = 'ApiError'
    this.code = code
    this.details = details
    this.retryAfter = typeof details['retryAfter'] === 'number' ? details['retryAfter'] : undefined
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

async function once(method: Method, path: string, body?: unknown): Promise<unknown> {
  const raw = body instanceof Blob
  let answer: Response
  try {
    answer = await fetch(`/api${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'Content-Type': raw ? body.type : 'application/json' },
        body: raw ? body : JSON.stringify(body),
      }),
    })
  } catch {
    throw new ApiError('offline')
  }
  const json = (await answer.json().catch(() => undefined)) as Record<string, unknown> | undefined
  if (answer.ok) return json
  const code =
    typeof json?.['error'] === 'string' ? json['error'] : answer.status === 404 ? 'absent' : 'failed'
  const after = Number(answer.headers.get('Retry-After'))
  throw new ApiError(code, { ...(after > 0 && { retryAfter: after }), ...json })
}

/** What an application does when the server asks for a proof, or says that nobody is signed in. */
interface Answers {
  /** Asks for a proof; false: the person would not. */
  prove(): Promise<boolean>
  signedOut(): void
}

let answers: Answers | undefined

/** Says what is done about `not-fresh` and `signed-out`. Called once, when the pages start. */
export function answerWith(given: Answers): void {
  answers = given
}

/**
 * Calls the API; `path` begins behind `/api`. Where the server asks for a fresh proof, the person is asked and the
 * call is made again; where she is signed out, the sign-in page comes. Errors: `ApiError`.
 */
export async function call<Answer = unknown>(method: Method, path: string, body?: unknown): Promise<Answer> {
  try {
    return (await once(method, path, body)) as Answer
  } catch (error) {
    if (!(error instanceof ApiError) || !answers) throw error
    if (error.code === 'signed-out') answers.signedOut()
    if (error.code !== 'not-fresh') throw error
    if (!(await answers.prove())) throw new ApiError('cancelled')
    return (await once(method, path, body)) as Answer
  }
}

/** A call that asks for nothing when it is refused: for the proof itself and for what may fail unseen. */
export const callBare = async <Answer = unknown>(method: Method, path: string, body?: unknown) =>
  (await once(method, path, body)) as Answer

/** What to tell the person of an error; an empty text where there is nothing to say. */
export function sentenceOf(error: unknown): string {
  const { errors, keyErrors, retryAfter } = baseWords()
  if (error instanceof ApiError) {
    if (error.code === 'cancelled') return ''
    const sentence = (errors as Readonly<Record<string, string>>)[error.code] ?? errors.failed
    return error.retryAfter === undefined ? sentence : `${sentence} ${retryAfter(error.retryAfter)}`
  }
  if (!(error instanceof KeysError)) return errors.failed
  const { code, details } = error
  if (code === 'words-count') return keyErrors[code](Number(details['count']))
  if (code === 'words-unknown') return keyErrors[code](String(details['word']))
  return (keyErrors as unknown as Readonly<Record<string, string>>)[code] ?? keyErrors.other
}
