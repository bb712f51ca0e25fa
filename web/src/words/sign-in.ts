/** Words of signing in. */
import { spoken } from './language.ts'

const en = {
  title: 'Sign in',
  login: 'Name',
  password: 'Password',
  signIn: 'Sign in',
  or: 'or',
  passkey: 'Use a passkey',
  provider: (name: string) => `Continue with ${name}`,
  keep: 'This is my own device',
  keepHint: 'It will unlock your encrypted data by itself. Leave it empty on a device of others.',
  byWords: 'Sign in with recovery words',
  byPassword: 'Sign in with the password',
  byMail: 'Get a link by mail',
  byDevice: 'Use another device',
  lost: 'I can’t get in',
  signUp: 'Make an account',
  wordsLabel: 'Your twelve recovery words',
  wordsHint: 'In order, with spaces between.',
  address: 'Mail address',
  sendLink: 'Send me a link',
  linkSent:
    'If this address belongs to an account here, a link is on its way. It works once, for a quarter of an hour.',
  noOwner: 'This server has not been set up yet.',
  noOwnerText: 'Open the link that it printed when it started. “essaim setup-link” prints a new one.',
  waitingTitle: 'Your account is waiting',
  waiting: 'An administrator of this server has yet to approve it. Come back later.',
  leavingTitle: 'Your account is being deleted',
  leaving: (when: string) => `It will be gone for good on ${when}. Until then you can keep it.`,
  keepAccount: 'Keep my account',
  refusedTitle: 'The keys from the server were refused',
  goOn: 'Go on without my encrypted data',
  afresh:
    'If it was you who began afresh on another device, after a recovery, this device can take the new keys in place of the old ones.',
  trust: 'It was me: take the new keys',
  providers: {
    'identity-unknown':
      'No account here belongs to that sign-in. Sign in another way first and add it under Security, or make an account with it.',
    other: 'Signing in there did not work. Please try again.',
  },
  goesOn: 'To go on, please sign in.',
}

const fr: typeof en = {
  title: 'Connexion',
  login: 'Nom',
  password: 'Mot de passe',
  signIn: 'Se connecter',
  or: 'ou',
  passkey: 'Utiliser une clé d’accès',
  provider: (name: string) => `Continuer avec ${name}`,
  keep: 'C’est mon propre appareil',
  keepHint:
    'Il déverrouillera vos données chiffrées tout seul. Laissez vide sur l’appareil de quelqu’un d’autre.',
  byWords: 'Entrer avec les mots de secours',
  byPassword: 'Entrer avec le mot de passe',
  byMail: 'Recevoir un lien par courriel',
  byDevice: 'Passer par un autre appareil',
  lost: 'Je n’arrive pas à entrer',
  signUp: 'Créer un compte',
  wordsLabel: 'Vos douze mots de secours',
  wordsHint: 'Dans l’ordre, séparés par des espaces.',
  address: 'Adresse de courriel',
  sendLink: 'M’envoyer un lien',
  linkSent:
    'Si cette adresse appartient à un compte ici, un lien est en route. Il sert une fois, pendant un quart d’heure.',
  noOwner: 'Ce serveur n’est pas encore installé.',
  noOwnerText: 'Ouvrez le lien qu’il a affiché au démarrage. « essaim setup-link » en affiche un autre.',
  waitingTitle: 'Votre compte est en attente',
  waiting: 'La personne qui administre ce serveur doit encore l’approuver. Revenez plus tard.',
  leavingTitle: 'Votre compte est en cours de suppression',
  leaving: (when: string) => `Il disparaîtra pour de bon le ${when}. D’ici là, vous pouvez le garder.`,
  keepAccount: 'Garder mon compte',
  refusedTitle: 'Les clés du serveur ont été refusées',
  goOn: 'Continuer sans mes données chiffrées',
  afresh:
    'Si c’est vous qui êtes reparti à neuf sur un autre appareil, après une récupération, cet appareil peut prendre les nouvelles clés à la place des anciennes.',
  trust: 'C’était moi : prendre les nouvelles clés',
  providers: {
    'identity-unknown':
      'Aucun compte d’ici n’a cette connexion. Entrez d’abord autrement et ajoutez-la dans Sécurité, ou créez un compte avec elle.',
    other: 'La connexion là-bas n’a pas marché. Réessayez.',
  },
  goesOn: 'Pour continuer, connectez-vous.',
}

export const signInWords = spoken({ en, fr })
