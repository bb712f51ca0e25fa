/** Words of the page of invitations. */
import { spoken } from '../language.ts'

const en = {
  title: 'Invitations',
  lead: 'A link that lets somebody make an account here.',
  new: 'Make an invitation',
  label: 'For whom',
  labelHint: 'A note for yourself; whoever opens the link sees it too.',
  role: 'What they become',
  most: 'How many people may use it',
  days: 'How many days it is good for',
  make: 'Make the link',
  made: 'The link',
  madeText: 'It is shown this once. Send it, or let it be scanned.',
  qr: 'The link as a picture to scan',
  done: 'Done',
  list: 'Invitations in force',
  none: 'No invitation is in force.',
  used: (used: number, most: number) => `Used ${used} of ${most} times`,
  until: (when: string) => `good until ${when}`,
  revoke: 'Take back',
  revokeOne: (name: string) => `Take back the invitation ${name}`,
  revokeAsk: 'The link no longer works. Who has come in by it stays.',
  revoked: 'The invitation is taken back.',
  closed: 'Nobody can make an account now: sign-up is closed. Invitations work once you open it.',
  settings: 'Change who may sign up',
}

const fr: typeof en = {
  title: 'Invitations',
  lead: 'Un lien qui permet à quelqu’un de créer un compte ici.',
  new: 'Créer une invitation',
  label: 'Pour qui',
  labelHint: 'Une note pour vous ; qui ouvre le lien la voit aussi.',
  role: 'Ce que la personne devient',
  most: 'Combien de personnes peuvent s’en servir',
  days: 'Combien de jours elle est valable',
  make: 'Créer le lien',
  made: 'Le lien',
  madeText: 'Il n’est montré que cette fois. Envoyez-le, ou faites-le scanner.',
  qr: 'Le lien en image à scanner',
  done: 'Terminé',
  list: 'Invitations en cours',
  none: 'Aucune invitation en cours.',
  used: (used, most) => `Utilisée ${used} fois sur ${most}`,
  until: (when) => `valable jusqu’au ${when}`,
  revoke: 'Reprendre',
  revokeOne: (name) => `Reprendre l’invitation ${name}`,
  revokeAsk: 'Le lien ne marchera plus. Qui est entré par lui reste.',
  revoked: 'L’invitation est reprise.',
  closed:
    'Personne ne peut créer de compte : l’inscription est fermée. Les invitations marcheront quand vous l’ouvrirez.',
  settings: 'Changer qui peut s’inscrire',
}

export const invitationsWords = spoken({ en, fr })
