/**
 * A browser that is signed in can let a telephone in whose person scanned its picture. Its session alone is not enough
 * for that: the person says so on our pages, by a fresh proof, for one client and one time.
 */
import type { Account, Grant } from '../../../core/accounts/index.ts'
import type { Row } from '../../../core/ports.ts'
import { type Change, commitStep, type Precondition } from '../../../core/records/index.ts'
import { CodedError } from '../../../lib/coded-error.ts'
import { sha256Hex } from '../../../lib/hash.ts'
import type { Call, Who } from '../call.ts'
import { type Client, clientOf, isSyncScope } from '../clients.ts'
import { type CodeData, codeChange } from '../codes.ts'
import { fxaError } from '../errors.ts'
import { approvalLasts } from '../limits.ts'
import { originOf } from '../origin.ts'
import type { Door } from '../parts.ts'
import { grantScopes } from '../scopes.ts'

type Parts = Pick<Door, 'store' | 'apps' | 'clock'>

/** What a browser's code stands for, before it is known whose it is. */
export type Wanted = Pick<CodeData, 'scopes' | 'challenge' | 'offline' | 'keysJwe'>

export interface Approvals {
  /** Notes that she agrees to one telephone with this client; in the place of what she agreed to before. */
  agree(account: Account, client: string, authAt: number): Promise<void>
  /** Lets it in: a grant of its own, never for more than the browser has that asks, and its code. Errors: 125, 114. */
  use(call: Call & { who: Who }, client: Client, wanted: Wanted): Promise<{ code: string }>
}

const kind = 'fxa-pairing'
const hashOf = (account: string, client: string) => sha256Hex(`${kind} ${account} ${client}`)

export function createApprovals({ store, apps, clock }: Parts): Approvals {
  return {
    async agree({ id, home }, clientId, authAt) {
      const client = clientOf(clientId)
      if (client?.type !== 'mobile') throw new CodedError('client-unknown', 'there is no such telephone')
      const now = clock.now()
      const put: Row = {
        hash: hashOf(id, client.id),
        kind,
        grant_id: null,
        account_id: id,
        created: now,
        expires: now + approvalLasts,
        data: JSON.stringify({ authAt }),
      }
      await commitStep(store, {
        when: [{ is: 'row-has', table: 'account', where: { account_id: id }, has: { home_id: home } }],
        changes: [{ kind: 'row', table: 'token', put }],
        needs: [{ kind: 'collection', home, path: '' }],
      })
    },

    async use({ who, now, ...call }, client, wanted) {
      const { account } = who
      const where = { hash: hashOf(account.id, client.id) }
      // Without a key there is nothing to sync, and no right to it.
      const { keysJwe } = wanted
      const scopes = keysJwe === null ? wanted.scopes.filter((one) => !isSyncScope(one)) : wanted.scopes
      let code = ''

      /** What is written with the grant. Of two uses at one moment the second finds the agreement gone. */
      async function beside(grant: Grant): Promise<{ when: Precondition[]; changes: Change[] }> {
        const [row] = await store.rows('token', where)
        if (!row || Number(row['expires']) <= now) throw notAgreed()
        const { authAt } = JSON.parse(String(row['data'])) as { authAt: number }
        const made = codeChange(grant, { ...wanted, scopes, client: client.id, authAt, bound: false }, now)
        code = made.code
        return {
          when: [{ is: 'row-has', table: 'token', where, has: { created: row['created'] ?? null } }],
          changes: [{ kind: 'row', table: 'token', remove: where }, made.change],
        }
      }

      const browser = {
        client: client.id,
        name: null,
        otherwise: client.name,
        scopes: grantScopes(scopes),
        before: null,
      }
      try {
        await apps.letIn(account.id, browser, beside, originOf(call))
      } catch (error) {
        if (!(error instanceof CodedError) || error.code !== 'too-many') throw error
        throw fxaError(114, { message: 'There are too many browsers', retryAfter: 3_600 })
      }
      return { code }
    },
  }
}

const notAgreed = () => fxaError(125, { message: 'Its person has not agreed to this on the page' })
