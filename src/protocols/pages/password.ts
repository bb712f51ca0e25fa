/** Changing the page password, the recovery words, and the direct password that only the Kinto door takes. */
import { putCredential, removeCredential } from '../../core/accounts/index.ts'
import type { Account, Part, WayChange } from '../../core/accounts/index.ts'
import { wordsHash } from '../../identity/page-password.ts'
import { weakness } from '../../identity/weak.ts'
import type { Api, MyCall } from './api.ts'
import { flag, text } from './body.ts'
import { bundleBody, bundlePart } from './bundle.ts'
import { refuse } from './errors.ts'
import { authOf, newParameters, parametersOf } from './parameters.ts'
import type { PagesParts } from './parts.ts'
import { stepUp } from './signing-in.ts'

export function passwordRoutes(api: Api, parts: PagesParts): void {
  const { accounts, passwords, clock, notices } = parts
  const proved = { fresh: true }
  const withKeys = { fresh: true, bodyLimit: bundleBody }

  /** Changes a way in, with the keys that come along, and tells her elsewhere. */
  async function change(
    { account, body, addressPrefix: address, agent }: MyCall,
    act: string,
    make: (account: Account, version: number) => Part | undefined | Promise<Part | undefined>,
    more: Pick<WayChange, 'removes' | 'endOthers' | 'shown'> = {},
  ): Promise<void> {
    let isChange = false
    const changed = await accounts.changeWays(account.id, {
      act,
      from: { address, agent },
      async make(stored, version) {
        const own = await make(stored, version)
        isChange = own !== undefined
        if (own === undefined) return undefined
        const keys = bundlePart(body, stored)
        return {
          when: [...(own.when ?? []), ...(keys.when ?? [])],
          changes: [...own.changes, ...keys.changes],
        }
      },
      ...more,
    })
    if (isChange) notices.tell(changed, act, {})
  }

  /** Takes one away, where there is one. */
  const removal =
    (kind: 'page' | 'words' | 'direct') =>
    async ({ id }: Account): Promise<Part | undefined> => {
      const credential = await accounts[kind](id)
      return credential && { changes: [removeCredential(id, kind)] }
    }

  api.mine('POST', '/me/password/begin', async () => ({ parameters: newParameters() }), proved)

  api.mine(
    'PUT',
    '/me/password',
    async (call) => {
      const { body, session } = call
      const parameters = parametersOf(body)
      const endOthers = flag(body, 'endOthers')
      const hash = await passwords.hash(authOf(body))
      const put = ({ id }: Account, version: number) => ({
        changes: [putCredential(id, 'page', { parameters, hash }, version, clock.now())],
      })
      await change(call, 'password-changed', put, endOthers ? { endOthers: session.id } : {})
      // Whoever copied the cookie has nothing any more.
      return stepUp(parts, call)
    },
    withKeys,
  )

  api.mine(
    'DELETE',
    '/me/password',
    async (call) => change(call, 'password-removed', removal('page'), { removes: 'password' }),
    withKeys,
  )

  api.mine(
    'PUT',
    '/me/words',
    async (call) => {
      const hash = wordsHash(authOf(call.body))
      await change(call, 'words-changed', ({ id }, version) => ({
        changes: [putCredential(id, 'words', { hash }, version, clock.now())],
      }))
    },
    withKeys,
  )

  api.mine('DELETE', '/me/words', async (call) => change(call, 'words-removed', removal('words')), withKeys)

  api.mine(
    'POST',
    '/me/direct-password',
    async (call) => {
      const password = text(call.body, 'password', 1_024)
      const reason = parts.weakPasswords ? undefined : weakness(password, call.account.login)
      if (reason) throw refuse('password-weak', { reason })
      const hash = await passwords.hash(password)
      const put = ({ id }: Account, version: number) => ({
        changes: [putCredential(id, 'direct', { hash }, version, clock.now())],
      })
      await change(call, 'direct-password-changed', put, { shown: true })
    },
    proved,
  )

  api.mine(
    'DELETE',
    '/me/direct-password',
    async (call) => change(call, 'direct-password-removed', removal('direct'), { shown: true }),
    proved,
  )
}
