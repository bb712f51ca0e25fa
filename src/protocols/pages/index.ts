/** The door of our own pages: their JSON API, one part a file. */
import type { FastifyInstance } from 'fastify'
import { createPasskeyChecks } from '../../identity/passkey.ts'
import { createProviders } from '../../identity/providers/index.ts'
import { peopleRoutes } from './admin/people.ts'
import { providerSettingsRoutes } from './admin/providers.ts'
import { serverRoutes } from './admin/server.ts'
import { settingsRoutes } from './admin/settings.ts'
import { addressRoutes } from './addresses.ts'
import { createApi } from './api.ts'
import { consentRoutes } from './consent.ts'
import { appPasswordRoutes } from './app-passwords.ts'
import { appRoutes } from './apps.ts'
import { dataRoutes } from './data.ts'
import { exportRoutes } from './export.ts'
import { firefoxRoutes } from './firefox.ts'
import { invitationRoutes } from './invitations.ts'
import { keyRoutes } from './keys.ts'
import { leavingRoutes } from './leaving.ts'
import { logRoutes } from './log.ts'
import { meRoutes } from './me.ts'
import { createOpenings } from './opening.ts'
import { pairingRoutes } from './pairing.ts'
import { passkeyKind, passkeyRoutes } from './passkeys.ts'
import { operatorRoutes } from './operator-sees.ts'
import { passwordRoutes } from './password.ts'
import { providerKind, providerRoutes } from './providers.ts'
import { profileRoutes } from './profile.ts'
import { recoveryRoutes } from './recovery.ts'
import { renameRoutes } from './rename.ts'
import { securityRoutes } from './security.ts'
import { sharedRoutes } from './shared.ts'
import { signInRoutes } from './sign-in.ts'
import { signUpRoutes } from './sign-up.ts'
import { stateRoutes } from './state.ts'
import { checkRoutes } from './checks.ts'
import type { PagesParts } from './parts.ts'
import { sessionRoutes } from './sessions.ts'

export type { OptionInForce, PagesParts, ServerFacts } from './parts.ts'

export function pagesDoor(app: FastifyInstance, parts: PagesParts): void {
  const api = createApi(app, parts)
  const passkeys = createPasskeyChecks(parts)
  const providers = createProviders(parts)
  const openings = createOpenings(parts, {
    passkey: passkeyKind(parts, passkeys),
    provider: providerKind(parts, providers),
  })
  stateRoutes(api, parts)
  signInRoutes(api, parts)
  signUpRoutes(api, parts, openings)
  invitationRoutes(api, parts)
  meRoutes(api, parts)
  passwordRoutes(api, parts)
  passkeyRoutes(api, parts, passkeys)
  providerRoutes(api, parts, providers)
  logRoutes(api, parts)
  sessionRoutes(api, parts)
  peopleRoutes(api, parts)
  settingsRoutes(api, parts)
  providerSettingsRoutes(api, providers)
  serverRoutes(api, parts)
  checkRoutes(api, parts)
  keyRoutes(api, parts)
  securityRoutes(api, parts)
  appPasswordRoutes(api, parts)
  consentRoutes(api, parts)
  appRoutes(api, parts)
  sharedRoutes(api, parts)
  dataRoutes(api, parts)
  exportRoutes(api, parts)
  profileRoutes(app, api, parts)
  renameRoutes(api, parts)
  leavingRoutes(api, parts)
  operatorRoutes(api, parts)
  addressRoutes(api, parts)
  recoveryRoutes(api, parts, openings)
  pairingRoutes(api, parts)
  firefoxRoutes(api, parts)
}
