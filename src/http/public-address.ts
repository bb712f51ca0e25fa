/** Which addresses of the Internet are somebody's, as against those of this machine, this network and of protocols. */
import { BlockList, isIP } from 'node:net'

/**
 * What is no public host in IPv4 (IANA's special-purpose registry, and multicast): this network, private, shared,
 * loopback, link-local, protocol assignments, documentation, 6to4 relays, benchmarks, multicast, reserved.
 */
const notPublic4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/**
 * In IPv6 only 2000::/3 is anybody's host: so mapped (::ffff:0:0/96), translated (64:ff9b::/96, 64:ff9b:1::/48), unique
 * local and link-local ones are out by themselves. Inside of it are protocols (Teredo among them), documentation, and
 * 6to4, which carries an IPv4 address.
 */
const public6 = ['2000::/3']
const notPublic6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']

function list(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const blocks = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    blocks.addSubnet(address, Number(bits), family)
  }
  return blocks
}

const [refused4, among6, refused6] = [
  list('ipv4', notPublic4),
  list('ipv6', public6),
  list('ipv6', notPublic6),
]

/** Whether an IP address (without a zone) is one that hosts of the public Internet have. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !refused4.check(address, 'ipv4')
  if (family !== 6 || address.includes('%')) return false
  return among6.check(address, 'ipv6') && !refused6.check(address, 'ipv6')
}
