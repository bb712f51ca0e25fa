/** Passkeys: signing in and proving anew with one, and the person's list of them. */
import type { Part, Passkey } from '../../core/accounts/index.ts'
import { both, maxPasskeyName, newPasskeyChange } from '../../core/accounts/index.ts'
import { Refusal } from '../../core/ports.ts'
import { challengeExpired } from '../../identity/challenge.ts'
import type { ChallengeUse } from '../../identity/challenge.ts'
import { createProofs } from '../../identity/page-password.ts'
import { PasskeyCopied } from '../../identity/passkey.ts'
import type { Passkeys, Proof } from '../../identity/passkey.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { giveBrowserCookie } from './api.ts'
import type { Api, Call, MyCall } from './api.ts'
import { flag, object, text } from './body.ts'
import { bundleBody, bundlePart } from './bundle.ts'
import { refuse } from './errors.ts'
import type { WayKind } from './opening.ts'
import type { PagesParts } from './parts.ts'
import { signIn, stepUp } from './signing-in.ts'
import type { Ticket } from './ticket.ts'

/** Whom a challenge is given to. */
const ofBrowser = (browser: string): ChallengeUse => ({ purpose: 'sign-in', holder: sha256Hex(browser) })
const ofSession = (purpose: 'fresh' | 'add', { session }: MyCall): ChallengeUse => ({
  purpose,
  holder: session.id,
})
const ofTicket = ({ account }: Ticket): ChallengeUse => ({ purpose: 'begin', holder: account })

const shown = ({ id, data, created, lastUsed }: Passkey) => ({
  id,
  name: data.name,
  prf: data.prf,
  created,
  lastUsed,
})

/** A passkey as the way into an account that is being opened. */
export const passkeyKind = ({ accounts, clock }: PagesParts, checks: Passkeys): WayKind => ({
  async offer(ticket) {
    const [{ serverName }, existing] = await Promise.all([
      accounts.settings(),
      accounts.passkeys(ticket.account),
    ])
    const { account, login } = ticket
    return { passkey: await checks.creation({ account, login, serverName, existing, use: ofTicket(ticket) }) }
  },
  async check(way, ticket) {
    const name = text(way, 'name', maxPasskeyName)
    const { passkey, beside } = await checks.created(object(way, 'response'), ofTicket(ticket), name)
    if (await accounts.passkey(passkey.id)) throw refuse('passkey-known')
    return {
      method: 'passkey',
      fresh: true,
      part: ({ id }, version) => both(newPasskeyChange(id, passkey, version, clock.now()), beside),
    }
  },
})

export function passkeyRoutes(api: Api, parts: PagesParts, checks: Passkeys): void {
  const { accounts, notices } = parts
  const proofs = createProofs(parts)
  const proved = { fresh: true }
  const withKeys = { fresh: true, bodyLimit: bundleBody }
  api.codes({
    'challenge-expired': 410,
    'prf-leaked': 400,
    'passkey-copied': 403,
    'passkey-known': 409,
    'passkey-absent': 404,
  })

  /** Looks at a signature; what suggests a copy of the passkey is noted in its owner's log, and told to her. */
  async function prove({ body, addressPrefix: address, agent }: Call, use: ChallengeUse): Promise<Proof> {
    try {
      return await checks.proved(object(body, 'response'), use, accounts.passkey)
    } catch (error) {
      if (!(error instanceof PasskeyCopied)) throw error
      const { passkey } = error
      await accounts.notePasskeyCopy(passkey, { address, agent })
      const account = await accounts.byId(passkey.account)
      if (account) notices.tell(account, 'passkey-copied', { name: passkey.data.name, address, agent })
      throw error
    }
  }

  api.open('POST', '/sign-in/passkey/options', async (call) => {
    await proofs.question(call)
    const browser = call.browser ?? giveBrowserCookie(call.reply)
    return { options: await checks.request(ofBrowser(browser)) }
  })

  api.open('POST', '/sign-in/passkey', async (call) => {
    await proofs.question(call)
    const { passkey, beside } = await prove(call, ofBrowser(call.browser ?? ''))
    const account = await accounts.byId(passkey.account)
    if (!account || account.state === 'suspended') throw refuse('wrong')
    return once(signIn(parts, call, account, 'passkey', { fresh: true, beside }))
  })

  api.mine('POST', '/fresh/passkey/options', async (call) => {
    const mine = await accounts.passkeys(call.account.id)
    if (mine.length === 0) throw refuse('passkey-absent')
    return { options: await checks.request(ofSession('fresh', call), mine) }
  })

  api.mine('POST', '/fresh/passkey', async (call) => {
    const { passkey, beside } = await prove(call, ofSession('fresh', call))
    if (passkey.account !== call.account.id) throw refuse('wrong')
    return once(stepUp(parts, call, beside))
  })

  api.mine(
    'POST',
    '/me/passkeys/options',
    async (call) => {
      const { id: account, login } = call.account
      const [{ serverName }, existing] = await Promise.all([accounts.settings(), accounts.passkeys(account)])
      const use = ofSession('add', call)
      return { options: await checks.creation({ account, login, serverName, existing, use }) }
    },
    proved,
  )

  /** Where from, with which keys, and whether the other sessions end. */
  const actOf = ({ account, body, session, addressPrefix: address, agent }: MyCall, beside: Part) => ({
    from: { address, agent },
    beside: both(beside, bundlePart(body, account)),
    ...(flag(body, 'endOthers') ? { endOthers: session.id } : {}),
  })

  api.mine(
    'POST',
    '/me/passkeys',
    async (call) => {
      const { account, body } = call
      const name = text(body, 'name', maxPasskeyName)
      const { passkey, beside } = await checks.created(object(body, 'response'), ofSession('add', call), name)
      const added = await once(accounts.addPasskey(account.id, passkey, actOf(call, beside)))
      notices.tell(account, 'passkey-added', { name })
      return { passkey: shown(added) }
    },
    withKeys,
  )

  api.mine('PUT', '/me/passkeys/:id', async ({ account, params, body }) =>
    once(accounts.renamePasskey(account.id, params['id'] ?? '', text(body, 'name', maxPasskeyName))),
  )

  api.mine(
    'DELETE',
    '/me/passkeys/:id',
    async (call) => {
      const id = call.params['id'] ?? ''
      const name = (await accounts.passkey(id))?.data.name ?? ''
      await accounts.removePasskey(call.account.id, id, actOf(call, { changes: [] }))
      notices.tell(call.account, 'passkey-removed', { name })
    },
    withKeys,
  )
}

/** Tells what is refused because its proof was used before; anything else in the way was changed meanwhile. */
export async function once<T>(act: Promise<T>, used: () => Error = challengeExpired): Promise<T> {
  try {
    return await act
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'row-exists') throw used()
    throw ['row-changed', 'row-absent'].includes(error.code) ? refuse('account-changed') : error
  }
}
