/** Words about the Sync passphrase. */
import { spoken } from './language.ts'

const en = {
  title: 'Sync passphrase',
  text: 'A text that unlocks your encrypted data, such as what Firefox synchronises, in a browser where nothing else does. It is for people who sign in by another provider, or with a passkey that unlocks nothing. It signs you in nowhere, and it never leaves your browser.',
  care: 'Whoever runs this server, or has a copy of its data, can try out passphrases at leisure, and nobody notices. So take a longer one than for a password, and never your password itself. If you forget it, nobody can tell it to you.',
  hint: 'At least 12 characters. Six words that do not belong together make a good one.',
  again: 'The same once more',
  differs: 'This is not the same.',
  weak: {
    'too-long': 'That is too long.',
    'too-short': 'That is too short: at least 12 characters.',
    'like-login': 'That is too much like your name here.',
    common: 'Many people use that one, so it is tried first. Choose another.',
  },
  draw: 'Make one for me',
  drawn: 'Your new passphrase',
  drawnText: 'Write it down, or put it where you keep your passwords. Then type it once more below.',
  save: 'Save the passphrase',
  set: (when: string) => `You made a Sync passphrase on ${when}.`,
  unset: 'You have no Sync passphrase.',
  make: 'Choose a passphrase',
  replace: 'Change the passphrase',
  saved: 'Your Sync passphrase is set.',
  remove: 'Remove the passphrase',
  removeAsk: 'It unlocks nothing any more, and your key is replaced. Your browsers go on.',
  removed: 'The Sync passphrase unlocks nothing any more.',
}

const fr: typeof en = {
  title: 'Phrase secrète de Sync',
  text: 'Un texte qui déverrouille vos données chiffrées, comme ce que Firefox synchronise, dans un navigateur où rien d’autre ne le fait. Elle est pour qui se connecte par un autre service, ou avec une clé d’accès qui ne déverrouille rien. Elle ne vous connecte nulle part, et ne quitte jamais votre navigateur.',
  care: 'Qui s’occupe de ce serveur, ou a une copie de ses données, peut essayer des phrases à loisir, sans que personne le remarque. Prenez-la donc plus longue qu’un mot de passe, et jamais votre mot de passe lui-même. Si vous l’oubliez, personne ne peut vous la dire.',
  hint: 'Au moins 12 caractères. Six mots qui ne vont pas ensemble en font une bonne.',
  again: 'La même encore une fois',
  differs: 'Ce n’est pas la même.',
  weak: {
    'too-long': 'C’est trop long.',
    'too-short': 'C’est trop court : au moins 12 caractères.',
    'like-login': 'Cela ressemble trop à votre nom ici.',
    common: 'Beaucoup de gens utilisent celle-là : elle est essayée en premier. Choisissez-en une autre.',
  },
  draw: 'En créer une pour moi',
  drawn: 'Votre nouvelle phrase secrète',
  drawnText:
    'Écrivez-la, ou mettez-la là où vous gardez vos mots de passe. Puis saisissez-la encore une fois ci-dessous.',
  save: 'Enregistrer la phrase secrète',
  set: (when) => `Vous avez créé une phrase secrète de Sync le ${when}.`,
  unset: 'Vous n’avez pas de phrase secrète de Sync.',
  make: 'Choisir une phrase secrète',
  replace: 'Changer la phrase secrète',
  saved: 'Votre phrase secrète de Sync est enregistrée.',
  remove: 'Retirer la phrase secrète',
  removeAsk: 'Elle ne déverrouillera plus rien, et votre clé sera remplacée. Vos navigateurs continuent.',
  removed: 'La phrase secrète de Sync ne déverrouille plus rien.',
}

export const passphraseWords = spoken({ en, fr })
