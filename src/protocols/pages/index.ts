/** The door of our own pages: their JSON API, one part a file. */
import type { FastifyInstance } from 'fastify'
import { createApi } from './api.ts'
import type { PagesParts } from './parts.ts'
import { sessionRoutes } from './sessions.ts'

export type { PagesParts } from './parts.ts'

export function pagesDoor(app: FastifyInstance, parts: PagesParts): void {
  const api = createApi(app, parts)
  sessionRoutes(api, parts)
}
