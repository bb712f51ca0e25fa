/** What the accounts and their pages seal, and in which contexts. Doors name theirs in their citizen's `sealed`. */
import { mailContext, providerPrefix, sealedSalts } from '../core/accounts/index.ts'
import type { SealedColumn } from '../core/ports.ts'

/** The context of the `secret` of a provider, by the setting's whole name. */
export const providerContext = (name: string): string => `setting ${name}`

export const sealedColumns: readonly SealedColumn[] = [
  {
    table: 'setting',
    column: 'value',
    prefix: providerPrefix,
    members: ['secret'],
    context: ({ name }) => providerContext(String(name)),
  },
  {
    table: 'outgoing_mail',
    column: 'sealed',
    context: ({ mail_id: id }) => mailContext(String(id)),
  },
  sealedSalts,
]
