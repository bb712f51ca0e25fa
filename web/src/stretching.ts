/** Stretches a password in a worker, tells how far it is, and can be stopped. */
import { KeysError, type KeysErrorCode, type Stretched } from '@essaim/client'
import { ApiError } from './api.ts'
import type { StretchNews, StretchOrder } from './stretch.ts'

/** Lets the address of the worker through, and nothing else. */
const policy = (
  globalThis as {
    trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } }
  }
).trustedTypes?.createPolicy('essaim-worker', {
  createScriptURL: (url: string) => {
    if (url !== address) throw new TypeError('not the address of the worker')
    return url
  },
})
const address = new URL('./stretch.js', import.meta.url).href

export interface Stretching {
  /** From 0 to 1, a guess from a short trial; stays below 1 until it is done. */
  onProgress?: (share: number) => void
  signal?: AbortSignal
}

/**
 * A password or a passphrase; of the latter `auth` is an empty text. Errors: `KeysError` as `stretchPassword` in the
 * client; `ApiError` `cancelled` when the signal says so.
 */
export function stretch(order: StretchOrder, { onProgress, signal }: Stretching = {}): Promise<Stretched> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(policy ? policy.createScriptURL(address) : address, { type: 'module' })
    let timer: ReturnType<typeof setInterval> | undefined
    const end = () => {
      clearInterval(timer)
      worker.terminate()
      signal?.removeEventListener('abort', stop)
    }
    const stop = () => {
      end()
      reject(new ApiError('cancelled'))
    }
    const progress = (milliseconds: number) => {
      const start = performance.now()
      // The trial is a guess: the last part goes ever slower, and never says that it is done.
      timer = setInterval(() => {
        const share = (performance.now() - start) / Math.max(1, milliseconds)
        onProgress?.(share < 0.8 ? share : 1 - 0.2 * Math.exp(-(share - 0.8) * 5))
      }, 50)
    }
    worker.addEventListener('message', ({ data }: MessageEvent<StretchNews>) => {
      if (data.kind === 'prediction') return progress(data.milliseconds)
      end()
      if (data.kind === 'done') resolve({ auth: data.auth, secret: data.secret })
      else reject(new KeysError(data.code as KeysErrorCode, data.message))
    })
    worker.addEventListener('error', () => {
      end()
      reject(new KeysError('unsupported', 'the worker did not start'))
    })
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop)
    worker.postMessage(order)
  })
}
