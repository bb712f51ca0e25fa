/** Words of the log around its sentences, which are in acts.ts. */
import { spoken } from '../language.ts'

const en = {
  title: 'What happened',
  text: 'Every sign-in and every change to your account, kept for 400 days. Only you read this.',
  none: 'Nothing has happened yet.',
  more: 'Show older entries',
  by: (who: string) => `by ${who}`,
  from: (address: string) => `near ${address}`,
  byOperator: 'by the operator of this server',
  byGone: 'by somebody whose account is gone',
  unknown: (act: string) => `Something happened that these pages have no sentence for: ${act}`,
}

const fr: typeof en = {
  title: 'Ce qui s’est passé',
  text: 'Chaque connexion et chaque changement de votre compte, gardés 400 jours. Vous seul lisez ceci.',
  none: 'Il ne s’est encore rien passé.',
  more: 'Montrer les entrées plus anciennes',
  by: (who) => `par ${who}`,
  from: (address) => `près de ${address}`,
  byOperator: 'par l’hébergeur de ce serveur',
  byGone: 'par une personne dont le compte n’existe plus',
  unknown: (act) => `Il s’est passé quelque chose pour quoi ces pages n’ont pas de phrase : ${act}`,
}

export const logWords = spoken({ en, fr })
