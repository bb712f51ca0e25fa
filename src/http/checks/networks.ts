/** Kinds of addresses: one's own machine, one's own network, everybody's. */
import { BlockList, isIP } from 'node:net'

export const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

const loopback = blocks(['127.0.0.0/8', '::1/128'])
/** RFC 1918, shared (RFC 6598), link-local, unique local. */
const own = blocks([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
])

function blocks(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list
}

/** The kind of DNS record that holds such an address. */
export const recordOf = (address: string): 'A' | 'AAAA' => (isIP(address) === 6 ? 'AAAA' : 'A')

const isIn = (list: BlockList, address: string) =>
  isIP(address) !== 0 && list.check(address, familyOf(address))

export const isLoopback = (address: string): boolean => isIn(loopback, address)
/** An address that others have too, in networks of their own. */
export const isPrivate = (address: string): boolean => isIn(own, address)
