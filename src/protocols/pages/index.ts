/** The door of our own pages: their JSON API, one part a file. */
import type { FastifyInstance } from 'fastify'
import { peopleRoutes } from './admin/people.ts'
import { serverRoutes } from './admin/server.ts'
import { settingsRoutes } from './admin/settings.ts'
import { createApi } from './api.ts'
import { invitationRoutes } from './invitations.ts'
import { logRoutes } from './log.ts'
import { meRoutes } from './me.ts'
import { createOpenings } from './opening.ts'
import { passwordRoutes } from './password.ts'
import { signInRoutes } from './sign-in.ts'
import { signUpRoutes } from './sign-up.ts'
import { stateRoutes } from './state.ts'
import { checkRoutes } from './checks.ts'
import type { PagesParts } from './parts.ts'
import { sessionRoutes } from './sessions.ts'

export type { OptionInForce, PagesParts, ServerFacts } from './parts.ts'

export function pagesDoor(app: FastifyInstance, parts: PagesParts): void {
  const api = createApi(app, parts)
  const openings = createOpenings(parts)
  stateRoutes(api, parts)
  signInRoutes(api, parts)
  signUpRoutes(api, parts, openings)
  invitationRoutes(api, parts)
  meRoutes(api, parts)
  passwordRoutes(api, parts)
  logRoutes(api, parts)
  sessionRoutes(api, parts)
  peopleRoutes(api, parts)
  settingsRoutes(api, parts)
  serverRoutes(api, parts)
  checkRoutes(api, parts)
}
