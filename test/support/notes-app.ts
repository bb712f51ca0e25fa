/** An app as people write them with kinto.js: notes in IndexedDB, synchronised when it is asked to. Bundled into a page. */
import kinto from 'kinto'
import type { Collection, RecordStatus } from 'kinto'

interface Note {
  id: string
  title: string
  last_modified?: number
  _status?: RecordStatus
}

/** What became of a synchronisation. */
interface Synced {
  ok: boolean
  published: number
  received: number
  conflicts: { type: string; local: string; remote: string }[]
  /** Why it did not take place at all. */
  error?: string
}

type Strategy = 'manual' | 'client_wins' | 'server_wins'

let notes: Collection<Note>

const app = {
  open(url: string, authorization: string): void {
    const client = new kinto.default<Note>({ remote: `${url}/v1`, headers: { Authorization: authorization } })
    notes = client.collection<Note>('notes')
  },
  async add(...titles: string[]): Promise<string> {
    let id = ''
    for (const title of titles) id = (await notes.create({ title })).data.id
    return id
  },
  rename: (id: string, title: string) => notes.update({ id, title }, { patch: true }).then(() => {}),
  remove: (id: string) => notes.delete(id).then(() => {}),
  titles: async () => (await notes.list()).data.map(({ title }) => title).toSorted(),
  waiting: async () => (await notes.list()).data.filter(({ _status }) => _status !== 'synced').length,
  async sync(strategy: Strategy = 'manual'): Promise<Synced> {
    try {
      const { ok, published, created, updated, deleted, conflicts } = await notes.sync({ strategy })
      return {
        ok,
        published: published.length,
        received: created.length + updated.length + deleted.length,
        conflicts: conflicts.map(({ type, local, remote }) => ({
          type,
          local: local.title,
          remote: remote.title,
        })),
      }
    } catch (error) {
      return { ok: false, published: 0, received: 0, conflicts: [], error: String(error) }
    }
  },
  /** Synchronises once and settles the only conflict by hand: both titles, joined. */
  async merge(): Promise<void> {
    const { conflicts } = await notes.sync({ strategy: 'manual' })
    const { local, remote } = conflicts[0]!
    await notes.resolve(conflicts[0]!, { ...local, title: `${remote.title} and ${local.title}` })
  },
}

export type NotesApp = typeof app

Object.assign(globalThis, { app })
