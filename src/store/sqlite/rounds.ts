/** Rounds of housekeeping: what is due is done piece by piece by the worker, who has the write token for each. */
import type { SweepReport } from '../../core/ports/store.ts'
import type { Background } from './background.ts'
import type { Writer } from './commits.ts'
import type { Connection } from './driver.ts'
import { sweepsDue, type Swept, type TombstonePlace } from './sweep.ts'

/** How often old tombstones are looked for, in milliseconds: those that stay are looked at as well. */
const tombstonesEvery = 3_600_000

/** Has the other thread write: it holds the write token, and what memory knows of rows is forgotten afterwards. */
export async function withToken<T>(writer: Writer, perform: () => Promise<T>): Promise<T> {
  const { token, cache } = writer
  await token.take()
  writer.isElsewhere = true
  try {
    return await perform()
  } finally {
    cache.clear()
    writer.isElsewhere = false
    token.free()
  }
}

/** Gives the port's `sweep`. `reader` sees what is committed. */
export function createRounds(
  writer: Writer,
  reader: Connection,
  background: Background,
  shownAge: number,
): () => Promise<SweepReport> {
  const { clock, bus } = writer
  let place: TombstonePlace | undefined
  let nextLook = 0

  const elsewhere = (perform: () => Promise<Swept>): Promise<Swept> =>
    withToken(writer, async () => {
      const swept = await perform()
      writer.onMoved(swept.moved ?? [])
      for (const event of swept.events) bus.publish(event)
      return swept
    })

  return async function sweep() {
    const report: SweepReport = {
      expired: 0,
      dropped: 0,
      tombstones: 0,
      queue: 0,
      staged: 0,
      homes: 0,
      indexed: 0,
      more: false,
    }
    const now = clock.now()
    for (const what of sweepsDue(reader, now, shownAge)) {
      if (what === 'tombstones') {
        if (!place && now < nextLook) continue
        if (!place) nextLook = now + tombstonesEvery
      }
      const swept = await background.run<Swept>({ kind: 'sweep', what, now, shownAge, place }, elsewhere)
      if (what === 'tombstones') place = swept.place
      report[what] = swept.count
      report.more ||= swept.more
    }
    return report
  }
}
