/** What the rest of the server knows of the Sync door. */
import { WRITE } from '../../core/permissions/index.ts'
import type { Citizen } from '../../core/ports.ts'
import { commitStep } from '../../core/records/index.ts'
import { syncScope } from './foreign.ts'
import { rootPath } from './storages.ts'

export const citizen: Citizen = {
  name: 'sync',
  title: { en: 'Firefox Sync', fr: 'Firefox Sync' },

  paths: [
    {
      prefix: rootPath,
      policy: 'timeline',
      title: { en: 'Firefox Sync', fr: 'Firefox Sync' },
    },
  ],

  scopes: [
    {
      verb: 'rw',
      alias: syncScope,
      path: rootPath,
      bits: WRITE,
      title: { en: 'Sync your browser', fr: 'Synchroniser votre navigateur' },
      description: {
        en:
          'It may keep here what your browser syncs — bookmarks, history, passwords, open tabs, settings — and fetch ' +
          'what your other browsers keep. All of it is locked by them: who does not have the key reads none of it.',
        fr:
          'Il peut garder ici ce que votre navigateur synchronise — marque-pages, historique, mots de passe, onglets ' +
          'ouverts, réglages — et chercher ce que gardent vos autres navigateurs. Tout est verrouillé par eux : sans la ' +
          'clé, on n’en lit rien.',
      },
    },
  ],

  operatorSees: {
    en:
      'Of what your browsers sync: the names of the collections, how many things are in each, their ids, sizes and ' +
      'times, and which kinds of data you sync. Not what is in them: your browsers lock that before they send it.',
    fr:
      'De ce que vos navigateurs synchronisent : les noms des collections, combien d’éléments contient chacune, leurs ' +
      'identifiants, leur taille et leurs dates, et quels types de données vous synchronisez. Pas leur contenu : vos ' +
      'navigateurs le verrouillent avant de l’envoyer.',
  },

  async directoryRows(reads, home) {
    const rows = await reads.rows('sync_user', { home_id: home })
    return rows.map((row) => ({ table: 'sync_user', row }) as const)
  },

  async purge(session, { id }) {
    await commitStep(session, {
      changes: [{ kind: 'row', table: 'sync_user', remove: { account_id: id } }],
    })
  },
}
