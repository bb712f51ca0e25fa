/** Words of letting a device in by the code that it shows. */
import { spoken } from '../language.ts'

const en = {
  title: 'Connect a device',
  text: 'A television, a program or another device shows you a code. Type it here to see what it asks for.',
  code: 'Code',
  codeHint: 'Capitals, dashes and spaces don’t matter.',
  look: 'Continue',
  absent: 'Nothing waits with this code. Codes are good for ten minutes; let the device show a new one.',
  warning:
    'Go on only if this code is shown by a device that is before you now. Nobody will ever ask you for this by telephone or mail.',
  doneTitle: 'The device is connected',
  done: 'It goes on by itself. You find it under Apps, where you can take everything back.',
  refusedTitle: 'Refused',
  refused: 'The device gets nothing.',
  toApps: 'To my apps',
}

const fr: typeof en = {
  title: 'Connecter un appareil',
  text: 'Un téléviseur, un programme ou un autre appareil vous montre un code. Saisissez-le ici pour voir ce qu’il demande.',
  code: 'Code',
  codeHint: 'Majuscules, tirets et espaces ne comptent pas.',
  look: 'Continuer',
  absent:
    'Rien n’attend avec ce code. Les codes sont valables dix minutes ; faites-en montrer un autre à l’appareil.',
  warning:
    'Continuez seulement si ce code est montré par un appareil que vous avez devant vous maintenant. Personne ne vous le demandera jamais par téléphone ou par courriel.',
  doneTitle: 'L’appareil est connecté',
  done: 'Il continue tout seul. Vous le trouvez dans Applications, où vous pouvez tout reprendre.',
  refusedTitle: 'Refusé',
  refused: 'L’appareil ne reçoit rien.',
  toApps: 'Vers mes applications',
}

export const deviceWords = spoken({ en, fr })
