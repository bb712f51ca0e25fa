/** Words of the page where a person's own pages begin. */
import { spoken } from '../language.ts'

const en = {
  hello: (name: string) => `Hello, ${name}`,
  recovery: {
    title: 'Somebody asked to get into your account',
    mail: (asked: string, due: string) =>
      `On ${asked} somebody asked, by mail to your address, to set a new way in. Unless it is stopped, it opens on ${due}.`,
    administrator: (asked: string, due: string) =>
      `On ${asked} an administrator made a link that sets a new way into your account. Unless it is stopped, it opens on ${due}.`,
    advice: 'If that was not you, stop it now. If it was you, there is nothing to do here.',
    stop: 'Stop it',
    stopped: 'It is stopped. Nobody gets in that way.',
  },
  leaving: {
    title: 'Your account will be deleted',
    text: (ends: string) => `On ${ends} everything in it goes for ever. Until then you can keep it.`,
    keep: 'Keep my account',
    kept: 'Your account stays.',
  },
  waiting: {
    title: 'Your account waits for approval',
    text: 'An administrator of this server has to let you in. Nothing is lost meanwhile.',
  },
  noWay: {
    title: 'You have no way to sign in yet',
    text: 'Set a password or add a passkey, or you will not get in again after signing out.',
    act: 'Set a password or a passkey',
  },
  noWords: {
    title: 'You have no recovery words',
    text: 'Twelve words on paper open your account when the telephone is lost and the password forgotten. Without them, your encrypted data may be lost for ever.',
    act: 'Make recovery words',
  },
  noKey: {
    title: 'Your data is not encrypted yet',
    text: 'With a key of your own, apps can encrypt what they store, so that not even the operator of this server can read it.',
    act: 'Make a key',
  },
  areas: {
    apps: {
      title: 'Apps',
      text: 'What you allowed to apps, devices and scripts, what they did, and how to take it back.',
    },
    devices: {
      title: 'Devices',
      text: 'Where you are signed in, and the devices that unlock your encrypted data.',
    },
    browsers: {
      title: 'Browsers',
      text: 'Which of your Firefox sync here, what is stored for them, and how to disconnect one.',
    },
    connect: {
      title: 'Connect Firefox',
      text: 'Bookmarks, passwords and tabs of your Firefox, the same everywhere, kept here.',
    },
    security: {
      title: 'Security',
      text: 'Password, passkeys, recovery words, app passwords, and what happened.',
    },
    data: { title: 'Data', text: 'What apps have stored, how much room it takes, and a copy to take away.' },
    profile: { title: 'Profile', text: 'Your name, picture, language, and leaving.' },
    operator: { title: 'What the operator can see', text: 'In plain sentences, with your own figures.' },
    admin: { title: 'Administration', text: 'People, invitations and settings of this server.' },
    invitations: { title: 'Invitations', text: 'Invite people to this server.' },
  },
}

const fr: typeof en = {
  hello: (name) => `Bonjour, ${name}`,
  recovery: {
    title: 'Quelqu’un a demandé à entrer dans votre compte',
    mail: (asked, due) =>
      `Le ${asked}, quelqu’un a demandé, par un courriel à votre adresse, un nouveau moyen d’entrer. Sans arrêt de votre part, ce sera ouvert le ${due}.`,
    administrator: (asked, due) =>
      `Le ${asked}, un administrateur a créé un lien qui donne un nouveau moyen d’entrer dans votre compte. Sans arrêt de votre part, ce sera ouvert le ${due}.`,
    advice: 'Si ce n’était pas vous, arrêtez cela maintenant. Si c’était vous, il n’y a rien à faire ici.',
    stop: 'Arrêter',
    stopped: 'C’est arrêté. Personne n’entrera par là.',
  },
  leaving: {
    title: 'Votre compte va être supprimé',
    text: (ends) =>
      `Le ${ends}, tout ce qu’il contient disparaîtra pour toujours. D’ici là, vous pouvez le garder.`,
    keep: 'Garder mon compte',
    kept: 'Votre compte reste.',
  },
  waiting: {
    title: 'Votre compte attend une approbation',
    text: 'Un administrateur de ce serveur doit vous laisser entrer. Rien n’est perdu entre-temps.',
  },
  noWay: {
    title: 'Vous n’avez encore aucun moyen de vous connecter',
    text: 'Choisissez un mot de passe ou ajoutez une clé d’accès, sinon vous ne pourrez plus entrer une fois déconnecté.',
    act: 'Choisir un mot de passe ou une clé d’accès',
  },
  noWords: {
    title: 'Vous n’avez pas de mots de secours',
    text: 'Douze mots sur papier ouvrent votre compte quand le téléphone est perdu et le mot de passe oublié. Sans eux, vos données chiffrées peuvent être perdues pour toujours.',
    act: 'Créer des mots de secours',
  },
  noKey: {
    title: 'Vos données ne sont pas encore chiffrées',
    text: 'Avec une clé à vous seul, les applications peuvent chiffrer ce qu’elles enregistrent : même l’hébergeur ne peut pas le lire.',
    act: 'Créer une clé',
  },
  areas: {
    apps: {
      title: 'Applications',
      text: 'Ce que vous avez permis à des applications, des appareils et des scripts, ce qu’ils ont fait, et comment le reprendre.',
    },
    devices: {
      title: 'Appareils',
      text: 'Où vous êtes connecté, et les appareils qui déverrouillent vos données chiffrées.',
    },
    browsers: {
      title: 'Navigateurs',
      text: 'Lesquels de vos Firefox synchronisent ici, ce qui est enregistré pour eux, et comment en déconnecter un.',
    },
    connect: {
      title: 'Connecter Firefox',
      text: 'Marque-pages, mots de passe et onglets de votre Firefox, les mêmes partout, gardés ici.',
    },
    security: {
      title: 'Sécurité',
      text: 'Mot de passe, clés d’accès, mots de secours, mots de passe d’application, et ce qui s’est passé.',
    },
    data: {
      title: 'Données',
      text: 'Ce que les applications enregistrent, la place prise, et une copie à emporter.',
    },
    profile: { title: 'Profil', text: 'Votre nom, votre image, votre langue, et partir.' },
    operator: {
      title: 'Ce que l’hébergeur peut voir',
      text: 'En phrases simples, avec vos propres chiffres.',
    },
    admin: { title: 'Administration', text: 'Personnes, invitations et réglages de ce serveur.' },
    invitations: { title: 'Invitations', text: 'Inviter des personnes sur ce serveur.' },
  },
}

export const homeWords = spoken({ en, fr })
