/** When the library asks a person: where the one decision of the core says so. */
import { type Decision, grantedScopes } from '../../core/apps/index.ts'
import { grantPayload } from './adapter.ts'
import { askingClient, isNative } from './clients.ts'
import type { Context, Library, LibraryGrant, LibraryProvider } from './library.ts'
import type { OAuthParts } from './parts.ts'
import type { Visitors } from './visitors.ts'

interface Parts extends Pick<OAuthParts, 'apps' | 'clock'> {
  library: Library
  visitors: Visitors
  resources: ReadonlyMap<string, string | null>
}

export interface Policy {
  /** Of the library's configuration. */
  interactions: { policy: object; url(context: Context, interaction: { uid: string }): string }
  loadExistingGrant(context: Context): Promise<LibraryGrant | undefined>
}

export function createPolicy(parts: Parts, provider: () => LibraryProvider): Policy {
  const { library, visitors, apps, clock, resources } = parts
  const { errors, interactionPolicy } = library
  const decisions = new WeakMap<Context, Promise<Decision>>()

  const askedScopes = ({ oidc }: Context): string[] =>
    [...oidc.requestParamScopes].filter((one) => one !== '')

  /** What is decided on a request; asked for more than once while it runs. */
  function decisionOn(context: Context): Promise<Decision> {
    const known = decisions.get(context)
    if (known) return known
    const { account, session } = visitors.of(context.req)
    const { client, params } = context.oidc
    const asking = client && askingClient(client)
    const redirect = params?.['redirect_uri'] ?? ''
    const made = apps.decide(account, session, asking, redirect, { scopes: askedScopes(context) })
    decisions.set(context, made)
    return made
  }

  /** Whether she has to be asked. Throws what an app is told that she cannot let in. */
  async function isOpen(context: Context): Promise<boolean> {
    const { client, result } = context.oidc
    const decision = await decisionOn(context)
    if (decision.kind === 'ask') return true
    // Any program on a device can say that it is this app: only her own word lets it in.
    if (decision.kind === 'grant') return client !== undefined && isNative(client) && !result?.consent
    if (decision.why === 'scope') throw new errors.InvalidScope(decision.code, decision.scope)
    if (decision.why === 'paused') throw new errors.AccessDenied('this app has been paused')
    if (decision.why === 'account') throw new errors.AccessDenied('this account is not in use')
    if (decision.why === 'redirect-mismatch')
      throw new errors.AccessDenied('this app is called back elsewhere')
    return true
  }

  const { Prompt, Check, base } = interactionPolicy
  const consent = new Prompt(
    { name: 'consent', requestable: true },
    new Check('undecided', 'the person has to be asked', 'consent_required', isOpen),
  )
  const policy = base()
  policy.splice(1, policy.length - 1, consent)

  return {
    interactions: { policy, url: (_context, { uid }) => `/consent#${uid}` },

    async loadExistingGrant(context) {
      const { account } = visitors.of(context.req)
      const { client, params } = context.oidc
      if (!account || !client || !params) return undefined
      const decision = await decisionOn(context)
      // It was there to have `offline_access` looked at, not to have her asked again.
      if (visitors.of(context.req).impliedConsent) params['prompt'] = undefined
      if (decision.kind !== 'grant') return undefined
      const now = clock.now()
      visitors.of(context.req).asked = params['scope'] ?? ''
      params['scope'] = grantedScopes(apps.registry, decision.grant, askedScopes(context), now).join(' ')
      const payload = grantPayload(decision.grant, now, resources)
      return payload && provider().Grant.instantiate(payload)
    },
  }
}
