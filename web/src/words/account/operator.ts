/**
 * Words of the page of what the operator can see. The server says what is true of this account, a code and a value
 * each; a code without a sentence here is shown as it is.
 */
import { spoken } from '../language.ts'

type Sentence = (value: string) => string

const en = {
  title: 'What the operator can see of me',
  lead: 'Whoever runs this server has the machine in hand. This is what that person can see of your account, and what not.',
  can: 'Can be seen',
  cannot: 'Cannot be seen',
  unknown: (code: string, value: string) => `${code}: ${value}`,
  more: 'How this is built, and what it protects against',
  none: 'The server said nothing about your account.',
  honest:
    'One thing no setting changes: these pages come from the server. Whoever runs it could send other pages than these, which read what you type. If that worries you, trust whoever runs it, or run your own server.',
}

const fr: typeof en = {
  title: 'Ce que l’hébergeur peut voir de moi',
  lead: 'Qui gère ce serveur a la machine en main. Voici ce que cette personne peut voir de votre compte, et ce qu’elle ne peut pas.',
  can: 'Se voit',
  cannot: 'Ne se voit pas',
  unknown: (code, value) => `${code} : ${value}`,
  more: 'Comment c’est construit, et contre quoi cela protège',
  none: 'Le serveur n’a rien dit de votre compte.',
  honest:
    'Une chose qu’aucun réglage ne change : ces pages viennent du serveur. Qui le gère pourrait envoyer d’autres pages que celles-ci, qui lisent ce que vous tapez. Si cela vous inquiète, faites confiance à qui le gère, ou gérez le vôtre.',
}

export type { Sentence }
export const operatorWords = spoken({ en, fr })
