/** Permission entries at a path, asked of the database only where there may be any. */
import type { AccessRow } from '../../core/ports/rows.ts'
import { parentPath } from '../../lib/paths.ts'
import type { RowCache } from './cache.ts'
import type { Lookups } from './lookups.ts'

/** Entries at a path, removed ones too. `cache` has what is committed; without one the database is asked. */
export function accessFrom(
  lookups: Lookups,
  cache: RowCache | undefined,
  home: number,
  path: string,
): AccessRow[] {
  const parent = parentPath(path)
  if (
    cache &&
    parent !== undefined &&
    cache.isBare(home, parent, () => !lookups.hasAccessBelow(home, parent))
  )
    return []
  return lookups.accessAt(home, path)
}
