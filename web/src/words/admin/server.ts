/** Words of the pages of settings, the server and its log. */
import { spoken } from '../language.ts'

const en = {
  settings: {
    title: 'Settings',
    lead: 'What holds for everybody on this server. Addresses and doors are set where the server is started.',
    registration: {
      title: 'Who may make an account',
      choices: {
        closed: { label: 'Nobody', hint: 'Sign-up is closed, for invited people too.' },
        invitation: { label: 'Invited people', hint: 'With a link from somebody who may invite.' },
        approval: {
          label: 'Anybody who asks, once approved',
          hint: 'Anybody can ask; you let people in on the page “People”. Invited people come in at once.',
        },
        open: {
          label: 'Everybody',
          hint: 'Anybody who finds this server. Mind the room, and what strangers may do in your name.',
        },
      } as Record<string, { label: string; hint: string }>,
    },
    name: {
      title: 'Name of this server',
      hint: 'Seen on its pages and in its mails.',
    },
    grace: {
      field: 'Days until a deleted account is gone',
      hint: '0 to 90. Until then the person, or you, can keep it.',
    },
    recovery: {
      field: 'Hours that help by mail or by an administrator waits',
      hint: '1 to 720. In that time the person is told everywhere and can stop it. Short helps thieves, long keeps people out.',
    },
    save: 'Save the settings',
    saved: 'The settings are saved.',
    undo: 'Undo',
    undone: 'The settings are as before.',
    wrong: 'This value cannot be used.',
  },
  server: {
    title: 'Server',
    lead: 'How this server runs, and whether its address works.',
    address: {
      title: 'Its address',
      checking: 'Looking …',
      again: 'Look again',
      good: 'Everything that was looked at is as it should be.',
      levels: { ok: 'Good', warn: 'Works, but', wrong: 'To be changed' } as Record<string, string>,
      seeGood: (n: number) => (n === 1 ? '1 thing is as it should be' : `${n} things are as they should be`),
    },
    room: {
      title: 'Room',
      stored: (size: string) => `${size} stored for people`,
      records: (n: number, count: string) => (n === 1 ? '1 record' : `${count} records`),
      people: (n: number, count: string) => (n === 1 ? '1 person' : `${count} people`),
      spaces: (n: number, count: string) => (n === 1 ? '1 shared space' : `${count} shared spaces`),
      disk: (free: string, size: string) => `${free} of ${size} free on the disk`,
      diskBar: 'Disk used',
      diskLow: 'The disk is nearly full. When it is, nothing can be stored.',
    },
    doors: {
      title: 'Doors in use',
      text: 'Each door speaks with one kind of app. Which ones are open is set where the server is started (ESSAIM_DOORS).',
      none: 'No door is open.',
    },
    runs: {
      title: 'What runs',
      version: 'Version',
      store: 'Stores in',
      bus: 'Processes talk through',
      started: 'Runs since',
    },
    options: {
      title: 'Options in force',
      text: 'Set where the server is started: as variables, or in the file essaim.env.',
      secret: 'secret, not shown',
      empty: 'empty',
      all: 'Show those left at their standard too',
      option: 'Option',
      value: 'Value',
    },
    kinto: {
      title: 'Variables for Kinto in force',
    },
    unsafe: 'This server runs with weakened rules, for tests only (ESSAIM_UNSAFE_TEST).',
  },
  log: {
    title: 'Log',
    lead: 'What administrators and inviters did. What a person does with her own account only she reads.',
    none: 'Nothing has been done yet.',
    more: 'Show older entries',
  },
}

const fr: typeof en = {
  settings: {
    title: 'Réglages',
    lead: 'Ce qui vaut pour tout le monde sur ce serveur. Les adresses et les portes se règlent là où le serveur est lancé.',
    registration: {
      title: 'Qui peut créer un compte',
      choices: {
        closed: { label: 'Personne', hint: 'L’inscription est fermée, même pour les personnes invitées.' },
        invitation: { label: 'Les personnes invitées', hint: 'Avec un lien de quelqu’un qui peut inviter.' },
        approval: {
          label: 'Qui le demande, une fois accepté',
          hint: 'Chacun peut demander ; vous laissez entrer sur la page « Personnes ». Les personnes invitées entrent tout de suite.',
        },
        open: {
          label: 'Tout le monde',
          hint: 'Quiconque trouve ce serveur. Pensez à la place, et à ce que des inconnus peuvent faire sous votre nom.',
        },
      },
    },
    name: {
      title: 'Nom de ce serveur',
      hint: 'Il se voit sur ses pages et dans ses courriels.',
    },
    grace: {
      field: 'Jours avant qu’un compte supprimé disparaisse',
      hint: 'De 0 à 90. D’ici là, la personne, ou vous, pouvez le garder.',
    },
    recovery: {
      field: 'Heures d’attente d’une aide par courriel ou par un administrateur',
      hint: 'De 1 à 720. Pendant ce temps, la personne est avertie partout et peut l’arrêter. Court aide les voleurs, long laisse les gens dehors.',
    },
    save: 'Enregistrer les réglages',
    saved: 'Les réglages sont enregistrés.',
    undo: 'Annuler',
    undone: 'Les réglages sont comme avant.',
    wrong: 'Cette valeur ne convient pas.',
  },
  server: {
    title: 'Serveur',
    lead: 'Comment ce serveur tourne, et si son adresse fonctionne.',
    address: {
      title: 'Son adresse',
      checking: 'Vérification…',
      again: 'Vérifier de nouveau',
      good: 'Tout ce qui a été vérifié est comme il faut.',
      levels: { ok: 'Bien', warn: 'Marche, mais', wrong: 'À changer' },
      seeGood: (n) => (n === 1 ? '1 chose est comme il faut' : `${n} choses sont comme il faut`),
    },
    room: {
      title: 'Place',
      stored: (size) => `${size} enregistrés pour les personnes`,
      records: (n, count) => (n <= 1 ? `${count} fiche` : `${count} fiches`),
      people: (n, count) => (n <= 1 ? `${count} personne` : `${count} personnes`),
      spaces: (n, count) => (n <= 1 ? `${count} espace partagé` : `${count} espaces partagés`),
      disk: (free, size) => `${free} libres sur ${size} de disque`,
      diskBar: 'Disque utilisé',
      diskLow: 'Le disque est presque plein. Quand il le sera, rien ne pourra plus être enregistré.',
    },
    doors: {
      title: 'Portes ouvertes',
      text: 'Chaque porte parle avec un genre d’application. Lesquelles sont ouvertes se règle là où le serveur est lancé (ESSAIM_DOORS).',
      none: 'Aucune porte n’est ouverte.',
    },
    runs: {
      title: 'Ce qui tourne',
      version: 'Version',
      store: 'Enregistre dans',
      bus: 'Les processus se parlent par',
      started: 'Tourne depuis',
    },
    options: {
      title: 'Options en vigueur',
      text: 'Réglées là où le serveur est lancé : par des variables, ou dans le fichier essaim.env.',
      secret: 'secret, pas montré',
      empty: 'vide',
      all: 'Montrer aussi celles laissées au standard',
      option: 'Option',
      value: 'Valeur',
    },
    kinto: {
      title: 'Variables pour Kinto en vigueur',
    },
    unsafe: 'Ce serveur tourne avec des règles affaiblies, pour des essais seulement (ESSAIM_UNSAFE_TEST).',
  },
  log: {
    title: 'Journal',
    lead: 'Ce qu’ont fait les administrateurs et les personnes qui invitent. Ce qu’une personne fait de son propre compte, elle seule le lit.',
    none: 'Rien n’a encore été fait.',
    more: 'Montrer les entrées plus anciennes',
  },
}

export const serverWords = spoken({ en, fr })
