/** A person takes another login. Her page password is stretched with it, so that one comes along. */
import type { PageData } from '../../core/accounts/index.ts'
import type { Api, Call } from './api.ts'
import { object, text } from './body.ts'
import { bundleBody, bundlePart } from './bundle.ts'
import { authOf, parametersOf } from './parameters.ts'
import type { PagesParts } from './parts.ts'

export function renameRoutes(api: Api, { accounts, notices, passwords }: PagesParts): void {
  async function passwordOf(body: Call['body']): Promise<PageData | undefined> {
    if (body['password'] == null) return undefined
    const given = object(body, 'password')
    return { parameters: parametersOf(given), hash: await passwords.hash(authOf(given)) }
  }

  api.codes({ 'password-needed': 409 })

  api.mine(
    'POST',
    '/me/rename',
    async ({ account, body, addressPrefix: address, agent }) => {
      const login = text(body, 'login', 64)
      const password = await passwordOf(body)
      const renamed = await accounts.rename(account.id, {
        login,
        ...(password ? { password } : {}),
        beside: bundlePart(body, account),
        from: { address, agent },
      })
      notices.tell(renamed, 'renamed', { login })
      return { login: renamed.login }
    },
    { fresh: true, bodyLimit: bundleBody },
  )
}
