/** Whether mail leaves this server. */
import { printable } from './certificate.ts'
import type { Finding } from './types.ts'

export interface MailProbe {
  /** Host and port of the mail server. */
  server: string
  /** Comes in at the mail server and sends nothing; rejects with an error whose message names what failed. */
  check(): Promise<void>
}

/** `probe` undefined: no mail server is set. */
export async function checkMail(probe: MailProbe | undefined): Promise<Finding> {
  if (!probe) return { code: 'mail-none', level: 'ok', values: {} }
  const { server } = probe
  try {
    await probe.check()
    return { code: 'mail-good', level: 'ok', values: { server } }
  } catch (error) {
    const reason = printable(error instanceof Error ? error.message : String(error))
    return { code: 'mail-failed', level: 'wrong', values: { server, reason } }
  }
}
