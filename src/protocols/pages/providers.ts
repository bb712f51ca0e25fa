/**
 * Sign-in with others. An account elsewhere opens the account here that its owner attached it to, and no other: what
 * the provider says of names and addresses is shown to people and decides nothing.
 */
import {
  both,
  identityUsedChange,
  isFresh,
  maxIssuer,
  maxSubject,
  newIdentityChange,
} from '../../core/accounts/index.ts'
import type { NewIdentity } from '../../core/accounts/index.ts'
import { createProofs } from '../../identity/page-password.ts'
import { flowLost, pendingLasts, purposes } from '../../identity/providers/index.ts'
import type { Flow, Providers, Vouched } from '../../identity/providers/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { commitStep } from '../../core/records/index.ts'
import type { Api, Call, MyCall } from './api.ts'
import { oneOf, optionalText, text } from './body.ts'
import { cookieNames, setCookie } from './cookies.ts'
import { refuse } from './errors.ts'
import type { WayKind } from './opening.ts'
import type { PagesParts } from './parts.ts'
import { once } from './passkeys.ts'
import { signIn, stepUp } from './signing-in.ts'

const maxLink = 200

/** Seconds. What is in the cookie has its own time, too. */
const cookieLasts = pendingLasts / 1_000

interface Arrival {
  location: string
  /** An identity that may open a new account. */
  pending?: string
}

/** Milliseconds by which the clock of a provider may differ from ours. */
const clockDifference = 60_000

/** An account elsewhere, which opened nothing so far, as the way into an account that is being opened. */
export const providerKind = ({ accounts, clock }: PagesParts, { flows }: Providers): WayKind => ({
  async check(_way, _ticket, { flow }) {
    const { issuer, subject, provider, label } = flows.open(flow, 'pending')
    if (await accounts.identity(issuer, subject)) throw refuse('identity-taken')
    return {
      method: 'provider',
      fresh: false,
      part: ({ id }) => newIdentityChange(id, { issuer, subject, provider, label }, clock.now()),
    }
  },
})

export function providerRoutes(api: Api, parts: PagesParts, providers: Providers): void {
  const { accounts, clock, store, notices, log } = parts
  const { flows } = providers
  const proofs = createProofs(parts)
  api.codes({
    'flow-lost': 410,
    'identity-taken': 409,
    'identity-absent': 404,
    'provider-absent': 404,
    'provider-refused': 403,
    'provider-unreachable': 502,
    'provider-answer': 502,
    'provider-credentials': 502,
    'provider-not-oidc': 502,
    'provider-issuer': 502,
  })

  /** An empty text takes the cookie away. */
  const giveFlow = ({ reply }: Call, text: string) =>
    void reply.header('Set-Cookie', setCookie(cookieNames.flow, text, text === '' ? 0 : cookieLasts))

  const found = async (id: string) => {
    const provider = await providers.find(id)
    if (!provider) throw refuse('provider-absent')
    return provider
  }

  /** Who is signed in, for what only she may ask; `link` is an act that asks for a fresh proof. */
  async function asker(call: Call, purpose: Flow['purpose']): Promise<MyCall | undefined> {
    if (purpose === 'sign-in' || purpose === 'sign-up') return undefined
    const mine = await api.known(call)
    if (mine?.account.state !== 'active') throw refuse('signed-out')
    if (purpose === 'link' && !isFresh(mine.session, clock.now())) throw refuse('not-fresh')
    return mine
  }

  api.open('POST', '/provider/start', async (call) => {
    await proofs.question(call)
    const purpose = oneOf(call.body, 'purpose', purposes)
    const mine = await asker(call, purpose)
    const provider = await found(text(call.body, 'id', 32))
    // Nothing tells when somebody last proved herself there.
    if (purpose === 'fresh' && provider.kind === 'oauth2') throw refuse('not-fresh')
    const flow = flows.begin({
      provider: provider.id,
      purpose,
      session: mine?.session.id ?? null,
      invitation: optionalText(call.body, 'invitation', maxLink) ?? null,
    })
    const location = await providers.start(provider, flow)
    giveFlow(call, flows.seal(flow))
    return { location }
  })

  api.open('GET', '/provider/pending', async ({ flow }) => {
    const { provider: id, label, hint, invitation } = flows.open(flow, 'pending')
    const provider = await found(id)
    return { provider: provider.name, label, loginHint: hint, ...(invitation === null ? {} : { invitation }) }
  })

  api.arrival('/sign-in/with/:id', async (call) => {
    let flow: Flow | undefined
    try {
      const opened = flows.open(call.flow, 'flow')
      const query = new URL(call.request.url, parts.publicUrl).searchParams
      // Another provider's answer, or one that another browser asked for, ends here.
      if (opened.provider !== call.params['id'] || query.get('state') !== opened.state) throw flowLost()
      flow = opened
      const provider = await found(opened.provider)
      const vouched = await providers.finish(provider, opened, query)
      const { location, pending = '' } = await arrive(call, opened, vouched, provider.id)
      giveFlow(call, pending)
      return location
    } catch (error) {
      giveFlow(call, '')
      const code = error instanceof CodedError ? error.code : 'failed'
      const about = { provider: call.params['id']?.slice(0, 32), code }
      if (error instanceof CodedError)
        log.info({ ...about, ...error.details }, 'a sign-in with others failed')
      else log.error({ ...about, err: error }, 'a sign-in with others failed')
      const signedIn = flow?.purpose === 'link' || flow?.purpose === 'fresh'
      return `${signedIn ? '/account/security' : '/sign-in'}#problem=${code}`
    }
  })

  /** What the provider's word comes to: where the browser goes on, and with which cookie of the flow. */
  async function arrive(call: Call, flow: Flow, vouched: Vouched, provider: string): Promise<Arrival> {
    const { issuer, subject, label, hint } = vouched
    const identity: NewIdentity = { issuer, subject, label, provider }
    const known = await accounts.identity(issuer, subject)
    if (flow.purpose === 'link') {
      const mine = await asked(call, flow)
      const { addressPrefix: address, agent, account } = mine
      await once(accounts.linkIdentity(account.id, identity, { address, agent }, flows.use(flow)), flowLost)
      if (!known) notices.tell(account, 'identity-added', { provider, label })
      return { location: '/account/security#linked' }
    }
    if (flow.purpose === 'fresh') {
      const mine = await asked(call, flow)
      if (known?.account !== mine.account.id) throw refuse('wrong')
      if (!isJustNow(vouched, flow)) throw refuse('not-fresh')
      await once(stepUp(parts, mine, flows.use(flow)), flowLost)
      return { location: '/account/security#fresh' }
    }
    if (!known) return offer(flow, { ...identity, hint })
    const account = await accounts.byId(known.account)
    if (!account || account.state === 'suspended') throw refuse('wrong')
    const beside = both(identityUsedChange(known, label, clock.now()), flows.use(flow))
    await once(signIn(parts, call, account, 'provider', { fresh: false, beside }), flowLost)
    return { location: '/' }
  }

  /** The session that began the flow, which still has to be the one of this browser. */
  async function asked(call: Call, flow: Flow): Promise<MyCall> {
    const mine = await api.known(call)
    if (!mine || mine.account.state !== 'active' || mine.session.id !== flow.session)
      throw refuse('signed-out')
    return mine
  }

  const isJustNow = ({ authenticated }: Vouched, { started }: Flow): boolean =>
    authenticated !== null &&
    authenticated >= started - clockDifference &&
    authenticated <= clock.now() + clockDifference

  /** Nobody has attached it to an account. It may open a new one, where people may make one. */
  async function offer(flow: Flow, identity: NewIdentity & { hint: string }): Promise<Arrival> {
    const { registration } = await accounts.settings()
    if (registration === 'closed') throw refuse('identity-unknown')
    await once(commitStep(store, flows.use(flow)), flowLost)
    const { invitation } = flow
    const pending = flows.seal({ is: 'pending', ...identity, invitation, started: clock.now() })
    return { location: '/sign-up#provider', pending }
  }

  api.mine(
    'DELETE',
    '/me/identities',
    async ({ account, body, addressPrefix: address, agent }) => {
      const issuer = text(body, 'issuer', maxIssuer)
      const subject = text(body, 'subject', maxSubject)
      const known = await accounts.identity(issuer, subject)
      await accounts.unlinkIdentity(account.id, issuer, subject, { address, agent })
      notices.tell(account, 'identity-removed', {
        provider: known?.provider ?? '',
        label: known?.label ?? '',
      })
    },
    { fresh: true },
  )
}
