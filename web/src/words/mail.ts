/** Words of the pages behind links in mails. */
import { spoken } from './language.ts'

const en = {
  title: 'A link from a mail',
  void: 'This link was used or is too old, or a part of it is missing.',
  verify: 'Confirm your address',
  verifyText: 'With this you say that mail to this address reaches you.',
  verifyDo: 'Confirm',
  verified: (address: string) => `${address} is confirmed.`,
  signIn: 'Sign in',
  signInText: 'This link signs you in in this browser, once.',
  signInDo: 'Sign in here',
  stop: 'Stop the recovery?',
  stopText:
    'Somebody wants to get into your account without its password. If it was not you, stop it: nothing of your account changes then.',
  stopDo: 'Stop it',
  stopped: (login: string) =>
    `The recovery of “${login}” is stopped. If it was not you, look at the log under Security.`,
}

const fr: typeof en = {
  title: 'Un lien reçu par courriel',
  void: 'Ce lien a servi ou n’est plus valable, ou il en manque un morceau.',
  verify: 'Confirmer votre adresse',
  verifyText: 'Vous dites ainsi que les courriels à cette adresse vous parviennent.',
  verifyDo: 'Confirmer',
  verified: (address: string) => `${address} est confirmée.`,
  signIn: 'Se connecter',
  signInText: 'Ce lien vous connecte dans ce navigateur, une fois.',
  signInDo: 'Me connecter ici',
  stop: 'Arrêter la récupération ?',
  stopText:
    'Quelqu’un veut entrer dans votre compte sans son mot de passe. Si ce n’est pas vous, arrêtez-le : rien de votre compte ne change alors.',
  stopDo: 'L’arrêter',
  stopped: (login: string) =>
    `La récupération de « ${login} » est arrêtée. Si ce n’était pas vous, regardez le journal dans Sécurité.`,
}

export const mailWords = spoken({ en, fr })
