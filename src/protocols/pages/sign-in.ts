/** Signing in with a password or with recovery words, and proving anew who one is. */
import { pageDefaults } from '../../core/accounts/index.ts'
import { areOld, createProofs } from '../../identity/page-password.ts'
import type { Api, Call } from './api.ts'
import { text } from './body.ts'
import { authOf, newParameters } from './parameters.ts'
import type { PagesParts } from './parts.ts'
import { signIn, stepUp } from './signing-in.ts'

/** Characters of a login that are looked at: none is longer, but people mistype. */
const maxTyped = 256

const tryOf = ({ body, address, browser }: Call) => ({
  login: text(body, 'login', maxTyped),
  auth: authOf(body),
  address,
  browser,
})

export function signInRoutes(api: Api, parts: PagesParts): void {
  const { accounts } = parts
  const proofs = createProofs(parts)

  api.open('POST', '/sign-in/prelogin', async ({ body, address, browser }) => {
    const login = text(body, 'login', maxTyped)
    await proofs.question({ address, login, browser })
    return { parameters: await accounts.prelogin(login) }
  })

  api.open('POST', '/sign-in/password', async (call) => {
    const account = await proofs.password(tryOf(call))
    const page = await accounts.page(account.id)
    const signedIn = await signIn(parts, call, account, 'password', { fresh: true })
    const isOld = page !== undefined && areOld(page.data.parameters, pageDefaults)
    return isOld ? { ...signedIn, renew: newParameters() } : signedIn
  })

  api.open('POST', '/sign-in/words', async (call) => {
    const account = await proofs.words(tryOf(call))
    return signIn(parts, call, account, 'words', { fresh: true })
  })

  api.mine('POST', '/fresh/password', async (call) => {
    await proofs.passwordAgain(call.account, call.session.id, authOf(call.body))
    return stepUp(parts, call)
  })

  api.mine('POST', '/fresh/words', async (call) => {
    await proofs.wordsAgain(call.account, call.session.id, authOf(call.body))
    return stepUp(parts, call)
  })
}
