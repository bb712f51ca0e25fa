/** Where a device keeps its keys and its memory. */
import { KeysError } from '../errors.ts'
import type { DeviceKeys, DeviceStore, Memory } from './types.ts'

/** For tests and for programs that keep nothing. */
export function devicesInMemory(): DeviceStore {
  const keys = new Map<string, DeviceKeys>()
  const memories = new Map<string, Memory>()
  return {
    keys: async (account) => keys.get(account),
    saveKeys: async (account, value) => void keys.set(account, value),
    memory: async (account) => memories.get(account),
    saveMemory: async (account, value) => void memories.set(account, value),
    forget: async (account) => {
      keys.delete(account)
      memories.delete(account)
    },
  }
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const finished = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })

/**
 * In a browser: IndexedDB holds the keys as they are, without scripts being able to read them. The connection lasts
 * for one call, so that nothing stands in the way of another version of the page.
 * Errors: `unsupported` where the browser keeps nothing, as in some private windows.
 */
export function indexedDbDevices(name = 'essaim-keys'): DeviceStore {
  const stores = ['keys', 'memory'] as const
  async function within<T>(
    mode: IDBTransactionMode,
    act: (store: (name: (typeof stores)[number]) => IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    let database: IDBDatabase | undefined
    try {
      const opening = indexedDB.open(name, 1)
      opening.onupgradeneeded = () => stores.forEach((store) => opening.result.createObjectStore(store))
      database = await done(opening)
      const transaction = database.transaction(stores, mode)
      const end = finished(transaction)
      const [result] = await Promise.all([done(act((store) => transaction.objectStore(store))), end])
      return result
    } catch (error) {
      throw new KeysError('unsupported', `this browser keeps no keys: ${String(error)}`)
    } finally {
      database?.close()
    }
  }
  return {
    keys: (account) => within<DeviceKeys | undefined>('readonly', (store) => store('keys').get(account)),
    saveKeys: async (account, keys) => {
      await within('readwrite', (store) => store('keys').put(keys, account))
    },
    memory: (account) => within<Memory | undefined>('readonly', (store) => store('memory').get(account)),
    saveMemory: async (account, memory) => {
      await within('readwrite', (store) => store('memory').put(memory, account))
    },
    forget: async (account) => {
      await within('readwrite', (store) => {
        store('keys').delete(account)
        return store('memory').delete(account)
      })
    },
  }
}
