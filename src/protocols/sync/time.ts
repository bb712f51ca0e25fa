/** Times as this protocol writes them: seconds since 1970 with two decimals. */

/** Milliseconds, a multiple of 10, as text. Always two decimals: clients compare the texts. */
export function stamp(time: number): string {
  const hundredths = Math.floor(time / 10)
  const rest = hundredths % 100
  return `${(hundredths - rest) / 100}.${rest < 10 ? '0' : ''}${rest}`
}

const form = /^\d{1,12}(?:\.\d{1,12})?$/

/**
 * Milliseconds of a time as clients send it, who may drop a zero at its end; undefined for what is none: negative, in
 * another notation, no number. Rounded to microseconds, so that `1795328404.22` is the time that it looks like.
 */
export function readTime(text: string): number | undefined {
  return form.test(text) ? Math.round(Number(text) * 1e6) / 1e3 : undefined
}

/** The time of an answer that shows `modified`: no earlier than that, and no later than what is written next. */
export const answerTime = (now: number, modified = 0): number => Math.max(Math.floor(now / 10) * 10, modified)
