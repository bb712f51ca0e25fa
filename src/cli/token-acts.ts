/** The operator's acts on tokens for scripts. */
import type { Core } from '../app/core.ts'
import type { Account } from '../core/accounts/index.ts'
import type { Operator } from './operator.ts'

type TokenActs = Pick<Operator, 'tokenCreate' | 'tokenList' | 'tokenRevoke'>

export function tokenActs(
  { accounts, apps }: Pick<Core, 'accounts' | 'apps'>,
  accountOf: (login: string) => Promise<Account>,
): TokenActs {
  const isToken = ({ kind }: { kind: string }) => kind === 'token'

  return {
    async tokenCreate({ login, name, scopes, days }) {
      const { id } = await accountOf(login)
      const wanted = { name, scopes, ...(days === undefined ? {} : { days }) }
      const { text } = await apps.createToken(id, wanted)
      return { text }
    },
    async tokenList({ login, after }) {
      const { id } = await accountOf(login)
      const page = { language: 'en', ...(after === undefined ? {} : { after }) } as const
      const found = await apps.apps(id, page)
      const tokens = found.apps.filter(isToken).map((app) => ({
        id: app.id,
        name: app.label,
        scopes: app.allowed.map(({ scope }) => scope),
        created: app.created,
        expires: app.expires,
        lastUsed: app.lastUsed,
        paused: app.paused,
      }))
      return { tokens, ...(found.next === undefined ? {} : { next: found.next }) }
    },
    async tokenRevoke({ login, id }) {
      const account = await accountOf(login)
      const tokens = await accounts.grants(account.id, 'token')
      // An app or a device is not ended by a slip of the hand here.
      const hers = tokens.some((grant) => grant.id === id) ? id : ''
      await accounts.revokeGrant(account.id, hers)
    },
  }
}
