/** Words of the page where a browser is signed in. `app` is what it is called: Firefox, Thunderbird. */
import { spoken } from '../language.ts'

const en = {
  why: (app: string) => `${app} asks to use your account here. Sign in first.`,
  looking: (app: string) => `Looking at ${app} …`,
  title: (app: string) => `Sign in to ${app}`,
  again: (app: string) => `Sign in to ${app} again`,
  known: (app: string) => `${app} shows you by this name; no mail can be sent to it.`,
  other: 'Not you? Use another account',
  choose: 'What should it synchronise?',
  chooseHint: 'You can change this at any time in its settings.',
  engines: {
    bookmarks: 'Bookmarks',
    history: 'History',
    passwords: 'Passwords',
    tabs: 'Open tabs',
    addons: 'Add-ons',
    prefs: 'Settings',
    addresses: 'Postal addresses',
    creditcards: 'Payment cards',
  } as Readonly<Record<string, string>>,
  secret: 'What is synchronised is encrypted before it leaves the browser: this server cannot read it.',
  locked: 'Your key is locked on this device: you will be asked to unlock it.',
  anotherDevice: 'Unlock it with another device',
  act: (app: string) => `Sign in to ${app}`,
  noSync: 'It will know who you are, and synchronise nothing.',
  keys: {
    title: (app: string) => `${app} needs a key`,
    text: (app: string) =>
      `What ${app} synchronises is encrypted with a key of yours, and you have none yet. Make recovery words, choose a Sync passphrase, or do both: either brings your key to every browser that you sign in. The words open your account too; the passphrase is easier to type.`,
    replaced: 'The recovery words that you have now open nothing any more once these are saved.',
    make: 'Make recovery words',
    both: 'Both',
    write: 'Write these down now',
    save: 'Save, and go on',
    next: 'Go on to the passphrase',
    without: 'Go on without Sync',
  },
  elsewhere: {
    title: (app: string) => `${app} is signed in as somebody else`,
    text: (app: string, theirs: string, mine: string) =>
      `${app} is signed in as ${theirs}, and you are ${mine} here.`,
    asked: (app: string, theirs: string, mine: string) =>
      `${app} asks for the account ${theirs}, and you are ${mine} here. It does not take another one in its place.`,
    theirs: (theirs: string) => `Go on as ${theirs}`,
    disconnect: (app: string) => `Disconnect ${app} from that account first`,
    disconnectAsk: (app: string, theirs: string) =>
      `${app} stops synchronising with ${theirs}. What is in the browser stays in it.`,
    back: 'To your account',
  },
  already: {
    title: (app: string) => `${app} is signed in`,
    text: (email: string) => `It is signed in as ${email}.`,
    settings: 'Open its Sync settings',
    browsers: 'All your browsers',
    account: 'Your account',
    another: 'Set up another browser',
    anew: 'Sign in again',
    disconnect: (app: string) => `Disconnect this ${app}`,
    disconnectAsk:
      'It stops synchronising. What is in the browser stays in it, and what is on the server too.',
  },
  left: {
    title: (app: string) => `${app} is disconnected`,
    text: 'It has access to nothing here any more.',
    again: 'To sign in again, begin in its own menu.',
  },
  done: {
    title: (app: string) => `${app} is signed in`,
    text: 'It has begun to synchronise. You can close this page.',
    plain: 'It knows who you are. You can close this page.',
    mobile: 'You can go back to the app.',
    next: 'What you may want to do next',
    phone: 'Connect a telephone with its camera',
  },
  absent: {
    title: 'This page is for Firefox',
    other:
      'Firefox opens it to be signed in here, and this is another browser. Nothing was changed. Open it in Firefox, from its menu.',
    quiet:
      'This Firefox does not answer it. Either it has its account on another server, or it is busy: then try again.',
    origin: (here: string) =>
      `This Firefox has its account on another server than ${here}. For an account here, its preference “identity.fxaccounts.autoconfig.uri” has to be exactly ${here}.`,
    moved: (here: string, there: string) =>
      `You came by the address ${here}; this server’s own is ${there}. Firefox takes the second one alone.`,
    none: 'This server keeps no accounts for Firefox. Ask the person who runs it.',
    help: 'How to set Firefox up',
    signIn: 'Sign in without Firefox',
  },
  errors: {
    'client-unknown': 'This program is not one that can have an account here.',
    'scope-refused': 'It asks for something that it may not have here.',
    'keys-older': 'Your key was replaced by a later one, on another device. Load this page again to get it.',
    'too-many': 'Too many browsers are signed in already. Disconnect one first.',
  } as Readonly<Record<string, string>>,
  channel: {
    'no-channel': (app: string) => `${app} has its account on another server now. Begin again from its menu.`,
    'no-answer': (app: string) => `${app} did not answer in time. Please try again.`,
    refused: (app: string) => `${app} could not do it. Please try again.`,
    unknown: (app: string) => `This ${app} is too old or too new for this page.`,
    said: (said: string) => `It says: “${said}”.`,
    declined: (app: string) => `You told ${app} not to sign in. Nothing was changed.`,
    strange: (app: string) => `${app} asks in a way that this page does not understand. Nothing was changed.`,
  },
  arrived: {
    title: 'You are signed in',
    text: 'Go back to the app: it does the rest. If it still asks you to sign in, begin again there.',
  },
  settings: {
    title: 'Another account',
    text: (theirs: string, mine: string) => `Firefox is signed in as ${theirs}, and you are ${mine} here.`,
    goOn: (mine: string) => `Go on as ${mine}`,
  },
}

const fr: typeof en = {
  why: (app) => `${app} demande à utiliser votre compte d’ici. Connectez-vous d’abord.`,
  looking: (app) => `On regarde ${app} …`,
  title: (app) => `Connecter ${app}`,
  again: (app) => `Connecter ${app} de nouveau`,
  known: (app) => `${app} vous montre sous ce nom ; on ne peut pas y envoyer de courriel.`,
  other: 'Ce n’est pas vous ? Utilisez un autre compte',
  choose: 'Que doit-il synchroniser ?',
  chooseHint: 'Vous pouvez changer cela à tout moment dans ses paramètres.',
  engines: {
    bookmarks: 'Marque-pages',
    history: 'Historique',
    passwords: 'Mots de passe',
    tabs: 'Onglets ouverts',
    addons: 'Modules complémentaires',
    prefs: 'Paramètres',
    addresses: 'Adresses postales',
    creditcards: 'Cartes de paiement',
  },
  secret:
    'Ce qui est synchronisé est chiffré avant de quitter le navigateur : ce serveur ne peut pas le lire.',
  locked: 'Votre clé est verrouillée sur cet appareil : on vous demandera de la déverrouiller.',
  anotherDevice: 'La déverrouiller avec un autre appareil',
  act: (app) => `Connecter ${app}`,
  noSync: 'Il saura qui vous êtes, et ne synchronisera rien.',
  keys: {
    title: (app) => `${app} a besoin d’une clé`,
    text: (app) =>
      `Ce que ${app} synchronise est chiffré avec une clé à vous, et vous n’en avez pas encore. Créez des mots de secours, choisissez une phrase secrète de Sync, ou les deux : chacun apporte votre clé à chaque navigateur que vous connectez. Les mots ouvrent aussi votre compte ; la phrase se saisit plus facilement.`,
    replaced:
      'Les mots de secours que vous avez maintenant n’ouvriront plus rien une fois ceux-ci enregistrés.',
    make: 'Créer des mots de secours',
    both: 'Les deux',
    write: 'Écrivez-les maintenant',
    save: 'Enregistrer et continuer',
    next: 'Continuer vers la phrase secrète',
    without: 'Continuer sans Sync',
  },
  elsewhere: {
    title: (app) => `${app} est connecté comme quelqu’un d’autre`,
    text: (app, theirs, mine) => `${app} est connecté comme ${theirs}, et ici vous êtes ${mine}.`,
    asked: (app, theirs, mine) =>
      `${app} demande le compte ${theirs}, et ici vous êtes ${mine}. Il n’en prend pas un autre à la place.`,
    theirs: (theirs) => `Continuer comme ${theirs}`,
    disconnect: (app) => `Déconnecter d’abord ${app} de ce compte`,
    disconnectAsk: (app, theirs) =>
      `${app} arrête de se synchroniser avec ${theirs}. Ce qui est dans le navigateur y reste.`,
    back: 'Vers votre compte',
  },
  already: {
    title: (app) => `${app} est connecté`,
    text: (email) => `Il est connecté comme ${email}.`,
    settings: 'Ouvrir ses paramètres de Sync',
    browsers: 'Tous vos navigateurs',
    account: 'Votre compte',
    another: 'Installer un autre navigateur',
    anew: 'Se connecter de nouveau',
    disconnect: (app) => `Déconnecter ce ${app}`,
    disconnectAsk:
      'Il arrête de se synchroniser. Ce qui est dans le navigateur y reste, ce qui est sur le serveur aussi.',
  },
  left: {
    title: (app) => `${app} est déconnecté`,
    text: 'Il n’a plus accès à rien ici.',
    again: 'Pour le reconnecter, commencez dans son propre menu.',
  },
  done: {
    title: (app) => `${app} est connecté`,
    text: 'La synchronisation a commencé. Vous pouvez fermer cette page.',
    plain: 'Il sait qui vous êtes. Vous pouvez fermer cette page.',
    mobile: 'Vous pouvez revenir à l’application.',
    next: 'Ce que vous voudrez peut-être faire ensuite',
    phone: 'Connecter un téléphone avec son appareil photo',
  },
  absent: {
    title: 'Cette page est pour Firefox',
    other:
      'Firefox l’ouvre pour être connecté ici, et ceci est un autre navigateur. Rien n’a changé. Ouvrez-la dans Firefox, depuis son menu.',
    quiet:
      'Ce Firefox ne lui répond pas. Soit il a son compte sur un autre serveur, soit il est occupé : dans ce cas, réessayez.',
    origin: (here) =>
      `Ce Firefox a son compte sur un autre serveur que ${here}. Pour un compte ici, sa préférence « identity.fxaccounts.autoconfig.uri » doit être exactement ${here}.`,
    moved: (here, there) =>
      `Vous êtes venu par l’adresse ${here} ; celle de ce serveur est ${there}. Firefox n’accepte que la seconde.`,
    none: 'Ce serveur ne tient pas de comptes pour Firefox. Demandez à la personne qui s’en occupe.',
    help: 'Comment installer Firefox',
    signIn: 'Se connecter sans Firefox',
  },
  errors: {
    'client-unknown': 'Ce programme n’est pas de ceux qui peuvent avoir un compte ici.',
    'scope-refused': 'Il demande quelque chose qu’il ne peut pas avoir ici.',
    'keys-older':
      'Votre clé a été remplacée par une plus récente, sur un autre appareil. Rechargez cette page pour l’obtenir.',
    'too-many': 'Trop de navigateurs sont déjà connectés. Déconnectez-en d’abord un.',
  },
  channel: {
    'no-channel': (app) =>
      `${app} a maintenant son compte sur un autre serveur. Recommencez depuis son menu.`,
    'no-answer': (app) => `${app} n’a pas répondu à temps. Réessayez.`,
    refused: (app) => `${app} n’a pas pu le faire. Réessayez.`,
    unknown: (app) => `Ce ${app} est trop vieux ou trop récent pour cette page.`,
    said: (said) => `Il dit : « ${said} ».`,
    declined: (app) => `Vous avez dit à ${app} de ne pas se connecter. Rien n’a changé.`,
    strange: (app) => `${app} demande d’une façon que cette page ne comprend pas. Rien n’a changé.`,
  },
  arrived: {
    title: 'Vous êtes connecté',
    text: 'Revenez à l’application : elle fait le reste. Si elle vous demande encore de vous connecter, recommencez là-bas.',
  },
  settings: {
    title: 'Un autre compte',
    text: (theirs, mine) => `Firefox est connecté comme ${theirs}, et ici vous êtes ${mine}.`,
    goOn: (mine) => `Continuer comme ${mine}`,
  },
}

export const firefoxWords = spoken({ en, fr })
