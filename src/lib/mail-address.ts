/** E-mail addresses: the form that is sent to, and the one under which two of them are the same. */
import { domainToASCII } from 'node:url'

export interface MailAddress {
  /** As it is written on a mail: the domain in ASCII and lower case, the part before as it was given. */
  address: string
  /** For comparison: all in lower case. */
  folded: string
}

/** RFC 5321 4.5.3.1: octets before the `@`, and of a whole address in a path. */
const maxLocal = 64
const maxAddress = 254

/** RFC 5322 3.2.3, a dot-atom. Quoted parts and those beyond ASCII are not taken: many mail servers refuse them. */
const dotAtom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
/** Names of at least two labels, the last no number: addresses of machines are not taken. */
const domainName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Reads an address, with spaces around it and a domain in any script; undefined for what is none. */
export function readMailAddress(text: string): MailAddress | undefined {
  if (text.length > 320) return undefined
  const trimmed = text.trim()
  const at = trimmed.lastIndexOf('@')
  const local = trimmed.slice(0, Math.max(0, at))
  const domain = domainToASCII(trimmed.slice(at + 1)).toLowerCase()
  const address = `${local}@${domain}`
  const good =
    local.length <= maxLocal && address.length <= maxAddress && dotAtom.test(local) && domainName.test(domain)
  return good ? { address, folded: address.toLowerCase() } : undefined
}

/** A sender as `address` or `Name <address>`; undefined for what is none. */
export function readMailSender(text: string): { name: string; address: string } | undefined {
  const [, name = '', inside] = /^([^<>]{0,100})<([^<>]+)>\s*$/.exec(text) ?? []
  const read = readMailAddress(inside ?? text)
  if (!read || /[\p{Cc}\u2028\u2029]/u.test(text)) return undefined
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address: read.address }
}
