/** Permission entries, and the directory of what is shared with whom. */
import type { AccessRow } from '../ports.ts'
import type { Change, Outcome } from './changes.ts'
import type { View } from './view.ts'

/** Sets or removes one entry; the home's permission version moves when that changed anything. */
export function setAccess(view: View, change: Change & { kind: 'access' }): Outcome {
  const { home, path, principal, source, bits } = change
  const expires = change.expires ?? null
  const old = view.access(home, path).find((one) => one.principal === principal && one.source === source)
  if (old ? old.bits === bits && old.expires === expires : bits === 0) return { kind: 'same' }
  writeEntry(view, { home, path, principal, source, bits, expires, seq: 0 })
  return { kind: 'done' }
}

/** Removes every entry at a path. */
export function clearAccess(view: View, home: number, path: string): number {
  const entries = view.access(home, path).filter((entry) => entry.bits !== 0)
  for (const entry of entries) writeEntry(view, { ...entry, bits: 0, expires: null })
  return entries.length
}

export function clearAccessChange(view: View, change: Change & { kind: 'clear-access' }): Outcome {
  const { home, path, below } = change
  let count = 0
  for (const at of below ? view.entries.pathsBelow(home, path) : [path]) count += clearAccess(view, home, at)
  return { kind: 'count', count }
}

function writeEntry(view: View, entry: AccessRow): void {
  const { home, path, principal } = entry
  const seq = view.homes.nextSeq(home, path, { permSeq: view.home(home).permSeq + 1 })
  view.entries.put({ ...entry, seq })
  const inForce = view.access(home, path).filter((one) => one.principal === principal && one.bits !== 0)
  const key = { principal, home_id: home, path }
  if (inForce.length === 0) {
    view.directory.write({ table: 'shared_with', remove: key })
    return
  }
  const bits = inForce.reduce((all, one) => all | one.bits, 0)
  const forever = inForce.some((one) => one.expires === null)
  const expires = forever ? null : Math.max(...inForce.map((one) => one.expires ?? 0))
  view.directory.write({ table: 'shared_with', put: { ...key, bits, expires } })
}
