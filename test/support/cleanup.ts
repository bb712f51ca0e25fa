/** What has to be undone even if the test process is ended from outside. */
const pending = new Set<() => void>()

process.on('exit', () => {
  for (const undo of pending) undo()
})
// Without these two, a signal ends the process before its exit handlers run.
process.once('SIGTERM', () => process.exit(143))
process.once('SIGINT', () => process.exit(130))

/** Runs `undo`, which must be synchronous, when the process exits; the returned function forgets it. */
export function onExit(undo: () => void): () => void {
  pending.add(undo)
  return () => pending.delete(undo)
}
