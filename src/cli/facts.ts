/** What the administrators' page says of the server itself: options in force, room on the disk. */
import { statfs } from 'node:fs/promises'
import { type Config, optionList } from '../config.ts'
import { release } from '../lib/release.ts'
import type { OptionInForce, ServerFacts } from '../protocols/pages/index.ts'

/** `kintoVariables`: those in force at the Kinto door. */
export function serverFacts(
  config: Config,
  started: number,
  kintoVariables: readonly string[],
): () => Promise<ServerFacts> {
  const options = optionList.map(({ env, secret, default: fallback, otherwise }): OptionInForce => {
    // Of a secret not even that it is given: its file may be.
    if (secret) return { env, value: '', given: false, secret: true }
    const given = config.given[env]
    return { env, value: given ?? fallback ?? otherwise ?? '', given: given !== undefined, secret: false }
  })
  return async () => ({
    version: release.version,
    store: config.store.type,
    bus: config.bus.type,
    started,
    options,
    kintoVariables,
    unsafeTest: config.unsafeTest,
    disk: await room(config.data),
  })
}

async function room(folder: string): Promise<ServerFacts['disk']> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { free: bavail * bsize, size: blocks * bsize }
  } catch {
    return null
  }
}
