/** How things are named in the maps of a transaction. NUL is in no path and no id. */
import type { Need } from '../ports.ts'

/** A collection, an entry's place, a queue or a batch. */
export const key = (home: number, path: string) => `${home}\0${path}`

export const recordKey = (home: number, path: string, id: string) => `${home}\0${path}\0${id}`

/** A query over the records of a collection. */
export type Query = Pick<Need & { kind: 'found' }, 'home' | 'path' | 'query'>

export const queryKey = ({ home, path, query }: Query) => JSON.stringify([home, path, query])
