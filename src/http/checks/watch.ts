/** The checks as the running server offers them: one look at a time, for whoever asks. */
import { checkLive } from './address.ts'
import type { Echo } from './echo.ts'
import { checkMail, type MailProbe } from './mail.ts'
import { checkSettings } from './settings.ts'
import type { AddressInput, Finding, Probes } from './types.ts'

export interface AddressChecks {
  /**
   * The settings, and what was found under the address and at the mail server within the last second. `visitorTime`: what the clock of the
   * asking browser shows, in milliseconds.
   */
  look(visitorTime?: number): Promise<Finding[]>
}

/** Milliseconds for which a look is good: short, since people mend something and look again. */
const lasts = 1_000

export function createAddressChecks({
  input,
  probes,
  echo,
  mail,
}: {
  input(): AddressInput
  /** Undefined where no mail server is set. */
  mail: MailProbe | undefined
  probes: Probes
  echo: Echo
}): AddressChecks {
  let live: Promise<Finding[]> | undefined
  let since = 0

  function looked(): Promise<Finding[]> {
    if (live && probes.now() - since < lasts) return live
    // While it runs it is good for everybody.
    since = Infinity
    const asked = Promise.all([checkLive(input(), probes, echo), checkMail(mail)]).then((found) =>
      found.flat(),
    )
    live = asked
    asked.then(
      () => (since = probes.now()),
      () => (live = undefined),
    )
    return asked
  }

  return {
    async look(visitorTime) {
      const settings = input()
      const time = visitorTime === undefined ? {} : { visitorTime }
      return [...checkSettings({ ...settings, ...time }, probes.now()), ...(await looked())]
    },
  }
}
