/**
 * Codes, tokens and unfinished requests in the store: found by the SHA-256 of their ids, all else of them sealed, so
 * that a dump of the database opens nothing.
 */
import type { KeyRing } from '../../lib/sealed.ts'
import { seal, unsealText } from '../../lib/sealed.ts'
import { keyedHash, sha256Hex } from '../../lib/hash.ts'
import { logChange } from '../../core/accounts/index.ts'
import { type TokenData, tokenChange } from '../../core/apps/index.ts'
import type { Clock, Row, Store } from '../../core/ports.ts'
import { type Change, commitStep } from '../../core/records/index.ts'
import { Refusal } from '../../core/ports.ts'
import type { Payload } from './library.ts'

/** In which context a row is sealed. */
export const sealContext = ({ model, hash }: Row): string => `oidc ${String(model)} ${String(hash)}`

/** The purpose of the key under which the codes that people type are found. */
const userCodes = 'oauth user codes'

export interface Artifact {
  payload: Payload
  /** What was noted beside it: the browser that a request for consent is bound to. */
  browser: string | null
  /** When it was written first, or anew; milliseconds. */
  created: number
  expires: number
}

export interface Artifacts {
  /** Writes it anew or in the place of what it was; `expires` in milliseconds. */
  put(model: string, id: string, payload: Payload, expires: number, browser?: string | null): Promise<void>
  find(model: string, id: string): Promise<Artifact | undefined>
  /** By the code that a person typed; with its id. */
  findByUserCode(code: string): Promise<Artifact | undefined>
  /** Marks it as used; false: somebody was there first, or it is gone. */
  consume(id: string): Promise<boolean>
  remove(id: string): Promise<void>
  /**
   * Ends codes and tokens of a grant: all, or those that began with one sign-in (`uid`). `reused`: because one came a
   * second time, which the person reads in her log.
   */
  endTokens(grantId: string, uid?: string, reused?: boolean): Promise<void>
}

interface Sealed {
  payload: Payload
  browser: string | null
}

export function createArtifacts({
  store,
  keys,
  clock,
}: {
  store: Pick<Store, 'rows' | 'commit'>
  keys: KeyRing
  clock: Clock
}): Artifacts {
  const text = (payload: Payload, member: string): string | null => {
    const value = payload[member]
    return typeof value === 'string' ? value : null
  }
  /** What is over is as good as gone: the sweep takes it away later. */
  const isLive = ({ expires }: Row): boolean => Number(expires) > clock.now()
  const codeHash = (code: string, generation: number) => keyedHash(keys.derive(userCodes, generation), code)

  function opened(row: Row, id?: string): Artifact {
    const { payload, browser } = JSON.parse(
      unsealText(keys, sealContext(row), String(row['sealed'])),
    ) as Sealed
    const { consumed = null } = row
    return {
      payload: {
        ...payload,
        ...(id === undefined ? {} : { jti: id }),
        ...(consumed === null ? {} : { consumed: Math.floor(Number(consumed) / 1_000) }),
      },
      browser,
      created: Number(row['created']),
      expires: Number(row['expires']),
    }
  }

  return {
    async put(model, id, { jti: _, ...payload }, expires, browser = null) {
      const hash = sha256Hex(id)
      const now = clock.now()
      const [userCode, uid] = [text(payload, 'userCode'), text(payload, 'sessionUid')]
      const consumed = payload['consumed']
      // The code that is typed goes into the seal, where it is compared again.
      const content: Sealed = { payload: userCode === null ? payload : { ...payload, id }, browser }
      const row: Row = {
        hash,
        model,
        grant_id: text(payload, 'grantId'),
        account_id: text(payload, 'accountId'),
        uid: uid === null ? null : sha256Hex(uid),
        user_code: userCode === null ? null : codeHash(userCode, keys.current),
        sealed: seal(keys, sealContext({ model, hash }), JSON.stringify(content)),
        consumed: typeof consumed === 'number' ? consumed * 1_000 : null,
        created: now,
        expires,
      }
      await commitStep(store, {
        changes: [{ kind: 'row', table: 'oidc', put: row }, ...beside(row, payload)],
      })
    },

    async find(model, id) {
      const [row] = await store.rows('oidc', { hash: sha256Hex(id) })
      return row?.['model'] === model && isLive(row) ? opened(row, id) : undefined
    },

    async findByUserCode(code) {
      for (const generation of keys.generations) {
        const [row] = await store.rows('oidc', { user_code: codeHash(code, generation) })
        if (!row || !isLive(row)) continue
        const { payload, ...rest } = opened(row)
        const { id, ...known } = payload
        return { ...rest, payload: { ...known, jti: id } }
      }
      return undefined
    },

    async consume(id) {
      const where = { hash: sha256Hex(id) }
      const [row] = await store.rows('oidc', where)
      if (!row) return false
      try {
        await commitStep(store, {
          when: [{ is: 'row-has', table: 'oidc', where, has: { consumed: null } }],
          changes: [{ kind: 'row', table: 'oidc', put: { ...row, consumed: clock.now() } }],
        })
        return true
      } catch (error) {
        if (error instanceof Refusal) return false
        throw error
      }
    },

    async remove(id) {
      const hash = sha256Hex(id)
      await commitStep(store, {
        changes: [
          { kind: 'row', table: 'oidc', remove: { hash } },
          { kind: 'row', table: 'token', remove: { hash } },
        ],
      })
    },

    async endTokens(grantId, uid, reused = false) {
      const mine = { grant_id: grantId }
      const rows = await store.rows('oidc', mine)
      const [account] =
        rows.length === 0 ? [] : await store.rows('account', { account_id: rows[0]!['account_id'] ?? null })
      const begun = uid === undefined ? undefined : sha256Hex(uid)
      const some = rows.filter((row) => row['uid'] === begun)
      const changes: Change[] =
        begun === undefined
          ? [
              { kind: 'row', table: 'oidc', remove: mine },
              { kind: 'row', table: 'token', remove: mine },
            ]
          : some.flatMap(({ hash = null }): Change[] => [
              { kind: 'row', table: 'oidc', remove: { hash } },
              { kind: 'row', table: 'token', remove: { hash } },
            ])
      // What is open under one of these tokens looks again.
      if (account) changes.push({ kind: 'bump-permissions', home: Number(account['home_id']) })
      if (account && reused) {
        const [grant] = await store.rows('app_grant', { grant_id: grantId })
        const details = { label: grant?.['label'] ?? '' }
        changes.push(
          logChange(clock.now(), {
            account: String(account['account_id']),
            act: 'app-key-reused',
            actor: null,
            details,
          }),
        )
      }
      if (changes.length > 0) await commitStep(store, { changes })
    },
  }
}

/** An access token is found by the doors without the library, as all tokens are. */
function beside(row: Row, payload: Payload): Change[] {
  if (row['model'] !== 'AccessToken') return []
  const scope = String(payload['scope'] ?? '')
  const data: TokenData = { scopes: scope === '' ? [] : scope.split(' ') }
  return [
    tokenChange(
      { id: String(row['grant_id']), account: String(row['account_id']) },
      {
        hash: String(row['hash']),
        kind: 'access',
        created: Number(row['created']),
        expires: Number(row['expires']),
        data,
      },
    ),
  ]
}
