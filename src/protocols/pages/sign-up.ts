/** Making an account: by oneself, by an invitation, or with the link of the first run. */
import { checkLogin } from '../../core/accounts/index.ts'
import type { Admission } from '../../core/accounts/index.ts'
import { createProofs } from '../../identity/page-password.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { sha256Hex } from '../../lib/hash.ts'
import type { Api, Call } from './api.ts'
import { optionalText, text } from './body.ts'
import { bundleBody } from './bundle.ts'
import type { Openings } from './opening.ts'
import type { PagesParts } from './parts.ts'
import { signIn } from './signing-in.ts'
import { admissionOf } from './ticket.ts'

const maxTyped = 256
const maxLink = 200

export function signUpRoutes(api: Api, parts: PagesParts, openings: Openings): void {
  const { accounts } = parts
  const proofs = createProofs(parts)

  const invitedBy = (body: Call['body']): Admission => {
    const invitation = optionalText(body, 'invitation', maxLink)
    return invitation === undefined ? { by: 'sign-up' } : { by: 'invitation', hash: sha256Hex(invitation) }
  }

  async function begin(call: Call, purpose: 'sign-up' | 'setup', admission: Admission): Promise<object> {
    await proofs.question(call)
    const login = text(call.body, 'login', maxTyped)
    await accounts.checkAdmission(login, admission)
    return openings.begin(call, { purpose, login, link: admission.by === 'sign-up' ? null : admission.hash })
  }

  async function open(call: Call, purpose: 'sign-up' | 'setup'): Promise<object> {
    await proofs.question(call)
    const ticket = openings.ticket(call, purpose)
    // Before the slow hash, which strangers must not be able to order with a ticket that opens nothing.
    await accounts.checkAdmission(ticket.login, admissionOf(ticket))
    const wanted = await openings.read(call, ticket)
    const account = await accounts.register({
      id: ticket.account,
      login: ticket.login,
      admission: admissionOf(ticket),
      language: wanted.language,
      begin: (made, version) => wanted.part(made, version, null),
      from: { address: call.addressPrefix, agent: call.agent },
    })
    if (account.state === 'waiting') return { waiting: true }
    const method = purpose === 'setup' ? 'setup' : wanted.method
    return signIn(parts, call, account, method, { fresh: wanted.fresh, isNew: true })
  }

  api.open('POST', '/sign-up/check', async (call) => {
    await proofs.question(call)
    const login = text(call.body, 'login', maxTyped)
    try {
      await accounts.checkAdmission(login, invitedBy(call.body))
      return { free: true }
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      if (loginProblems.has(error.code)) return { free: false, problem: error.code }
      // Whoever may not have an account learns nothing of who has one.
      checkLogin(login, null)
      return { free: true }
    }
  })

  api.open('POST', '/sign-up/begin', async (call) => begin(call, 'sign-up', invitedBy(call.body)))

  api.open('POST', '/sign-up', async (call) => open(call, 'sign-up'), { bodyLimit: bundleBody })

  api.open('POST', '/setup/look', async (call) => {
    await proofs.question(call)
    const good = await accounts.checkSetup(text(call.body, 'token', maxLink))
    return { good, owner: await accounts.hasOwner() }
  })

  api.open('POST', '/setup/begin', async (call) =>
    begin(call, 'setup', { by: 'setup', hash: sha256Hex(text(call.body, 'token', maxLink)) }),
  )

  api.open('POST', '/setup', async (call) => open(call, 'setup'), { bodyLimit: bundleBody })
}

const loginProblems: ReadonlySet<string> = new Set(['login-malformed', 'login-reserved', 'login-taken'])
