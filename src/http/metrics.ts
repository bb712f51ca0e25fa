/** Numbers for operators, in Prometheus' text form; never with names of people. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { plainError } from './server.ts'

export interface Metrics {
  /** Counts an answer of a door. Cheap enough for every request. */
  answered(door: string, status: number): void
  /** Whether this Authorization header may see the numbers on the main listener. */
  allowed(authorization: string | undefined): boolean
  /** Media type and text. */
  render(): Promise<{ type: string; text: string }>
}

/** A number that is read when somebody asks. */
export interface Gauge {
  name: string
  help: string
  read(): number | Promise<number>
}

export function createMetrics(options: { token: string | undefined; gauges: readonly Gauge[] }): Metrics {
  const counts = new Map<string, Map<number, number>>()
  const expected = options.token === undefined ? undefined : digest(`Bearer ${options.token}`)

  // prom-client costs start time and memory, and most servers are never asked.
  let registry: Promise<Registry> | undefined
  async function makeRegistry() {
    const prometheus = await import('prom-client')
    const { Counter, Gauge, collectDefaultMetrics } = prometheus
    const register = new prometheus.Registry()
    collectDefaultMetrics({ register })
    register.registerMetric(
      new Counter({
        name: 'essaim_answers_total',
        help: 'Answers by door and status',
        labelNames: ['door', 'status'],
        registers: [],
        collect() {
          this.reset()
          for (const [door, statuses] of counts)
            for (const [status, count] of statuses) this.inc({ door, status: String(status) }, count)
        },
      }),
    )
    for (const { name, help, read } of options.gauges) {
      register.registerMetric(
        new Gauge({
          name,
          help,
          registers: [],
          async collect() {
            this.set(await read())
          },
        }),
      )
    }
    return register
  }

  return {
    answered(door, status) {
      let statuses = counts.get(door)
      if (!statuses) counts.set(door, (statuses = new Map()))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    },
    allowed(authorization) {
      return (
        expected !== undefined &&
        authorization !== undefined &&
        timingSafeEqual(digest(authorization), expected)
      )
    },
    async render() {
      const register = await (registry ??= makeRegistry())
      return { type: register.contentType, text: await register.metrics() }
    },
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/** `/__metrics__` on the main listener, with the token; without one configured it does not exist. */
export function metricsRoute(app: FastifyInstance, metrics: Metrics): void {
  app.get('/__metrics__', async (request, reply) => {
    void reply.headers({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    if (!metrics.allowed(request.headers.authorization))
      return reply.code(404).type('application/json; charset=utf-8').send(plainError(404, 'Not found'))
    const { type, text } = await metrics.render()
    return reply.type(type).send(text)
  })
}

/** The listener of its own, which needs no token: whoever can reach it may ask. */
export async function metricsListener(
  metrics: Metrics,
  listen: { host: string; port: number },
): Promise<Server> {
  const server = createServer({ maxHeaderSize: 8_192, requestTimeout: 10_000 }, (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/__metrics__') {
      response.writeHead(404).end()
      return
    }
    metrics.render().then(
      ({ type, text }) => response.writeHead(200, { 'Content-Type': type }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen.port, listen.host, () => resolve())
  })
  return server
}
