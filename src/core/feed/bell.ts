/** What a listener sleeps beside. It remembers that it rang, so nothing is lost between two sleeps. */
export interface Bell {
  ring(): void
  /** Forgets earlier rings; called before the look that answers them. */
  mute(): void
  /** Returns when it has rung since `mute`, when the signal aborts, or after `longest` ms. */
  wait(longest: number): Promise<void>
  /** Lets go of the signal. */
  close(): void
}

export function createBell(signal: AbortSignal): Bell {
  let rung = false
  let wake = () => {}

  const ring = () => {
    rung = true
    wake()
  }
  signal.addEventListener('abort', ring)

  return {
    ring,
    mute() {
      rung = signal.aborted
    },
    async wait(longest) {
      if (rung) return
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        wake = resolve
        // A sleeping listener is no reason for the process to go on.
        timer = setTimeout(resolve, longest).unref()
      })
      clearTimeout(timer)
    },
    close() {
      signal.removeEventListener('abort', ring)
    },
  }
}
