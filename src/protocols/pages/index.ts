/** The door of our own pages: their JSON API, one part a file. */
import type { FastifyInstance } from 'fastify'
import { peopleRoutes } from './admin/people.ts'
import { serverRoutes } from './admin/server.ts'
import { settingsRoutes } from './admin/settings.ts'
import { createApi } from './api.ts'
import type { PagesParts } from './parts.ts'
import { sessionRoutes } from './sessions.ts'

export type { OptionInForce, PagesParts, ServerFacts } from './parts.ts'

export function pagesDoor(app: FastifyInstance, parts: PagesParts): void {
  const api = createApi(app, parts)
  sessionRoutes(api, parts)
  peopleRoutes(api, parts)
  settingsRoutes(api, parts)
  serverRoutes(api, parts)
}
