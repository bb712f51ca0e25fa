/** What the rest of the server knows of the OAuth server: what it seals, and what its operator can see. */
import type { Citizen } from '../../core/ports.ts'
import { sealContext } from './artifacts.ts'
import { sealedKeys } from './signing-keys.ts'

export const citizen: Citizen = {
  name: 'oauth',
  title: { en: 'Signing in to apps', fr: 'Connexion aux applications' },
  // It keeps nothing in anybody's home, and nothing of it is for apps: what they ask for is that of other doors.
  paths: [],
  scopes: [],

  operatorSees: {
    en: 'Which apps you have let in, since when, what each may do and when it was last used; not what they show to get in.',
    fr:
      'Les applications que vous avez laissées entrer, depuis quand, ce que chacune peut faire et quand elle a servi ' +
      'pour la dernière fois ; pas ce qu’elles montrent pour entrer.',
  },

  sealed: [{ table: 'oidc', column: 'sealed', context: sealContext }, sealedKeys],

  directoryRows: async () => [],
  // Its rows are the account's, and go with it.
  purge: async () => {},
}
