/** Words of getting back into an account. */
import { spoken } from './language.ts'

const en = {
  title: 'I can’t get in',
  intro: 'What do you still have?',
  words: 'My recovery words',
  wordsText: 'They open your account and unlock your encrypted data, at once.',
  passkey: 'A passkey',
  passkeyText: 'On this device or on a telephone: choose “Use a passkey” at the sign-in.',
  device: 'Another device that is signed in',
  deviceText: 'It lets this one in, and hands over what unlocks your data.',
  mail: 'My mail address',
  mailText:
    'You get a link that begins a recovery. Then some time has to pass, in which every device of yours is told, so that nobody else can take your account.',
  admin: 'None of these',
  adminText:
    'Ask the person who runs this server. She can begin a recovery for you; it takes as long, and is told to your devices too.',
  address: 'Mail address',
  send: 'Send me a link',
  sent: 'If this address belongs to an account here, a mail is on its way.',
  back: 'Back to the sign-in',

  askedTitle: 'Begin the recovery?',
  asked: (login: string, when: string) =>
    `The account “${login}” gets a new way in on ${when}, unless somebody stops it before. Every device and address of the account is told now.`,
  begin: 'Begin the recovery',
  waitingTitle: 'The recovery is on its way',
  waiting: (login: string, when: string, left: string) =>
    `The account “${login}” can be opened anew ${left}, on ${when}. Come back then with the link that you will get, or with this one.`,
  stop: 'Stop the recovery',
  stopped: 'The recovery is stopped.',
  readyTitle: 'Open your account anew',
  ready: (login: string) => `You can now give the account “${login}” a new way in.`,
  afreshTitle: 'What happens then',
  afresh: [
    'All devices and apps are signed out.',
    'What the server can read stays as it is.',
    'Your encryption starts afresh. Data that was encrypted before stays locked, and is kept for 30 days: if you find your recovery words in that time, you can still open it under Security.',
  ],
  goOn: 'Go on',
  wayTitle: 'A new way in',
  wordsTitle: 'Your new recovery words',
  void: 'This link was used, stopped or is too old.',
}

const fr: typeof en = {
  title: 'Je n’arrive pas à entrer',
  intro: 'Qu’avez-vous encore ?',
  words: 'Mes mots de secours',
  wordsText: 'Ils ouvrent votre compte et déverrouillent vos données chiffrées, tout de suite.',
  passkey: 'Une clé d’accès',
  passkeyText:
    'Sur cet appareil ou sur un téléphone : choisissez « Utiliser une clé d’accès » à la connexion.',
  device: 'Un autre appareil connecté',
  deviceText: 'Il laisse entrer celui-ci et lui remet ce qui déverrouille vos données.',
  mail: 'Mon adresse de courriel',
  mailText:
    'Vous recevez un lien qui commence une récupération. Puis un certain temps doit passer, pendant lequel tous vos appareils sont prévenus, pour que personne d’autre ne prenne votre compte.',
  admin: 'Rien de tout cela',
  adminText:
    'Demandez à la personne qui tient ce serveur. Elle peut commencer une récupération pour vous ; cela dure aussi longtemps, et vos appareils sont prévenus aussi.',
  address: 'Adresse de courriel',
  send: 'M’envoyer un lien',
  sent: 'Si cette adresse appartient à un compte ici, un courriel est en route.',
  back: 'Retour à la connexion',

  askedTitle: 'Commencer la récupération ?',
  asked: (login: string, when: string) =>
    `Le compte « ${login} » reçoit un nouveau moyen d’entrer le ${when}, à moins que quelqu’un ne l’arrête avant. Tous les appareils et adresses du compte sont prévenus maintenant.`,
  begin: 'Commencer la récupération',
  waitingTitle: 'La récupération est en cours',
  waiting: (login: string, when: string, left: string) =>
    `Le compte « ${login} » pourra être rouvert ${left}, le ${when}. Revenez alors avec le lien que vous recevrez, ou avec celui-ci.`,
  stop: 'Arrêter la récupération',
  stopped: 'La récupération est arrêtée.',
  readyTitle: 'Rouvrir votre compte',
  ready: (login: string) => `Vous pouvez maintenant donner au compte « ${login} » un nouveau moyen d’entrer.`,
  afreshTitle: 'Ce qui se passe alors',
  afresh: [
    'Tous les appareils et toutes les applications sont déconnectés.',
    'Ce que le serveur peut lire reste comme il est.',
    'Votre chiffrement repart à neuf. Les données chiffrées d’avant restent verrouillées et sont gardées 30 jours : si vous retrouvez d’ici là vos mots de secours, vous pourrez encore les ouvrir dans Sécurité.',
  ],
  goOn: 'Continuer',
  wayTitle: 'Un nouveau moyen d’entrer',
  wordsTitle: 'Vos nouveaux mots de secours',
  void: 'Ce lien a servi, a été arrêté ou n’est plus valable.',
}

export const recoveryWords = spoken({ en, fr })
