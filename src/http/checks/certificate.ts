/** What the certificate of an address is worth to a browser. */
import { dayOf, hostOf } from './settings.ts'
import type { Certificate, Finding } from './types.ts'

const day = 86_400_000
/** Days before its end from which a certificate that renews itself should have been renewed. */
const soon = 14

/** Incomplete chains, as Node calls them: the certificate is one thing, who vouches for it was not sent. */
const chainProblems = ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT']

export function checkCertificate(url: string, certificate: Certificate, now: number): Finding {
  const { trusted, problem, names, from, until } = certificate
  const host = hostOf(url)
  if (now > until) return { code: 'certificate-ended', level: 'wrong', values: { host, day: dayOf(until) } }
  if (now < from) {
    const values = { host, day: dayOf(from), now: new Date(now).toISOString() }
    return { code: 'certificate-early', level: 'wrong', values }
  }
  if (problem === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return { code: 'certificate-name', level: 'wrong', values: { host, names: printable(names) } }
  if (chainProblems.includes(problem)) return { code: 'certificate-chain', level: 'wrong', values: { host } }
  if (!trusted)
    return { code: 'certificate-unknown', level: 'wrong', values: { host, problem: printable(problem) } }
  const days = Math.floor((until - now) / day)
  return days < soon
    ? { code: 'certificate-soon', level: 'warn', values: { host, days, day: dayOf(until) } }
    : { code: 'certificate-good', level: 'ok', values: { host, days } }
}

/** What somebody else's server said, fit to be shown: short, and no control characters. */
export const printable = (text: string): string => text.slice(0, 120).replaceAll(/[^\x20-\x7e]/g, '?')
