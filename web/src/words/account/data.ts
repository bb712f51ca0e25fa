/** Words of the page of data. */
import { spoken } from '../language.ts'

const en = {
  title: 'Data',
  lead: 'What apps have stored for you here. It is yours: look at it, and take a copy along.',
  room: {
    title: 'Room',
    used: (used: string, most: string) => `${used} of ${most} used`,
    usedOnly: (used: string) => `${used} used`,
    records: (n: number, text: string) => (n === 1 ? '1 record' : `${text} records`),
    full: 'It is nearly full. Apps cannot store more when it is.',
    bar: 'Room used',
  },
  doors: {
    title: 'What stores here',
    none: 'Nothing is stored yet. As soon as an app stores something, it is listed here.',
    collections: (n: number, text: string) => (n === 1 ? '1 collection' : `${text} collections`),
    browse: 'Look inside',
    browseOne: (name: string) => `Look inside ${name}`,
  },
  spaces: {
    title: 'Shared spaces you pay for',
    text: 'They count towards your room, whoever writes in them.',
  },
  browse: {
    path: 'Where you are',
    empty: 'There is nothing in here.',
    more: 'Show more',
    record: (id: string) => `Record ${id}`,
    changed: (when: string) => `Changed ${when}`,
    locked: 'Encrypted on your devices: the server cannot read it.',
    notJson: (type: string, size: string) => `A file (${type}, ${size})`,
    cut: 'It is longer than what is shown here.',
    readOnly: 'You can look here; to change something, use the app that made it.',
  },
  export: {
    title: 'Take a copy along',
    text: 'One file with everything that is here, one line for each thing (JSON Lines). What is encrypted stays encrypted in it.',
    act: 'Download everything',
    started: 'The download begins.',
  },
}

const fr: typeof en = {
  title: 'Données',
  lead: 'Ce que des applications ont enregistré ici pour vous. C’est à vous : regardez, et emportez une copie.',
  room: {
    title: 'Place',
    used: (used, most) => `${used} utilisés sur ${most}`,
    usedOnly: (used) => `${used} utilisés`,
    records: (n, text) => (n <= 1 ? `${text} fiche` : `${text} fiches`),
    full: 'C’est presque plein. Quand ce le sera, les applications ne pourront plus rien enregistrer.',
    bar: 'Place utilisée',
  },
  doors: {
    title: 'Ce qui enregistre ici',
    none: 'Rien n’est encore enregistré. Dès qu’une application enregistre quelque chose, elle est dans cette liste.',
    collections: (n, text) => (n <= 1 ? `${text} collection` : `${text} collections`),
    browse: 'Regarder',
    browseOne: (name) => `Regarder ${name}`,
  },
  spaces: {
    title: 'Espaces partagés à votre charge',
    text: 'Ils comptent dans votre place, qui que ce soit qui y écrive.',
  },
  browse: {
    path: 'Où vous êtes',
    empty: 'Il n’y a rien ici.',
    more: 'Montrer la suite',
    record: (id) => `Fiche ${id}`,
    changed: (when) => `Modifiée ${when}`,
    locked: 'Chiffrée sur vos appareils : le serveur ne peut pas la lire.',
    notJson: (type, size) => `Un fichier (${type}, ${size})`,
    cut: 'La suite n’est pas montrée ici.',
    readOnly: 'Ici on regarde ; pour changer quelque chose, prenez l’application qui l’a créé.',
  },
  export: {
    title: 'Emporter une copie',
    text: 'Un seul fichier avec tout ce qui est ici, une ligne par chose (JSON Lines). Ce qui est chiffré y reste chiffré.',
    act: 'Tout télécharger',
    started: 'Le téléchargement commence.',
  },
}

export const dataWords = spoken({ en, fr })
