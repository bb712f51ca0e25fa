/** What the rest of the server knows of the Kinto door. */
import { accountPrincipal, KINTO_READ, parsePrincipal, WRITE } from '../../core/permissions/index.ts'
import type { Citizen, Session } from '../../core/ports.ts'
import { type Change, commitStep } from '../../core/records/index.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { parentPath, pathName } from '../../lib/paths.ts'
import { bucketRow } from './directory.ts'
import { bucketPath, groupList, membersOf } from './kinds.ts'
import { modulePaths, targets } from './targets.ts'

export const citizen: Citizen = {
  name: 'kinto',
  title: { en: 'Data of your apps', fr: 'Données de vos applications' },

  paths: [
    {
      prefix: bucketPath,
      policy: 'list',
      title: { en: 'Data of your apps', fr: 'Données de vos applications' },
    },
  ],

  scopes: [
    {
      verb: 'r',
      path: bucketPath,
      bits: KINTO_READ,
      title: { en: 'Read the data of your apps', fr: 'Lire les données de vos applications' },
      description: {
        en: 'Everything that apps keep for you here, and what others share with you.',
        fr: 'Tout ce que les applications gardent ici pour vous, et ce que d’autres partagent avec vous.',
      },
      one: {
        title: { en: 'Read “{target}”', fr: 'Lire « {target} »' },
        description: {
          en: 'Everything in it, and nothing beside it.',
          fr: 'Tout ce qu’il y a dedans, et rien d’autre.',
        },
      },
    },
    {
      verb: 'rw',
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
      one: {
        title: { en: 'Read and change “{target}”', fr: 'Lire et modifier « {target} »' },
        description: {
          en: 'It may add, change and delete in it, and nothing beside it; it may not share it.',
          fr:
            'Elle peut ajouter, modifier et supprimer dedans, et rien d’autre ; ' +
            'elle ne peut rien en partager.',
        },
      },
    },
  ],

  targets,
  modulePaths,

  operatorSees: {
    en:
      'What apps keep for you, save what they encrypt on your devices before they send it; and always the names of ' +
      'buckets and collections, the ids and sizes of records, when each was changed, and with whom it is shared.',
    fr:
      'Ce que les applications gardent pour vous, sauf ce qu’elles chiffrent sur vos appareils avant de l’envoyer ; et ' +
      'toujours les noms des ensembles et des collections, les identifiants et la taille des fiches, le moment de ' +
      'chaque modification, et avec qui c’est partagé.',
  },

  async spaceName(reads, home) {
    const rows = await reads.rows('bucket', { home_id: home })
    return rows.map(bucketRow).find(({ deleted }) => !deleted)?.id
  },

  async directoryRows(reads, home) {
    const buckets = await reads.rows('bucket', { home_id: home })
    const names = await reads.rows('name', { home_id: home })
    return [
      ...buckets.map((row) => ({ table: 'bucket', row }) as const),
      ...names.filter(({ kind }) => kind === 'bucket').map((row) => ({ table: 'name', row }) as const),
    ]
  },

  async purge(session, { id, home, login }) {
    await leaveGroups(session, id, login)
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

/** Groups of others lose a member who is no more: their records name her as they were written. */
async function leaveGroups(session: Session, id: string, login: string): Promise<void> {
  const principal = accountPrincipal(id)
  const name = `account:${login}`.toLowerCase()
  for (const { group_principal: group } of await session.rows('membership', { principal })) {
    const parsed = parsePrincipal(String(group))
    if (parsed.kind !== 'group' || parentPath(parsed.path) !== groupList) continue
    const place = { home: parsed.home, path: groupList, id: pathName(parsed.path) }
    if ((await session.home(parsed.home))?.state !== 'active') continue
    await commitStep(session, {
      changes: [
        {
          kind: 'patch',
          ...place,
          patch(stored) {
            const data = stored && (JSON.parse(stored.data) as JsonObject)
            const members = data && membersOf(data)
            const others = members?.filter((one) => one.toLowerCase() !== name)
            if (others === undefined || others.length === members?.length) return null
            return { data: JSON.stringify({ ...data, members: others }) }
          },
        },
      ],
    })
  }
}
