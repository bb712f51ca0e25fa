/** The worker that stretches passwords: minutes of arithmetic that would hold up the page. Its one file runs alone. */
import { predictStretch, stretchPassword, type StretchParameters } from '@essaim/client/password'

export interface StretchOrder {
  password: string
  login: string
  parameters: StretchParameters
}

/** First a guess at how long it takes, in ms; then the outcome, or the code of a `KeysError`. */
export type StretchNews =
  | { kind: 'prediction'; milliseconds: number }
  | { kind: 'done'; auth: string; secret: Uint8Array<ArrayBuffer> }
  | { kind: 'failed'; code: string; message: string }

const tell = (news: StretchNews) => postMessage(news)

addEventListener('message', ({ data }: MessageEvent<StretchOrder>) => {
  const work = async () => {
    tell({ kind: 'prediction', milliseconds: await predictStretch(data.parameters) })
    tell({ kind: 'done', ...(await stretchPassword(data)) })
  }
  work().catch((error: { code?: string; message?: string }) =>
    tell({ kind: 'failed', code: error.code ?? 'unsupported', message: String(error.message) }),
  )
})
