/** Words about the generated password with which programs other than Firefox sign in to Sync. */
import { spoken } from '../language.ts'

const en = {
  title: 'Sync in other programs',
  text: 'Firefox needs no password here. Some other programs for Sync can only be given an address and a password. They get one of their own, made by this page: it opens your Sync and nothing else.',
  care: 'Whoever has it reads and changes what your Firefox syncs, your saved passwords too. The server gets only what was made from it and cannot read anything with that.',
  off: 'It is switched off. No such program gets in.',
  on: (when: string) => `It is switched on since ${when}.`,
  used: (when: string) => `A program last signed in with it ${when}.`,
  unused: 'No program has signed in with it yet.',
  make: 'Switch on',
  replace: 'Make a new password',
  replaceAsk: 'The one you have stops, and programs that use it are signed out.',
  made: 'Your password for Sync',
  madeText: 'It is shown this once. Copy it into the program now.',
  email: 'E-mail address, for the program to use as it is',
  password: 'Password',
  accounts: 'Address of the accounts server, where the program asks for it',
  token: 'Address of the Sync server, where the program asks for it',
  done: 'I have put it into the program',
  remove: 'Switch off',
  removeAsk: 'Programs that use this password are signed out and get in no more. What is synced stays.',
  removed: 'No other program gets in any more.',
  noKeys: 'You have no key for encrypted data yet: make one under “Encrypted data” on the page “Security”.',
}

const fr: typeof en = {
  title: 'Sync dans d’autres programmes',
  text: 'Firefox n’a pas besoin de mot de passe ici. À certains autres programmes pour Sync, on ne peut donner qu’une adresse et un mot de passe. Ils en reçoivent un à eux, créé par cette page : il ouvre votre Sync et rien d’autre.',
  care: 'Qui le détient lit et change ce que votre Firefox synchronise, vos mots de passe enregistrés aussi. Le serveur ne reçoit que ce qui en a été tiré, et ne peut rien lire avec cela.',
  off: 'C’est désactivé. Aucun programme de ce genre n’entre.',
  on: (when) => `C’est activé depuis le ${when}.`,
  used: (when) => `Dernière connexion d’un programme : ${when}.`,
  unused: 'Aucun programme ne s’en est encore servi.',
  make: 'Activer',
  replace: 'Créer un nouveau mot de passe',
  replaceAsk: 'Celui que vous avez ne marchera plus, et les programmes qui s’en servent seront déconnectés.',
  made: 'Votre mot de passe pour Sync',
  madeText: 'Il n’est montré que cette fois. Copiez-le maintenant dans le programme.',
  email: 'Adresse de courriel, à donner telle quelle au programme',
  password: 'Mot de passe',
  accounts: 'Adresse du serveur de comptes, si le programme la demande',
  token: 'Adresse du serveur Sync, si le programme la demande',
  done: 'Il est dans le programme',
  remove: 'Désactiver',
  removeAsk:
    'Les programmes qui utilisent ce mot de passe seront déconnectés et n’entreront plus. Ce qui est synchronisé reste.',
  removed: 'Plus aucun autre programme n’entre.',
  noKeys:
    'Vous n’avez pas encore de clé pour des données chiffrées : créez-en une sous « Données chiffrées », à la page « Sécurité ».',
}

export const clientPasswordWords = spoken({ en, fr })
