/** Whether the name of an address leads to this machine, and what record to make if it does not. */
import { isLoopback, isPrivate, recordOf } from './networks.ts'
import { hostOf, hostPort, portOf } from './settings.ts'
import type { AddressInput, Finding, Resolved } from './types.ts'

/** What filters of advertisements answer. */
const nowhere = new Set(['0.0.0.0', '::'])

/** `reached`: this server answered under the name. */
export function checkName(
  url: string,
  found: Resolved,
  reached: boolean,
  own: readonly string[],
  { listen }: Pick<AddressInput, 'listen'>,
): Finding[] {
  const host = hostOf(url)
  const addresses = [...found.four, ...found.six]
  const open = own.filter((address) => !isPrivate(address) && !isLoopback(address))
  const near = own.filter(isPrivate)
  const wanted = open[0] ?? near[0] ?? hostPort(listen)
  const values = {
    host,
    port: portOf(url),
    addresses: addresses.join(', '),
    address: wanted,
    type: recordOf(wanted),
  }
  // With addresses of its own network alone, the machine is behind a router, if anybody is to reach it from elsewhere.
  const nat = open.length === 0
  if (found.source === 'failed') return [{ code: 'name-failed', level: reached ? 'warn' : 'wrong', values }]
  if (addresses.length === 0)
    return [{ code: nat ? 'name-missing-nat' : 'name-missing', level: 'wrong', values }]
  if (addresses.every((address) => isLoopback(address) || nowhere.has(address)))
    return [{ code: 'name-loopback', level: 'wrong', values }]
  if (found.source === 'system') return [{ code: 'name-system', level: 'warn', values }]
  if (addresses.some((address) => own.includes(address)))
    return [{ code: addresses.every(isPrivate) ? 'name-private' : 'name-here', level: 'ok', values }]
  if (reached) return [{ code: 'name-through', level: 'ok', values }]
  return [{ code: nat ? 'name-elsewhere-nat' : 'name-elsewhere', level: 'wrong', values }]
}
