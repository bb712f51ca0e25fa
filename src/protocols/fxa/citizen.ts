/** What the rest of the server knows of Firefox's accounts. */
import type { Citizen } from '../../core/ports.ts'
import { commitStep } from '../../core/records/index.ts'
import { sealedPasswords } from './client-password.ts'
import { sealContext } from './session-tokens.ts'
import { sealedSubscriptions } from './subscription.ts'

export const citizen: Citizen = {
  name: 'fxa',
  title: { en: 'Your browsers', fr: 'Vos navigateurs' },
  paths: [],
  // Browsers are let in by our own pages, for what a browser does: no app can ask for any of it.
  scopes: [],

  operatorSees: {
    en:
      'Which browsers you have signed in, under which names, when each was last here, and that one of them sent ' +
      'something to another; not what it sent, and not the key that locks what they sync.',
    fr:
      'Les navigateurs que vous avez connectés, sous quels noms, quand chacun est venu pour la dernière fois, et que ' +
      'l’un a envoyé quelque chose à un autre ; pas ce qu’il a envoyé, ni la clé qui verrouille ce qu’ils synchronisent.',
  },

  sealed: [
    sealedPasswords,
    sealedSubscriptions,
    {
      table: 'token',
      column: 'data',
      members: ['key'],
      context: ({ hash }) => sealContext(String(hash)),
    },
  ],

  async directoryRows(reads, home) {
    const [accounts, devices] = await Promise.all([
      reads.rows('fxa_account', { home_id: home }),
      reads.rows('fxa_device', { home_id: home }),
    ])
    return [
      // Without what opens something, or would be of no use elsewhere.
      ...accounts.map(({ uid = null, account_id: account = null, home_id: of = null }) => ({
        table: 'fxa_account' as const,
        row: { uid, account_id: account, home_id: of },
      })),
      ...devices.map(({ device_id: id = null, name = null, type = null, created = null, seen = null }) => ({
        table: 'fxa_device' as const,
        row: { device_id: id, home_id: home, name, type, created, seen },
      })),
    ]
  },

  async purge(session, { id }) {
    await commitStep(session, {
      changes: [
        { kind: 'row', table: 'fxa_device', remove: { account_id: id } },
        { kind: 'row', table: 'fxa_account', remove: { account_id: id } },
      ],
    })
  },
}
