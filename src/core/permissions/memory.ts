/** Entries and answers of homes, in memory, each under the version of the home's rights that it belongs to. */
import { emptyNode, type Node } from './node.ts'

/** Bounds over all homes; past one, the homes that were loaded longest ago are forgotten. */
export interface MemoryLimits {
  nodes: number
  answers: number
}

const memoryLimits: MemoryLimits = { nodes: 200_000, answers: 50_000 }

/** A home at one version of its rights. */
export interface HomeMemory {
  readonly id: number
  readonly permSeq: number
  readonly owner: string | null
  /** All entries of the home are in `nodes`: a path that is not there has none. */
  complete: boolean
  /** Loads so far: after some of them it pays to load all entries at once. */
  loads: number
  readonly nodes: Map<string, Node>
  /** Subject key -> path -> bits that entries there and above give to everything below. */
  readonly answers: Map<string, Map<string, number>>
}

export function createMemory(limits: MemoryLimits = memoryLimits) {
  const homes = new Map<number, HomeMemory>()
  let nodes = 0
  let answers = 0

  const forget = (id: number) => {
    const home = homes.get(id)
    if (home === undefined) return
    homes.delete(id)
    nodes -= home.nodes.size
    forgetAnswers(home)
  }
  const forgetAnswers = (home: HomeMemory) => {
    for (const paths of home.answers.values()) answers -= paths.size
    home.answers.clear()
  }

  return {
    /** The home, if memory has it at exactly this version. */
    at(id: number, permSeq: number): HomeMemory | undefined {
      const home = homes.get(id)
      return home?.permSeq === permSeq ? home : undefined
    },

    /** The home at whatever version memory has. */
    latest: (id: number): HomeMemory | undefined => homes.get(id),

    /** An empty memory of the home at this version, in place of any other. */
    begin(id: number, permSeq: number, owner: string | null): HomeMemory {
      forget(id)
      const home = newHomeMemory(id, permSeq, owner)
      homes.set(id, home)
      return home
    },

    /** Adds nodes that were loaded under the home's version. */
    learn(home: HomeMemory, loaded: ReadonlyMap<string, Node>): void {
      const before = home.nodes.size
      for (const [path, node] of loaded) home.nodes.set(path, node)
      if (homes.get(home.id) !== home) return
      nodes += home.nodes.size - before
      homes.delete(home.id)
      homes.set(home.id, home)
      for (const id of homes.keys()) {
        if (nodes <= limits.nodes || id === home.id) break
        forget(id)
      }
      if (nodes > limits.nodes) forget(home.id)
    },

    /** Keeps an answer, unless the home was replaced meanwhile. */
    remember(home: HomeMemory, subject: string, path: string, bits: number): void {
      if (homes.get(home.id) !== home) return
      if (answers >= limits.answers) for (const other of homes.values()) forgetAnswers(other)
      let paths = home.answers.get(subject)
      if (paths === undefined) home.answers.set(subject, (paths = new Map()))
      if (!paths.has(path)) answers++
      paths.set(path, bits)
    },

    forget,

    /** What is kept now; never above the limits. */
    size: () => ({ homes: homes.size, nodes, answers }),
  }
}

export type Memory = ReturnType<typeof createMemory>

/** Memory of one home, for one question. */
export function newHomeMemory(id: number, permSeq: number, owner: string | null): HomeMemory {
  return { id, permSeq, owner, complete: false, loads: 0, nodes: new Map(), answers: new Map() }
}

/** The node at a path; undefined where it would have to be loaded. */
export function nodeIn(home: HomeMemory, path: string): Node | undefined {
  return home.nodes.get(path) ?? (home.complete ? emptyNode : undefined)
}
