/**
 * Words of the page of what the operator can see. The server says what is true of this account, a code and a value
 * each; a code without a sentence here is shown as it is.
 */
import { bytes, day, near, number, spoken } from '../language.ts'

type Sentences = Readonly<Record<string, (value: string) => string>>
const at = (value: string) => day(Number(value))
const networks = (list: string) => list.split(', ').map(near).join(', ')

const en = {
  title: 'What the operator can see of me',
  lead: 'Whoever runs this server has the machine in hand. This is what that person can see of your account, and what not.',
  can: 'Can be seen',
  cannot: 'Cannot be seen',
  unknown: (code: string, value: string) => (value ? `${code}: ${value}` : code),
  honest:
    'One thing no setting changes: these pages come from the server. Whoever runs it could send other pages than these, which read what you type. If that worries you, trust whoever runs it, or run your own server.',
  sentences: {
    login: (login) => `Your name for signing in: ${login}.`,
    name: (name) => `The name you want to be called: ${name}.`,
    avatar: () => 'Your picture.',
    created: (value) => `That you have had this account since ${at(value)}.`,
    'signed-in': (value) => `That you last signed in on ${at(value)}.`,
    networks: (list) => `From which networks you are signed in: ${networks(list)}.`,
    browsers: (list) => `With which browsers: ${list}.`,
    log: () => 'The log of what happened to your account, for 400 days.',
    addresses: (list) => `Your e-mail addresses: ${list}.`,
    identities: (list) => `Your accounts elsewhere that are linked: ${list}.`,
    passkeys: (list) => `That you have passkeys, and what you call them: ${list}.`,
    'app-passwords': (list) => `Which apps have a password of their own, as you named them: ${list}.`,
    'key-slots': (count) =>
      `That your encrypted data can be unlocked in ${number(Number(count))} ways, of which kinds, and what those devices are called.`,
    size: (count) => `How much is stored: ${bytes(Number(count))}.`,
    records: (count) => `How many records: ${number(Number(count))}.`,
    'direct-password': () =>
      'Your password for Kinto apps, at the moment in which an app sends it; it is stored so that it cannot be read.',
    door: (text) => text,
    'page-password': () => 'Your password: it never leaves your device.',
    'recovery-words': () => 'Your recovery words.',
    keys: () => 'The key of your encrypted data.',
    'encrypted-contents': () =>
      'What apps have encrypted on your devices: its size and times, but not what is in it.',
    'app-password-texts': () => 'The passwords of apps: they were shown to you once, and cannot be read.',
  } satisfies Sentences as Sentences,
}

const fr: typeof en = {
  title: 'Ce que l’hébergeur peut voir de moi',
  lead: 'Qui gère ce serveur a la machine en main. Voici ce que cette personne peut voir de votre compte, et ce qu’elle ne peut pas.',
  can: 'Se voit',
  cannot: 'Ne se voit pas',
  unknown: (code, value) => (value ? `${code} : ${value}` : code),
  honest:
    'Une chose qu’aucun réglage ne change : ces pages viennent du serveur. Qui le gère pourrait envoyer d’autres pages que celles-ci, qui lisent ce que vous tapez. Si cela vous inquiète, faites confiance à qui le gère, ou gérez le vôtre.',
  sentences: {
    login: (login) => `Votre nom pour vous connecter : ${login}.`,
    name: (name) => `Le nom dont vous voulez qu’on vous appelle : ${name}.`,
    avatar: () => 'Votre image.',
    created: (value) => `Que vous avez ce compte depuis le ${at(value)}.`,
    'signed-in': (value) => `Que votre dernière connexion date du ${at(value)}.`,
    networks: (list) => `De quels réseaux vous êtes connecté : ${networks(list)}.`,
    browsers: (list) => `Avec quels navigateurs : ${list}.`,
    log: () => 'Le journal de ce qui est arrivé à votre compte, pendant 400 jours.',
    addresses: (list) => `Vos adresses de courriel : ${list}.`,
    identities: (list) => `Vos comptes ailleurs qui sont liés : ${list}.`,
    passkeys: (list) => `Que vous avez des clés d’accès, et leurs noms : ${list}.`,
    'app-passwords': (list) =>
      `Quelles applications ont un mot de passe à elles, sous le nom que vous leur avez donné : ${list}.`,
    'key-slots': (count) =>
      `Que vos données chiffrées se déverrouillent de ${number(Number(count))} façons, lesquelles, et le nom de ces appareils.`,
    size: (count) => `Combien est enregistré : ${bytes(Number(count))}.`,
    records: (count) => `Combien de fiches : ${number(Number(count))}.`,
    'direct-password': () =>
      'Votre mot de passe pour les applications Kinto, au moment où une application l’envoie ; il est gardé de façon illisible.',
    door: (text) => text,
    'page-password': () => 'Votre mot de passe : il ne quitte jamais votre appareil.',
    'recovery-words': () => 'Vos mots de secours.',
    keys: () => 'La clé de vos données chiffrées.',
    'encrypted-contents': () =>
      'Ce que des applications ont chiffré sur vos appareils : la taille et les dates, mais pas le contenu.',
    'app-password-texts': () =>
      'Les mots de passe d’application : ils vous ont été montrés une fois et ne peuvent pas être lus.',
  },
}

export const operatorWords = spoken({ en, fr })
