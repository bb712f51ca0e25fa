/** What operators and load balancers ask: health, version, numbers; and where the project is described. */
import { heartbeat } from '../../http/health.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import type { Call, Door, Route } from './call.ts'
import { errno, KintoError } from './errors.ts'

async function getHeartbeat({ health, settings }: Door): Promise<Answer> {
  const { status, body } = await heartbeat(health)
  return { status, headers: status === 503 ? ['Retry-After', String(settings.retryAfter)] : [], body }
}

const getLoadBalancerHeartbeat = (): Answer => ({ status: 200, headers: [], body: '{}' })

const getVersion = ({ health }: Door): Answer => jsonAnswer(200, health.version)

/** The numbers are for operators: without their token there is nothing here. */
async function getMetrics({ metrics }: Door, { headers }: Call): Promise<Answer> {
  const { authorization } = headers
  if (!metrics.allowed(typeof authorization === 'string' ? authorization : undefined))
    throw new KintoError(404, errno.unknownResource, 'There is nothing at this address.')
  const { type, text } = await metrics.render()
  return { status: 200, headers: ['Content-Type', type, 'Cache-Control', 'no-store'], body: text }
}

const contribution = {
  name: 'Essaim',
  description: 'A self-hosted, federated personal cloud for the Web',
  license: 'MPL-2.0',
  keywords: ['Kinto', 'remoteStorage', 'Firefox Sync', 'XMPP', 'Web Push', 'TypeScript'],
}

const getContribution = (): Answer => jsonAnswer(200, contribution)

export const operationRoutes: readonly Route[] = [
  { path: '/__heartbeat__', methods: { GET: getHeartbeat }, always: true, anyone: true },
  { path: '/__lbheartbeat__', methods: { GET: getLoadBalancerHeartbeat }, always: true, anyone: true },
  { path: '/__version__', methods: { GET: getVersion }, always: true, anyone: true },
  { path: '/__metrics__', methods: { GET: getMetrics }, always: true, anyone: true },
  { path: '/contribute.json', methods: { GET: getContribution }, anyone: true },
]
