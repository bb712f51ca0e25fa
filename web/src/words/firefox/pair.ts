/** Words of letting a telephone's Firefox in by a picture on the screen of another one. */
import { spoken } from '../language.ts'

const en = {
  startTitle: 'Connect your phone’s Firefox',
  start:
    'Firefox shows a picture on this screen. Take your phone, open Firefox there, choose “Sign in”, then scan the picture.',
  startServer: 'The phone’s Firefox has to know this server first:',
  startHow: 'how to set it',
  show: 'Show the picture',
  shown: 'The picture is in the settings of this Firefox.',
  notHere: 'This works in a Firefox that has its account on this server.',

  cameraTitle: 'Open this in Firefox',
  camera:
    'You have scanned the picture with the camera. Scan it from within Firefox instead: open Firefox on this phone, choose “Sign in” in its menu, then scan the picture there.',

  suppTitle: 'Sign in with the other device?',
  suppAs: (email: string) => `This Firefox will be signed in as ${email}.`,
  suppBy: (device: string) => `“${device}” lets it in.`,
  suppYes: 'Yes, sign in',
  suppNo: 'No',
  suppJoins: 'Looking for the other device …',
  suppWaits: 'Now say yes on the other device.',
  suppDone: 'This Firefox is being signed in.',

  authTitle: 'Is this your phone?',
  auth: (client: string) => `${client} asks to be signed in as you and to synchronise with your browsers:`,
  authScopesLess: (client: string) => `${client} asks to be signed in as you:`,
  near: (address: string) => `near the address ${address}`,
  unknown: 'An unknown browser',
  warning:
    'Say yes only if you have scanned the picture on this screen yourself, just now. Nobody will ever ask you for this by telephone or mail.',
  yes: 'Yes, let it in',
  no: 'No',
  authWaits: 'Now say yes on the phone.',
  authDoneTitle: 'The phone is in',
  authDone: 'Its Firefox is signed in. You find it under Devices, where you can disconnect it again.',
  refusedTitle: 'Refused',
  refused: 'Nothing was let in.',
  devices: 'To my devices',
  other: (email: string) =>
    `This Firefox is signed in as ${email}, and you are signed in on this page as somebody else. Sign out here first.`,

  failedTitle: 'That did not work',
  failed:
    'The two devices lost each other, or took too long. Begin again: show a new picture, and scan that one.',
  wrong: 'The picture, or what this Firefox asks for, is not complete. Begin again.',
}

const fr: typeof en = {
  startTitle: 'Connecter le Firefox de votre téléphone',
  start:
    'Firefox affiche une image à cet écran. Prenez votre téléphone, ouvrez-y Firefox, choisissez « Se connecter », puis scannez l’image.',
  startServer: 'Le Firefox du téléphone doit d’abord connaître ce serveur :',
  startHow: 'comment le régler',
  show: 'Afficher l’image',
  shown: 'L’image se trouve dans les paramètres de ce Firefox.',
  notHere: 'Cela fonctionne dans un Firefox qui a son compte sur ce serveur.',

  cameraTitle: 'Ouvrez ceci dans Firefox',
  camera:
    'Vous avez scanné l’image avec l’appareil photo. Scannez-la plutôt depuis Firefox : ouvrez Firefox sur ce téléphone, choisissez « Se connecter » dans son menu, puis scannez-y l’image.',

  suppTitle: 'Se connecter par l’autre appareil ?',
  suppAs: (email: string) => `Ce Firefox sera connecté au nom de ${email}.`,
  suppBy: (device: string) => `« ${device} » le laisse entrer.`,
  suppYes: 'Oui, se connecter',
  suppNo: 'Non',
  suppJoins: 'Recherche de l’autre appareil…',
  suppWaits: 'Dites maintenant oui sur l’autre appareil.',
  suppDone: 'Ce Firefox est en train de se connecter.',

  authTitle: 'Est-ce votre téléphone ?',
  auth: (client: string) =>
    `${client} demande à être connecté à votre nom et à se synchroniser avec vos navigateurs :`,
  authScopesLess: (client: string) => `${client} demande à être connecté à votre nom :`,
  near: (address: string) => `près de l’adresse ${address}`,
  unknown: 'Un navigateur inconnu',
  warning:
    'Ne dites oui que si vous avez vous-même scanné l’image de cet écran, à l’instant. Personne ne vous le demandera jamais par téléphone ou par courriel.',
  yes: 'Oui, le laisser entrer',
  no: 'Non',
  authWaits: 'Dites maintenant oui sur le téléphone.',
  authDoneTitle: 'Le téléphone est entré',
  authDone: 'Son Firefox est connecté. Vous le trouvez dans Appareils, où vous pouvez le déconnecter.',
  refusedTitle: 'Refusé',
  refused: 'Rien n’a été admis.',
  devices: 'Vers mes appareils',
  other: (email: string) =>
    `Ce Firefox est connecté au nom de ${email}, et vous êtes connecté à cette page au nom de quelqu’un d’autre. Déconnectez-vous d’abord ici.`,

  failedTitle: 'Cela n’a pas marché',
  failed:
    'Les deux appareils se sont perdus, ou ont mis trop de temps. Recommencez : affichez une nouvelle image, et scannez celle-là.',
  wrong: 'L’image, ou ce que ce Firefox demande, n’est pas complet. Recommencez.',
}

export const firefoxPairWords = spoken({ en, fr })
