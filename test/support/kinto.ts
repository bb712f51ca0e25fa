/** Apps made with kinto.js, as they run in Node: its HTTP client, and devices that keep their copy in memory. */
import { createRequire } from 'node:module'
import kinto from 'kinto'
import type { BaseAdapter, KintoClient } from 'kinto'
import type { Person } from './people.ts'

const Kinto = kinto.default
const { KintoClient: Client } = kinto
const adapter = createRequire(import.meta.url)('kinto/lib/cjs/adapters/memory.js') as {
  default: new () => BaseAdapter<{ id: string }>
}

/** What a device does where both sides have changed. */
export const strategy = Kinto.syncStrategy

const headersOf = (person?: Person): Record<string, string> =>
  person ? { Authorization: person.authorization } : {}

/** The HTTP client of an app, for a person or for nobody. */
export function httpClient(url: string, person?: Person): KintoClient {
  return new Client(`${url}/v1`, { headers: headersOf(person) })
}

/** A device of a person; what it has is gone with the process. */
export function device(url: string, person: Person) {
  return new Kinto({ remote: `${url}/v1`, headers: headersOf(person), adapter: () => new adapter.default() })
}
