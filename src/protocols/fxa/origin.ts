/** From where a browser acted, for its person's log. */
import type { Origin } from '../../core/accounts/index.ts'
import { addressPrefix } from '../../http/addresses.ts'
import { agentName } from '../../http/agent.ts'
import type { Call } from './call.ts'

export const originOf = ({ address, agent }: Pick<Call, 'address' | 'agent'>): Origin => ({
  address: addressPrefix(address),
  agent: agentName(agent),
})
