/** The worker that stretches passwords: minutes of arithmetic that would hold up the page. Its one file runs alone. */
import {
  predictStretch,
  stretchPassphrase,
  stretchPassword,
  type StretchParameters,
} from '@essaim/client/password'

export type StretchOrder = { parameters: StretchParameters } & (
  | { password: string; login: string }
  | { passphrase: string; account: string }
)

/** First a guess at how long it takes, in ms; then the outcome, or the code of a `KeysError`. */
export type StretchNews =
  | { kind: 'prediction'; milliseconds: number }
  /** `auth` is an empty text for a passphrase, of which nothing is sent. */
  | { kind: 'done'; auth: string; secret: Uint8Array<ArrayBuffer> }
  | { kind: 'failed'; code: string; message: string }

const tell = (news: StretchNews) => postMessage(news)

const stretched = async (order: StretchOrder) =>
  'password' in order ? stretchPassword(order) : { auth: '', secret: await stretchPassphrase(order) }

addEventListener('message', ({ data }: MessageEvent<StretchOrder>) => {
  const work = async () => {
    tell({ kind: 'prediction', milliseconds: await predictStretch(data.parameters) })
    tell({ kind: 'done', ...(await stretched(data)) })
  }
  work().catch((error: { code?: string; message?: string }) =>
    tell({ kind: 'failed', code: error.code ?? 'unsupported', message: String(error.message) }),
  )
})
