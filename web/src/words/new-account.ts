/** Words of making an account, or a new way into one. */
import { spoken } from './language.ts'

const en = {
  login: 'Name',
  loginHint: 'Small letters, digits, dots and dashes. You sign in with it, and others find you by it.',
  free: 'This name is free.',
  password: 'Password',
  passwordHint: 'At least 8 characters. Several words make a good one.',
  strength: {
    'too-short': 'Too short: at least 8 characters.',
    'too-long': 'Too long: at most 1,024 characters.',
    'like-login': 'Too much like the name.',
    common: 'One of those that are guessed first.',
    fair: 'All right. Longer is better.',
    good: 'Good.',
  },
  secret: 'It is worked on in your browser: the server never sees it, and can never tell it to you.',
  keep: 'This is my own device',
  keepHint: 'It will unlock your encrypted data by itself.',
  make: 'Make the account',
  set: 'Continue',
  or: 'or',
  passkey: 'Make it with a passkey',
  passkeyHint: (host: string) =>
    `A passkey is your fingerprint, face or PIN in place of a password. It is bound to the address ${host}: should the server move to another, it opens nothing any more.`,
  provider: (name: string) => `Make the account with ${name}`,
  providerText: (name: string) =>
    `${name} will vouch for you. Choose the name that you have here; your encrypted data is unlocked with your recovery words.`,
  providers: (name: string) => `Continue with ${name}`,
  wordsTitle: 'Your recovery words',
  wordsText:
    'If you lose your password or your device, these twelve words open your account and unlock your encrypted data. Nobody else can: not the server, not the person who runs it. Write them down, or print them, and keep them where you keep what must not get lost.',
  wordsOnce: 'They are shown this one time.',
  inEnglish: 'Words in English',
  inFrench: 'Words in French',
  print: 'Print',
  copyWords: 'Copy',
  wordsKept: 'I have written them down',
  later: 'Not now',
  laterText:
    'Without them, losing what you sign in with means losing your encrypted data. You find them later under Security.',
  back: 'Show the words again',
  typeTitle: 'To be sure',
  typeText: 'Please type these three from what you have written down.',
  typeWord: (number: number) => `Word ${number}`,
  typeWrong: (number: number) => `Word ${number} is another one.`,
  finish: 'Finish',
  printed: (host: string, login: string) => `Recovery words of ${login} at ${host}`,
}

const fr: typeof en = {
  login: 'Nom',
  loginHint:
    'Minuscules, chiffres, points et tirets. Il sert à vous connecter, et les autres vous trouvent par lui.',
  free: 'Ce nom est libre.',
  password: 'Mot de passe',
  passwordHint: 'Au moins 8 caractères. Plusieurs mots font un bon mot de passe.',
  strength: {
    'too-short': 'Trop court : au moins 8 caractères.',
    'too-long': 'Trop long : 1 024 caractères au plus.',
    'like-login': 'Trop semblable au nom.',
    common: 'Un de ceux qu’on essaie en premier.',
    fair: 'Correct. Plus long, c’est mieux.',
    good: 'Bon.',
  },
  secret:
    'Il est traité dans votre navigateur : le serveur ne le voit jamais, et ne pourra jamais vous le redire.',
  keep: 'C’est mon propre appareil',
  keepHint: 'Il déverrouillera vos données chiffrées tout seul.',
  make: 'Créer le compte',
  set: 'Continuer',
  or: 'ou',
  passkey: 'Le créer avec une clé d’accès',
  passkeyHint: (host: string) =>
    `Une clé d’accès, c’est votre empreinte, votre visage ou un code à la place d’un mot de passe. Elle est liée à l’adresse ${host} : si le serveur en change, elle n’ouvre plus rien.`,
  provider: (name: string) => `Créer le compte avec ${name}`,
  providerText: (name: string) =>
    `${name} se porte garant de vous. Choisissez votre nom d’ici ; vos mots de secours déverrouillent vos données chiffrées.`,
  providers: (name: string) => `Continuer avec ${name}`,
  wordsTitle: 'Vos mots de secours',
  wordsText:
    'Si vous perdez votre mot de passe ou votre appareil, ces douze mots ouvrent votre compte et déverrouillent vos données chiffrées. Personne d’autre ne le peut : ni le serveur, ni la personne qui le tient. Notez-les ou imprimez-les, et gardez-les là où vous gardez ce qui ne doit pas se perdre.',
  wordsOnce: 'Ils ne sont montrés que cette fois.',
  inEnglish: 'Mots en anglais',
  inFrench: 'Mots en français',
  print: 'Imprimer',
  copyWords: 'Copier',
  wordsKept: 'Je les ai notés',
  later: 'Pas maintenant',
  laterText:
    'Sans eux, perdre ce qui vous sert à entrer, c’est perdre vos données chiffrées. Vous les retrouverez dans Sécurité.',
  back: 'Revoir les mots',
  typeTitle: 'Pour être sûr',
  typeText: 'Recopiez ces trois mots depuis ce que vous avez noté.',
  typeWord: (number: number) => `Mot ${number}`,
  typeWrong: (number: number) => `Le mot ${number} en est un autre.`,
  finish: 'Terminer',
  printed: (host: string, login: string) => `Mots de secours de ${login} sur ${host}`,
}

export const newAccountWords = spoken({ en, fr })
