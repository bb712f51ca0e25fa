/** Words of adding a device. */
import { spoken } from './language.ts'

const en = {
  newTitle: 'Use another device',
  newText: 'Take a device on which you are signed in. There, point the camera at this picture, or open',
  newText2: 'and type this code:',
  qr: 'Picture for the camera of the other device',
  keep: 'This is my own device',
  keepHint: 'It will unlock your encrypted data by itself from now on.',
  waits: 'Waiting for the other device …',
  good: 'The code is good for five minutes.',
  expired: 'The code is no longer good.',
  refusedHere: 'The other device has refused.',
  again: 'Get a new code',
  signIn: 'Sign in another way',
  linkElsewhere:
    'You are not signed in on this device. Open this link on one where you are, or sign in first.',

  oldTitle: 'Add a device',
  oldText: 'On the new device, choose “Use another device” on the sign-in page. It shows a code.',
  code: 'Code',
  codeHint: '20 letters and digits; dashes and spaces don’t matter.',
  look: 'Continue',
  askTitle: 'Is this your device?',
  ask: 'This device asks to be signed in as you and to unlock your encrypted data:',
  from: (address: string) => `near the address ${address}`,
  asked: (when: string) => `asked ${when}`,
  unknown: 'An unknown browser',
  warning:
    'Say yes only if you have it before you now. Nobody will ever ask you for this by telephone or mail.',
  yes: 'Yes, let it in',
  no: 'No',
  doneTitle: 'The device is in',
  done: 'It is signed in. You find it under Devices, where you can sign it out again.',
  refusedTitle: 'Refused',
  refused: 'The device was not let in.',
  devices: 'To my devices',
  absent: 'No device waits with this code. Codes are good for five minutes.',
}

const fr: typeof en = {
  newTitle: 'Passer par un autre appareil',
  newText:
    'Prenez un appareil sur lequel vous êtes connecté. Visez cette image avec son appareil photo, ou ouvrez',
  newText2: 'et saisissez ce code :',
  qr: 'Image pour l’appareil photo de l’autre appareil',
  keep: 'C’est mon propre appareil',
  keepHint: 'Il déverrouillera désormais vos données chiffrées tout seul.',
  waits: 'En attente de l’autre appareil…',
  good: 'Le code est valable cinq minutes.',
  expired: 'Le code n’est plus valable.',
  refusedHere: 'L’autre appareil a refusé.',
  again: 'Obtenir un autre code',
  signIn: 'Se connecter autrement',
  linkElsewhere:
    'Vous n’êtes pas connecté sur cet appareil. Ouvrez ce lien sur un appareil où vous l’êtes, ou connectez-vous d’abord.',

  oldTitle: 'Ajouter un appareil',
  oldText:
    'Sur le nouvel appareil, choisissez « Passer par un autre appareil » à la page de connexion. Il montre un code.',
  code: 'Code',
  codeHint: '20 lettres et chiffres ; tirets et espaces ne comptent pas.',
  look: 'Continuer',
  askTitle: 'Est-ce votre appareil ?',
  ask: 'Cet appareil demande à être connecté à votre nom et à déverrouiller vos données chiffrées :',
  from: (address: string) => `près de l’adresse ${address}`,
  asked: (when: string) => `demandé ${when}`,
  unknown: 'Un navigateur inconnu',
  warning:
    'Ne dites oui que si vous l’avez devant vous maintenant. Personne ne vous le demandera jamais par téléphone ou par courriel.',
  yes: 'Oui, le laisser entrer',
  no: 'Non',
  doneTitle: 'L’appareil est entré',
  done: 'Il est connecté. Vous le trouvez dans Appareils, où vous pouvez le déconnecter.',
  refusedTitle: 'Refusé',
  refused: 'L’appareil n’a pas été admis.',
  devices: 'Vers mes appareils',
  absent: 'Aucun appareil n’attend avec ce code. Les codes sont valables cinq minutes.',
}

export const pairWords = spoken({ en, fr })
