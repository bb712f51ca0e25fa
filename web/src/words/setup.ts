/** Words of the first run. */
import { spoken } from './language.ts'

const en = {
  title: 'Welcome to Essaim',
  intro: 'Make the account of the person who runs this server. First, is its address right?',
  account: 'Your account',
  address: 'The address of this server',
  addressText:
    'Apps, passkeys and other people’s servers will know it by this address. Passkeys are bound to it: whoever moves the server to another address has to make new ones.',
  here: (url: string) => `You have opened this page under another address: ${url}`,
  checking: 'Looking at the address …',
  again: 'Look again',
  levels: { ok: 'Good', warn: 'To know', wrong: 'To change' },
  proceed: 'Go on',
  noToken: 'Open the whole link that the server printed when it started, with what follows the #.',
  doneTitle: 'The account is made',
}

const fr: typeof en = {
  title: 'Bienvenue dans Essaim',
  intro: 'Créez le compte de la personne qui tient ce serveur. D’abord, son adresse est-elle la bonne ?',
  account: 'Votre compte',
  address: 'L’adresse de ce serveur',
  addressText:
    'Les applications, les clés d’accès et les serveurs des autres le connaîtront par cette adresse. Les clés d’accès y sont liées : qui déménage le serveur à une autre adresse doit en créer de nouvelles.',
  here: (url: string) => `Vous avez ouvert cette page sous une autre adresse : ${url}`,
  checking: 'Examen de l’adresse…',
  again: 'Examiner à nouveau',
  levels: { ok: 'Bien', warn: 'À savoir', wrong: 'À changer' },
  proceed: 'Continuer',
  noToken: 'Ouvrez le lien entier que le serveur a affiché au démarrage, avec ce qui suit le #.',
  doneTitle: 'Le compte est créé',
}

export const setupWords = spoken({ en, fr })
