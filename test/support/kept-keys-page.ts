/** What somebody can do who holds a device: the keys that its browser keeps, used by any program. Bundled. */
import { deviceSecret, indexedDbDevices, openBundle } from '@essaim/client'

const devices = indexedDbDevices()

const page = {
  /** Opens a bundle with what the browser keeps; the code of the refusal, or `open`. */
  async open(bundle: unknown, account: string): Promise<string> {
    const kept = await devices.keys(account)
    if (!kept) return 'nothing kept'
    return openBundle(bundle, await deviceSecret(kept), { account }).then(
      () => 'open',
      (error: { code: string }) => error.code,
    )
  },
}

export type KeptKeysPage = typeof page

Object.assign(globalThis, { keptKeys: page })
