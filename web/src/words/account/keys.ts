/** Words about the account's key: recovery words, a first key, starting afresh, what is sealed. */
import { spoken } from '../language.ts'

const en = {
  words: {
    title: 'Recovery words',
    text: 'Twelve words that open your account and unlock your encrypted data when all else is lost. Write them on paper, and keep it where you keep what matters.',
    set: (when: string) => `You made recovery words on ${when}. They cannot be shown again.`,
    unset: 'You have no recovery words.',
    make: 'Make recovery words',
    remake: 'Make new recovery words',
    remakeAsk: 'The old ones no longer open anything once the new ones are saved.',
    write: 'Write these down now',
    save: 'Save',
    saved: 'Your recovery words are set.',
    remove: 'Remove the recovery words',
    removeAsk: 'If you lose your devices and your password, nothing will unlock your encrypted data.',
    removed: 'The recovery words open nothing any more.',
  },
  none: {
    title: 'Encrypted data',
    text: 'You have no key yet. With one, apps can encrypt what they store, so that only your devices read it. This device keeps the key; make recovery words next, or it is lost with the device.',
    make: 'Make a key',
    made: 'You have a key, and this device keeps it.',
  },
  afresh: {
    title: 'Encrypted data that nothing unlocks',
    text: 'Have you lost everything that unlocks it? Start afresh with a new key. What is encrypted now stays sealed for 30 days, in case you find the recovery words; then it goes for ever.',
    act: 'Start afresh',
    ask: 'You get a new key at once. What is encrypted now is out of reach, unless you find the old recovery words within 30 days.',
    done: 'You have a new key. Make recovery words now.',
  },
  sealed: {
    title: 'Sealed encrypted data',
    text: 'If you find the recovery words from before, they unlock what was encrypted then.',
    item: (since: string, until: string) => `Sealed on ${since}; goes for ever on ${until}.`,
    found: 'I found my words',
    field: 'The old twelve words',
    open: 'Unlock it',
    opened:
      'It is unlocked: apps read again what was encrypted then. Firefox goes on with the key that you have now.',
    remove: 'Remove it now',
    removeAsk: 'What was encrypted then is lost for ever.',
    removed: 'It is gone for ever.',
  },
}

const fr: typeof en = {
  words: {
    title: 'Mots de secours',
    text: 'Douze mots qui ouvrent votre compte et déverrouillent vos données chiffrées quand tout le reste est perdu. Écrivez-les sur papier, et gardez-le là où vous gardez ce qui compte.',
    set: (when) =>
      `Vous avez créé des mots de secours le ${when}. Ils ne peuvent pas être montrés de nouveau.`,
    unset: 'Vous n’avez pas de mots de secours.',
    make: 'Créer des mots de secours',
    remake: 'Créer de nouveaux mots de secours',
    remakeAsk: 'Les anciens n’ouvriront plus rien une fois les nouveaux enregistrés.',
    write: 'Écrivez-les maintenant',
    save: 'Enregistrer',
    saved: 'Vos mots de secours sont enregistrés.',
    remove: 'Retirer les mots de secours',
    removeAsk:
      'Si vous perdez vos appareils et votre mot de passe, rien ne déverrouillera vos données chiffrées.',
    removed: 'Les mots de secours n’ouvrent plus rien.',
  },
  none: {
    title: 'Données chiffrées',
    text: 'Vous n’avez pas encore de clé. Avec elle, les applications peuvent chiffrer ce qu’elles enregistrent : seuls vos appareils le lisent. Cet appareil garde la clé ; créez ensuite des mots de secours, sinon elle se perd avec lui.',
    make: 'Créer une clé',
    made: 'Vous avez une clé, et cet appareil la garde.',
  },
  afresh: {
    title: 'Des données chiffrées que rien ne déverrouille',
    text: 'Vous avez perdu tout ce qui les déverrouille ? Repartez avec une nouvelle clé. Ce qui est chiffré maintenant reste scellé 30 jours, au cas où vous retrouveriez les mots de secours ; ensuite, cela disparaît pour toujours.',
    act: 'Repartir à neuf',
    ask: 'Vous avez tout de suite une nouvelle clé. Ce qui est chiffré maintenant est hors d’atteinte, sauf si vous retrouvez les anciens mots de secours avant 30 jours.',
    done: 'Vous avez une nouvelle clé. Créez maintenant des mots de secours.',
  },
  sealed: {
    title: 'Données chiffrées scellées',
    text: 'Si vous retrouvez les mots de secours d’avant, ils déverrouillent ce qui était chiffré alors.',
    item: (since, until) => `Scellées le ${since} ; disparaissent pour toujours le ${until}.`,
    found: 'J’ai retrouvé mes mots',
    field: 'Les douze anciens mots',
    open: 'Déverrouiller',
    opened:
      'C’est déverrouillé : les applications relisent ce qui était chiffré alors. Firefox continue avec votre clé actuelle.',
    remove: 'Les supprimer maintenant',
    removeAsk: 'Ce qui était chiffré alors est perdu pour toujours.',
    removed: 'Elles ont disparu pour toujours.',
  },
}

export const keysWords = spoken({ en, fr })
