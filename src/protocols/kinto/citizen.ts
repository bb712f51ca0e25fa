/** What the rest of the server knows of the Kinto door. */
import { KINTO_READ, WRITE } from '../../core/permissions/index.ts'
import type { Citizen } from '../../core/ports.ts'
import { type Change, commitStep } from '../../core/records/index.ts'
import { bucketPath } from './kinds.ts'

export const citizen: Citizen = {
  name: 'kinto',

  paths: [
    {
      prefix: bucketPath,
      policy: 'list',
      title: { en: 'Data of your apps', fr: 'Données de vos applications' },
    },
  ],

  scopes: [
    {
      name: 'read',
      path: bucketPath,
      bits: KINTO_READ,
      title: { en: 'Read the data of your apps', fr: 'Lire les données de vos applications' },
      description: {
        en: 'Everything that apps keep for you here, and what others share with you.',
        fr: 'Tout ce que les applications gardent ici pour vous, et ce que d’autres partagent avec vous.',
      },
    },
    {
      name: 'write',
      path: bucketPath,
      bits: WRITE,
      title: {
        en: 'Read and change the data of your apps',
        fr: 'Lire et modifier les données de vos applications',
      },
      description: {
        en: 'It may add, change and delete what apps keep for you here; it may not share it with anybody.',
        fr:
          'Elle peut ajouter, modifier et supprimer ce que les applications gardent ici pour vous ; ' +
          'elle ne peut le partager avec personne.',
      },
    },
  ],

  async directoryRows(reads, home) {
    const buckets = await reads.rows('bucket', { home_id: home })
    const names = await reads.rows('name', { home_id: home })
    return [
      ...buckets.map((row) => ({ table: 'bucket', row }) as const),
      ...names.filter(({ kind }) => kind === 'bucket').map((row) => ({ table: 'name', row }) as const),
    ]
  },

  async purge(session, { home }) {
    const names = await session.rows('name', { home_id: home })
    const changes: Change[] = [
      { kind: 'row', table: 'bucket', remove: { home_id: home } },
      // Ids stay taken for as long as they were reserved, for nobody.
      ...names
        .filter(({ kind }) => kind === 'bucket')
        .map((row): Change => ({ kind: 'row', table: 'name', put: { ...row, home_id: null, owner: null } })),
    ]
    await commitStep(session, { changes })
  },
}
