/** The paths that tell load balancers and operators how the server is. They answer under any Host. */
import type { FastifyInstance } from 'fastify'

export interface Health {
  /** Whether each part works; none of them may hang. */
  parts(): Promise<Record<string, boolean>>
  version: { name: string; version: string; source: string; commit: string }
}

const json = 'application/json; charset=utf-8'
/** Milliseconds after which a part that has not answered counts as broken. */
const patience = 2_000

/** The answer of `/__heartbeat__`: 503 if any part is broken. */
export async function heartbeat(health: Health): Promise<{ status: 200 | 503; body: string }> {
  const parts = await Promise.race([
    health.parts().catch((): Record<string, boolean> => ({ store: false })),
    new Promise<Record<string, boolean>>((resolve) =>
      setTimeout(resolve, patience, { store: false }).unref(),
    ),
  ])
  const well = Object.values(parts).every(Boolean)
  return { status: well ? 200 : 503, body: JSON.stringify(parts) }
}

export function healthRoutes(app: FastifyInstance, health: Health): void {
  const headers = {
    'Cache-Control': 'no-store',
    'Access-Control-Allow-Origin': '*',
    'X-Content-Type-Options': 'nosniff',
  }
  app.get('/__heartbeat__', async (_request, reply) => {
    const { status, body } = await heartbeat(health)
    return reply.code(status).headers(headers).type(json).send(body)
  })
  app.get('/__lbheartbeat__', (_request, reply) => reply.headers(headers).type(json).send('{}'))
  const version = JSON.stringify(health.version)
  app.get('/__version__', (_request, reply) => reply.headers(headers).type(json).send(version))
}
