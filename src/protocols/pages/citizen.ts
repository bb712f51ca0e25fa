/** What the rest of the server knows of our own pages: what of a home is theirs, and what an account takes along. */
import type { Citizen, DirectoryRow, Reads, TableName } from '../../core/ports.ts'
import { commitStep } from '../../core/records/index.ts'

/**
 * Of an account, without its ways in: no hash of a password, no key of a passkey (which is bound to this server's
 * address), no session, no token. Her log comes by itself, since it may be long.
 */
const archived: readonly TableName[] = ['account', 'identity', 'address', 'app_grant', 'invitation']

/** Columns that tell nothing elsewhere, or open something here. */
const left = new Set(['hash', 'auth_seq', 'pairwise'])

export const citizen: Citizen = {
  name: 'pages',
  title: { en: 'Your account', fr: 'Votre compte' },

  paths: [
    {
      prefix: 'account',
      policy: 'list',
      title: { en: 'Your account', fr: 'Votre compte' },
    },
  ],

  // Nothing of it is for apps.
  scopes: [],

  operatorSees: {
    en:
      'Your name and picture, which others may see as well; and of your encryption keys how many ways there are to ' +
      'unlock them, of which kind and since when, but not the keys.',
    fr:
      'Votre nom et votre image, que d’autres peuvent voir aussi ; et de vos clés de chiffrement, combien de façons il y ' +
      'a de les déverrouiller, lesquelles et depuis quand, mais pas les clés.',
  },

  async directoryRows(reads, home) {
    const [account] = await reads.rows('account', { home_id: home })
    if (!account) return []
    const id = String(account['account_id'])
    const rows: DirectoryRow[] = []
    for (const table of archived)
      for (const row of await reads.rows(table, { account_id: id })) rows.push(withoutSecrets(table, row))
    for (const { row } of rows.filter(({ table }) => table === 'app_grant')) {
      const scopes = await reads.rows('grant_scope', { grant_id: row['grant_id'] ?? null })
      rows.push(...scopes.map((scope) => ({ table: 'grant_scope', row: scope }) as const))
    }
    return rows
  },

  async purge(session, { home }) {
    const names = await session.rows('name', { home_id: home })
    const pictures = names.filter(({ kind }) => kind === 'avatar')
    await commitStep(session, {
      changes: pictures.map(({ name = null }) => ({
        kind: 'row',
        table: 'name',
        remove: { kind: 'avatar', name },
      })),
    })
  },
}

const withoutSecrets = (table: TableName, row: Awaited<ReturnType<Reads['rows']>>[number]): DirectoryRow => ({
  table,
  row: Object.fromEntries(Object.entries(row).filter(([name]) => !left.has(name))),
})
