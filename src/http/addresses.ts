/** The client's address behind trusted proxies, and the form by which strangers are counted. */
import { BlockList, isIP } from 'node:net'

/** Which proxies are believed. Made once from the configured addresses and ranges (`10.0.0.0/8`, `::1`). */
export function trustedProxies(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

/**
 * The right-most address that is not a trusted proxy: the peer's own, unless the peer is trusted and
 * says whom it speaks for. What is left of an untrusted hop may be anybody's invention.
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, trusted: BlockList): string {
  let address = plain(peer)
  if (forwardedFor === undefined || !isTrusted(trusted, address)) return address
  // More hops than this are nobody's real set-up.
  const hops = forwardedFor.slice(-1024).split(',')
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = plain(hops[i]!.trim())
    if (isIP(hop) === 0) return address
    address = hop
    if (!isTrusted(trusted, hop)) return hop
  }
  return address
}

/** IPv4 as it is, IPv6 by its /64, which is what one customer usually has. */
export function addressBlock(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups =
    tail === undefined
      ? before
      : [...before, ...Array(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
  return (
    groups
      .slice(0, 4)
      .map((group) => group.replace(/^0+(?=.)/, ''))
      .join(':') + '::/64'
  )
}

/** What is kept of an address: enough for a person to know the place, not the household. */
export function addressPrefix(address: string): string {
  if (address.includes('.')) return `${address.split('.').slice(0, 3).join('.')}.0/24`
  const block = addressBlock(address)
  return `${block.split(':').slice(0, 3).join(':')}::/48`
}

const isTrusted = (list: BlockList, address: string) =>
  isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** `::ffff:192.0.2.1` is the IPv4 address it maps. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  return mapped ? mapped[1]! : address
}
