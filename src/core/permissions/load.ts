/** Brings the entries on the way from a path to the root into memory, all of one version of the home's rights. */
import { ancestors } from '../../lib/paths.ts'
import { type AccessRow, type HomeRow, Refusal } from '../ports.ts'
import { type HomeMemory, type Memory, newHomeMemory, nodeIn } from './memory.ts'
import { emptyNode, type Node, nodeOf } from './node.ts'
import type { RightsReads } from './types.ts'

/** Loads of single paths after which all entries of a home are loaded, if they are no more than `wholeAtMost`. */
const wholeAfter = 8
const wholeAtMost = 1000

/** How often a home that keeps moving is tried before its caller is told to come back. */
const attempts = 5

/**
 * The home's memory with every node from `path` to the root. `version` says which version would do: the row that was
 * read with the data, or undefined for the present one. Undefined: no such home, or it is ended.
 * Throws `stale-permissions` if the rights change faster than they can be read.
 */
export async function loadPath(
  reads: RightsReads,
  memory: Memory | undefined,
  id: number,
  version: Pick<HomeRow, 'owner' | 'permSeq'> | undefined,
  path: string,
): Promise<HomeMemory | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const row = attempt === 0 && version ? version : await liveHome(reads, id)
    if (row === undefined) return undefined
    const home =
      memory === undefined
        ? newHomeMemory(id, row.permSeq, row.owner)
        : (memory.at(id, row.permSeq) ?? memory.begin(id, row.permSeq, row.owner))
    const missing = [path, ...ancestors(path)].filter((at) => nodeIn(home, at) === undefined)
    if (missing.length === 0) return home
    const loaded = memory && ++home.loads === wholeAfter ? await wholeHome(reads, home) : undefined
    const { permSeq, entries } = await reads.access(id, missing)
    if (permSeq !== home.permSeq) continue
    const nodes = new Map<string, Node>(missing.map((at) => [at, emptyNode]))
    for (const [at, node] of byPath(entries)) nodes.set(at, node)
    for (const [at, node] of loaded ?? []) nodes.set(at, node)
    if (memory) memory.learn(home, nodes)
    else for (const [at, node] of nodes) home.nodes.set(at, node)
    // Only now is it sure that what `wholeHome` read was of this version.
    home.complete ||= loaded !== undefined
    return home
  }
  throw new Refusal('stale-permissions')
}

async function liveHome(reads: RightsReads, id: number): Promise<HomeRow | undefined> {
  const row = await reads.home(id)
  return row?.state === 'ended' ? undefined : row
}

/** All entries of a home, if they are few. The caller checks afterwards that the version still stands. */
async function wholeHome(reads: RightsReads, home: HomeMemory): Promise<Map<string, Node> | undefined> {
  const entries = await reads.accessBelow(home.id, '', { limit: wholeAtMost + 1 })
  return entries.length > wholeAtMost ? undefined : byPath(entries)
}

function byPath(entries: readonly AccessRow[]): Map<string, Node> {
  const nodes = new Map<string, Node>()
  for (const [path, here] of Map.groupBy(entries, (entry) => entry.path)) nodes.set(path, nodeOf(here))
  return nodes
}
